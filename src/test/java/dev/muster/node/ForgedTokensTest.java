package dev.muster.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.access.Issuer;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tokens with good claims and bad signatures, more than can be verified: those who are known do not notice. */
@Timeout(120)
class ForgedTokensTest {

    private static final int FORGED = 400;
    private static final String OTHERS_SIGNATURE = ofOther();

    @TempDir
    Path conf;

    private ServeRig rig;

    @BeforeEach
    void rig() throws Exception {
        rig = new ServeRig(conf).config("""
                        server:
                          port: 0
                          workers: 2
                          jwt: {jwks: keys.json, issuer: us, audience: muster}
                          bridge: {tcp: {port: 0}}
                        callers: {ops: {jwt: {subject: ops}, may: {plans: '*'}}}
                        """).plan("one", "expose: GET /one\noutput: 1");
        Files.writeString(conf.resolve("keys.json"), Issuer.set(Issuer.P521.jwk()));
        rig.start();
    }

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void flood_isRefusedOrPutOff_andKnownCallersAreServed() throws Exception {
        String known = token(0);
        assertThat(rig.send(rig.request("/one").header("Authorization", "Bearer " + known))
                        .statusCode())
                .isEqualTo(200);
        List<CompletableFuture<HttpResponse<String>>> forged = new ArrayList<>();
        for (int i = 1; i <= FORGED; i++) {
            forged.add(ServeRig.CLIENT.sendAsync(
                    rig.request("/one")
                            // Over HTTP/2 this client has fewer on their way than it takes.
                            .version(HttpClient.Version.HTTP_1_1)
                            .header("Authorization", "Bearer " + forged(i))
                            .build(),
                    BodyHandlers.ofString()));
        }
        for (int i = 0; i < 20; i++) {
            HttpResponse<String> answer = rig.send(rig.request("/one").header("Authorization", "Bearer " + known));
            assertThat(answer.statusCode()).isEqualTo(200);
        }
        for (CompletableFuture<HttpResponse<String>> each : forged) {
            HttpResponse<String> answer = each.get(60, TimeUnit.SECONDS);
            assertThat(answer.statusCode()).as(answer.body()).isIn(401, 429);
            if (answer.statusCode() == 429) {
                assertThat(answer.headers().firstValue("Retry-After")).contains("1");
                assertThat(answer.body()).contains("\"type\":\"limit\"").contains("128 tokens");
            }
        }
        assertThat(rig.send(rig.request("/one").header("Authorization", "Bearer " + token(FORGED)))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void bridge_refusesForgedTokens_andTakesGoodOnes() throws Exception {
        try (var peer = new BridgePeer(rig)) {
            assertThat(ask(peer, forged(1))).containsEntry("failureCode", 401L);
            assertThat(ask(peer, forged(1))).containsEntry("failureCode", 401L);
            assertThat(ask(peer, token(1))).containsEntry("body", 1L);
            assertThat(ask(peer, token(1))).containsEntry("body", 1L);
        }
    }

    private static Map<String, Object> ask(BridgePeer peer, String token) throws Exception {
        return peer.send(BridgePeer.frame(
                        "send",
                        "address",
                        "muster.run",
                        "replyAddress",
                        "r",
                        "authorization",
                        "Bearer " + token,
                        "body",
                        Map.of("plan", "one")))
                .next();
    }

    private static String token(long number) {
        return Issuer.P521.token(
                "ES512", Map.of("iss", "us", "aud", "muster", "sub", "ops", "exp", 99_999_999_999L, "n", number));
    }

    /** The claims of one token and the signature of another. */
    private static String forged(long number) {
        String good = token(number);
        return good.substring(0, good.lastIndexOf('.')) + OTHERS_SIGNATURE;
    }

    private static String ofOther() {
        String other = token(-1);
        return other.substring(other.lastIndexOf('.'));
    }
}
