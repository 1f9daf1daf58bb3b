package dev.muster.access;

import static dev.muster.access.Fixture.KEY;
import static dev.muster.access.Fixture.identified;
import static dev.muster.access.Fixture.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.json.Json;
import dev.muster.loop.VirtualLoop;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokensTest {
    private static final byte[] SECRET = "a shared secret of at least 32 bytes".getBytes(StandardCharsets.UTF_8);
    private static final String CONF = "server: {jwt: {jwks: keys.json, issuer: us, audience: muster}}\n"
            + "callers: {ops: {jwt: {subject: ops}, may: {plans: '*'}}, front: {key: " + KEY + "}}\n";

    private final VirtualLoop loop = VirtualLoop.inOrder();

    @TempDir
    private Path dir;

    private Fixture fixture;
    private Callers callers;

    @BeforeEach
    void open() {
        loop.advance(Duration.ofSeconds(1_000));
        fixture = new Fixture(dir);
        callers = callers(
                Issuer.RSA.jwk(), Issuer.P256.jwk(), Issuer.P384.jwk(), Issuer.P521.jwk(), Issuer.ED25519.jwk());
    }

    private Callers callers(Map<?, ?>... keys) {
        fixture.file("keys.json", Issuer.set(keys));
        Callers read = fixture.callers(CONF);
        read.open(null, loop);
        return read;
    }

    private static Map<String, Object> claims() {
        return new LinkedHashMap<>(Map.of("iss", "us", "aud", "muster", "sub", "ops", "exp", 1_100L));
    }

    private static Map<String, Object> claims(String name, Object value) {
        Map<String, Object> claims = claims();
        claims.put(name, value);
        return claims;
    }

    private static Map<String, Object> claimsWithout(String name) {
        Map<String, Object> claims = claims();
        claims.remove(name);
        return claims;
    }

    private String refused(Map<String, ?> claims) {
        return refused(Issuer.RSA.token("RS256", claims));
    }

    private String refused(String token) {
        String refusal = refusal(callers.identify("Bearer " + token));
        for (String part : token.split("\\.")) {
            assertThat(refusal).doesNotContain(part.length() < 4 ? token : part);
        }
        return refusal;
    }

    @ParameterizedTest
    @CsvSource({
        "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
    })
    void token_ofEachAlgorithm_isItsCaller(String algorithm) {
        Issuer issuer = Map.of(
                        "ES256", Issuer.P256, "ES384", Issuer.P384, "ES512", Issuer.P521, "EdDSA", Issuer.ED25519)
                .getOrDefault(algorithm, Issuer.RSA);
        String token = issuer.token(algorithm, claims("team", List.of("a", 1L, new BigDecimal("1.50"))));
        Caller caller = identified(callers, token);
        assertThat(caller.name()).isEqualTo("ops");
        assertThat(caller.mayRun("any")).isTrue();
        assertThat(caller.toValue())
                .isEqualTo(Map.of("name", "ops", "claims", claims("team", List.of("a", 1L, new BigDecimal("1.50")))));
        String[] parts = token.split("\\.");
        for (int i = 0; i < 3; i++) {
            String[] forged = parts.clone();
            char[] letters = forged[i].toCharArray();
            letters[letters.length / 2] = letters[letters.length / 2] == 'A' ? 'B' : 'A';
            forged[i] = new String(letters);
            assertThat(refused(String.join(".", forged))).startsWith("the token");
        }
    }

    @Test
    void token_withoutSignature_isRefused() {
        String unsigned = Issuer.part(Map.of("alg", "none")) + "." + Issuer.part(claims()) + ".";
        assertThat(refused(unsigned)).contains("not signed by an algorithm");
        assertThat(refused(Issuer.part(Map.of("alg", "RS256")) + "." + Issuer.part(claims()) + "."))
                .isEqualTo("the token's signature is wrong");
        assertThat(refusal(callers.identify("Bearer " + unsigned.substring(0, unsigned.length() - 1))))
                .isEqualTo("the key does not belong to a caller");
    }

    @ParameterizedTest
    @ValueSource(strings = {"NONE", "none", "None", "HS384", "HS512", "RS1", "ES256K", "", "rs256"})
    void token_ofAnotherAlgorithm_isRefused(String algorithm) {
        String text = Issuer.part(Map.of("alg", algorithm)) + "." + Issuer.part(claims()) + "." + Issuer.encode(SECRET);
        assertThat(refused(text)).contains("not signed by an algorithm");
    }

    @Test
    void token_signedWithThePublicKeyAsSecret_isRefused() {
        String modulus = (String) Issuer.RSA.jwk().get("n");
        for (byte[] key : List.of(
                Issuer.RSA.publicKey(),
                modulus.getBytes(StandardCharsets.US_ASCII),
                Json.writeBytes(Issuer.RSA.jwk()))) {
            for (Map<String, String> header : List.of(Map.of("alg", "HS256"), Map.of("alg", "HS256", "kid", "rsa"))) {
                assertThat(refused(Issuer.shared(key, header, claims()))).isEqualTo("the token's signature is wrong");
            }
        }
        callers = callers(Issuer.RSA.jwk(), Issuer.secret(SECRET));
        assertThat(refused(Issuer.shared(Issuer.RSA.publicKey(), Map.of("alg", "HS256", "kid", "rsa"), claims())))
                .isEqualTo("the token's signature is wrong");
    }

    @Test
    void token_ofASharedSecret_isTakenIfTheFileHoldsIt() {
        String token = Issuer.shared(SECRET, Map.of("alg", "HS256", "kid", "secret"), claims());
        assertThat(refused(token)).contains("does not have");
        callers = callers(Issuer.secret(SECRET));
        assertThat(identified(callers, token).name()).isEqualTo("ops");
    }

    @Test
    void token_bringingItsOwnKey_isRefused() {
        Map<String, Object> header = new LinkedHashMap<>(Map.of("alg", "RS256", "jwk", Issuer.OTHER_RSA.jwk()));
        assertThat(refused(Issuer.OTHER_RSA.token(header, claims()))).isEqualTo("the token's signature is wrong");
        header.put("x5c", List.of(Issuer.encode(Issuer.OTHER_RSA.publicKey())));
        header.put("jku", "http://evil.example.com");
        assertThat(refused(Issuer.OTHER_RSA.token(header, claims()))).isEqualTo("the token's signature is wrong");
    }

    @Test
    void token_ofAnotherKey_isRefused() {
        assertThat(refused(Issuer.OTHER_RSA.token(Map.of("alg", "RS256", "kid", "rsa"), claims())))
                .isEqualTo("the token's signature is wrong");
        assertThat(refused(Issuer.OTHER_RSA.token("RS256", claims())))
                .isEqualTo("the token is signed with a key (kid) that its issuer does not have");
    }

    @Test
    void token_withoutKid_isVerifiedByTheKeysThatFit() {
        assertThat(identified(callers, Issuer.P256.token(Map.of("alg", "ES256"), claims()))
                        .name())
                .isEqualTo("ops");
        Map<String, Object>[] many = keys(5);
        callers = callers(many);
        assertThat(refused(Issuer.RSA.token(Map.of("alg", "RS256"), claims()))).contains("must name its key");
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object>[] keys(int count) {
        Map<String, Object>[] keys = new Map[count];
        for (int i = 0; i < count; i++) {
            keys[i] = Issuer.RSA.jwk();
            keys[i].put("kid", "rsa" + i);
        }
        return keys;
    }

    @Test
    void token_expired_isRefusedAlsoOnceItWasTaken() {
        String token = Issuer.RSA.token("RS256", claims());
        assertThat(identified(callers, token).name()).isEqualTo("ops");
        loop.advance(Duration.ofSeconds(109));
        assertThat(identified(callers, token).name()).isEqualTo("ops");
        loop.advance(Duration.ofSeconds(1));
        assertThat(refused(token)).isEqualTo("the token has expired");
        assertThat(callers.statistics().rememberedTokens()).isZero();
    }

    @Test
    void token_withoutOrWithOddExpiry_isRefused() {
        assertThat(refused(claimsWithout("exp"))).contains("has no expiry");
        assertThat(refused(claims("exp", "1100"))).contains("exp is not a number");
        assertThat(refused(claims("exp", -5L))).contains("expired");
        assertThat(refused(claims("exp", new BigInteger("-99999999999999999999"))))
                .contains("expired");
        assertThat(identified(callers, Issuer.RSA.token("RS256", claims("exp", new BigDecimal("1E+9999")))))
                .isNotNull();
        assertThat(identified(callers, Issuer.RSA.token("RS256", claims("exp", new BigDecimal("1100.5")))))
                .isNotNull();
    }

    @Test
    void token_notYetValid_isRefusedUntilThen() {
        for (String word : List.of("nbf", "iat")) {
            String token =
                    Issuer.RSA.token("RS256", claims(word, loop.wallTime().getEpochSecond() + 11));
            assertThat(refused(token)).isEqualTo("the token is not valid yet (" + word + ")");
            loop.advance(Duration.ofSeconds(1));
            assertThat(identified(callers, token).name()).isEqualTo("ops");
            assertThat(refused(claims(word, "soon"))).contains("is not a number");
        }
    }

    @Test
    void token_ofAnotherIssuerAudienceOrSubject_isRefused() {
        assertThat(refused(claims("iss", "them"))).contains("another issuer");
        assertThat(refused(claimsWithout("iss"))).contains("another issuer");
        assertThat(refused(claims("aud", "other"))).contains("another audience");
        assertThat(refused(claims("aud", List.of("other")))).contains("another audience");
        assertThat(refused(claimsWithout("aud"))).contains("another audience");
        assertThat(refused(claims("sub", "front"))).contains("is not a caller");
        assertThat(refused(claims("sub", 7L))).contains("is not a caller");
        assertThat(refused(claimsWithout("sub"))).contains("is not a caller");
        assertThat(identified(callers, Issuer.RSA.token("RS256", claims("aud", List.of("other", "muster")))))
                .isNotNull();
    }

    @Test
    void token_malformed_isRefused() {
        String payload = Issuer.part(claims());
        assertThat(refused("a.b.c")).contains("header is not Base64");
        assertThat(refused("!!.b.c")).contains("not Base64");
        assertThat(refused("..")).contains("header is not a JSON object");
        assertThat(refused("W10." + payload + ".c2ln")).contains("header is not a JSON object");
        assertThat(refused(Issuer.encode("{\"alg\":\"RS256\",\"alg\":\"none\"}".getBytes(StandardCharsets.UTF_8)) + "."
                        + payload + ".c2ln"))
                .contains("header is not a JSON object");
        assertThat(refused(Issuer.part(Map.of("typ", "JWT")) + "." + payload + ".c2ln"))
                .contains("has no algorithm");
        assertThat(refused(Issuer.RSA.token(Map.of("alg", "RS256", "kid", 5L), claims())))
                .contains("kid is not text");
        assertThat(refused(Issuer.RSA.token(Map.of("alg", "RS256", "crit", List.of("b64"), "b64", false), claims())))
                .contains("crit");
        String deep = "{\"a\":" + "[".repeat(50) + "]".repeat(50) + "}";
        assertThat(refused(Issuer.part(Map.of("alg", "RS256")) + "."
                        + Issuer.encode(deep.getBytes(StandardCharsets.UTF_8)) + ".c2ln"))
                .contains("payload is not a JSON object");
    }

    @Test
    void token_again_isRememberedWithinBounds() {
        String token = Issuer.RSA.token("RS256", claims());
        Caller first = identified(callers, token);
        assertThat(identified(callers, token)).isSameAs(first);
        assertThat(callers.statistics().rememberedTokens()).isEqualTo(1);
        for (int i = 0; i < 1_500; i++) {
            Map<String, Object> header = Map.of("alg", "HS256", "kid", "secret", "n", (long) i);
            if (i == 0) {
                callers = callers(Issuer.secret(SECRET));
            }
            identified(callers, Issuer.shared(SECRET, header, claims()));
        }
        assertThat(callers.statistics().rememberedTokens()).isEqualTo(1_000);
    }

    @Test
    void token_refused_isNotRemembered() {
        refused(claims("sub", "nobody"));
        refused(Issuer.OTHER_RSA.token(Map.of("alg", "RS256", "kid", "rsa"), claims()));
        assertThat(callers.statistics().rememberedTokens()).isZero();
    }

    @Test
    void key_besidesTokens_isItsCaller() {
        assertThat(identified(callers, KEY).name()).isEqualTo("front");
        assertThat(callers.statistics().issuerKeys()).isEqualTo(5);
    }

    @Test
    void token_inNoText() {
        String token = Issuer.RSA.token("RS256", claims("mail", "person@example.com"));
        assertThat(identified(callers, token) + " " + SignedToken.parse(token) + " " + callers)
                .isEqualTo("caller ops token callers [ops, front]");
    }
}
