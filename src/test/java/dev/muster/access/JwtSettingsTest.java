package dev.muster.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.config.Configuration;
import dev.muster.config.Problems;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JwtSettingsTest {
    @TempDir
    private Path dir;

    private Fixture fixture;

    @BeforeEach
    void makeFixture() {
        fixture = new Fixture(dir);
    }

    private List<String> problems(String jwks) {
        return fixture.problems("server: {jwt: {jwks: '" + jwks + "', issuer: us, audience: muster}}");
    }

    private String problemOf(Map<?, ?>... keys) {
        fixture.file("keys.json", Issuer.set(keys));
        List<String> problems = problems("keys.json");
        assertThat(problems).hasSize(1);
        return problems.get(0);
    }

    private static Map<String, Object> changed(Map<String, Object> jwk, String name, Object value) {
        Map<String, Object> changed = new LinkedHashMap<>(jwk);
        changed.put(name, value);
        return changed;
    }

    @Test
    void words_allThree_areNeeded() {
        assertThat(fixture.problems("server: {jwt: {isuer: us}}"))
                .containsExactly(
                        "muster.yaml:1:15: jwt of the server needs \"audience\": text",
                        "muster.yaml:1:15: jwt of the server needs \"issuer\": text",
                        "muster.yaml:1:15: jwt of the server needs \"jwks\": text",
                        "muster.yaml:1:16: unknown word \"isuer\" in jwt of the server (did you mean \"issuer\"?)");
        assertThat(fixture.problems("server: {jwt: yes}")).hasSize(1);
    }

    @Test
    void jwks_addresses_areNotAskedYet() {
        assertThat(problems("https://id.example.com/jwks")).isEmpty();
        assertThat(problems("http://localhost:1/jwks?x=1")).isEmpty();
    }

    @Test
    void jwks_thatIsNeitherFileNorAddress_isAProblem() {
        assertThat(problems("ftp://id.example.com/jwks").get(0)).contains("must be an address such as");
        assertThat(problems("https://me:secret@id.example.com/").get(0))
                .contains("without a user")
                .doesNotContain("secret");
        assertThat(problems("https://").get(0)).contains("must be an address such as");
        assertThat(problems("https://id.example.com:99999/jwks").get(0)).contains("must be an address such as");
        assertThat(problems("https://id.example.com:0/jwks").get(0)).contains("must be an address such as");
        assertThat(problems("none.json").get(0))
                .isEqualTo("muster.yaml:1:22: jwks of jwt of the server: the file none.json cannot be used: it does not"
                        + " exist");
        fixture.file("inline", Issuer.set(Issuer.secret(new byte[40])));
        assertThat(problems("${file:inline}").get(0))
                .contains("not what is in the file")
                .doesNotContain("oct");
    }

    @Test
    void file_wrong_isAProblemThatSaysWhatAndQuotesNothing() {
        fixture.file("keys.json", "{\"keys\": [secret");
        assertThat(problems("keys.json").get(0))
                .contains("it is not JSON (line 1, column 11)")
                .doesNotContain("secret");
        fixture.file("keys.json", "[]");
        assertThat(problems("keys.json").get(0)).contains("it is not a JWK set");
        fixture.file("keys.json", "{\"keys\": [5]}");
        assertThat(problems("keys.json").get(0)).contains("key 1 of 1 is not a map");
        fixture.file("keys.json", " ".repeat(1 << 20) + "{}");
        assertThat(problems("keys.json").get(0)).contains("longer than 1048576 bytes");
        assertThat(problemOf()).contains("it has no key for one of the signatures RS256");
        assertThat(problemOf(changed(Issuer.RSA.jwk(), "use", "enc"))).contains("it has no key for one");
        assertThat(problemOf(changed(Issuer.RSA.jwk(), "kty", "FOO"))).contains("it has no key for one");
        assertThat(problemOf(changed(Issuer.RSA.jwk(), "alg", "RS1"))).contains("it has no key for one");
        assertThat(problemOf(changed(Issuer.RSA.jwk(), "alg", "HS256"))).contains("it has no key for one");
        assertThat(problemOf(Map.of("n", "x"))).contains("key 1 of 1 needs \"kty\"");
        assertThat(problemOf(Issuer.RSA.jwk(), changed(Issuer.RSA.jwk(), "n", "")))
                .contains("key 2 of 2 needs \"n\"");
        assertThat(problemOf(changed(Issuer.RSA.jwk(), "n", "#"))).contains("not Base64");
        assertThat(problemOf(changed(Issuer.RSA.jwk(), "n", Issuer.encode(new byte[] {0, 1, 2}))))
                .contains("less than 2048 bits");
        assertThat(problemOf(changed(Issuer.P256.jwk(), "x", "#"))).contains("is not a usable key");
        assertThat(problemOf(Issuer.secret(new byte[31]))).contains("less than 32 bytes");
        assertThat(problemOf(Collections.nCopies(101, Map.of()).toArray(new Map<?, ?>[0])))
                .contains("more than 100 keys");
    }

    @Test
    void file_keysOfOtherKinds_areLeftOut() {
        fixture.file(
                "keys.json",
                Issuer.set(
                        changed(Issuer.RSA.jwk(), "use", "enc"),
                        changed(Issuer.P256.jwk(), "crv", "secp256k1"),
                        changed(Issuer.P384.jwk(), "alg", "ES384")));
        assertThat(problems("keys.json")).isEmpty();
    }

    @Test
    void file_sharedSecret_isMasked() {
        byte[] secret = "a shared secret of at least 32 bytes".getBytes(StandardCharsets.UTF_8);
        fixture.file("keys.json", Issuer.set(Issuer.secret(secret)));
        Configuration configuration =
                fixture.configuration("server: {jwt: {jwks: keys.json, issuer: us, audience: muster}}");
        Callers.read(configuration, new Problems());
        assertThat(configuration.secrets().mask(Issuer.encode(secret))).isEqualTo("***");
    }

    @Test
    void fetched_wrongKeysAndSecrets_areLeftOut() {
        String text = Issuer.set(
                Issuer.RSA.jwk(), changed(Issuer.RSA.jwk(), "n", "#"), Map.of(), Issuer.secret(new byte[40]));
        VerificationKeys keys = VerificationKeys.parse(text.getBytes(StandardCharsets.UTF_8), true);
        assertThat(keys.size()).isEqualTo(1);
    }
}
