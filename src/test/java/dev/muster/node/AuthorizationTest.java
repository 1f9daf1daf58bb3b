package dev.muster.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.json.Json;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Headers that say who asks, in forms that no client should send. */
@Timeout(120)
class AuthorizationTest {

    private static final String KEY = "a-key-of-the-shop-00";
    private static final String GOOD = "Authorization: Bearer " + KEY + "\r\n";

    @TempDir
    Path conf;

    private ServeRig rig;

    @BeforeEach
    void rig() throws Exception {
        rig = new ServeRig(conf)
                .config("server: {port: 0, workers: 1, bridge: {tcp: {port: 0}, websocket: true}}\n"
                        + "callers: {shop: {key: '" + KEY + "', may: {plans: [one]}}}\n")
                .plan("one", "expose: GET /one\noutput: 1")
                .start();
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private String answer(String headers) throws Exception {
        try (var caller = new RawCaller(rig.port())) {
            return caller.send("GET /one HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + headers + "\r\n")
                    .rest();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                GOOD,
                "authorization: bearer " + KEY + "\r\n",
                "AUTHORIZATION: BEARER    " + KEY + "  \r\n",
            })
    void header_inAnyCase_isTaken(String headers) throws Exception {
        assertThat(answer(headers)).startsWith("HTTP/1.1 200");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                GOOD + GOOD,
                GOOD + "authorization: Bearer another-key-0000000\r\n",
                "Authorization: Bearer another-key-0000000\r\n" + GOOD,
                GOOD + "Authorization:\r\n",
                "Authorization:\r\n" + GOOD,
                "Authorization: Basic eDp5\r\n" + GOOD,
                "Authorization: Bearer " + KEY + ", Bearer " + KEY + "\r\n",
                "Authorization: Bearer\r\n",
                "Authorization: Bearer" + KEY + "\r\n",
                "Authorization: Bearer ..\r\n",
                "Authorization: \r\n",
                "Proxy-Authorization: Bearer " + KEY + "\r\n",
            })
    void header_severalTimesOrMalformed_identifiesNobody(String headers) throws Exception {
        assertThat(answer(headers))
                .startsWith("HTTP/1.1 401")
                .contains("Bearer")
                .doesNotContain(KEY);
    }

    @Test
    void header_huge_isRefused() throws Exception {
        assertThat(answer("Authorization: Bearer " + "x".repeat(15_000) + "\r\n"))
                .startsWith("HTTP/1.1 401");
        assertThat(answer("Authorization: Bearer " + "x".repeat(20_000) + "\r\n"))
                .startsWith("HTTP/1.1 413");
    }

    @Test
    void header_asLargeAsTheServerTakes_isReadOverHttp2Too() throws Exception {
        rig.get("/health/live");
        HttpResponse<String> answer =
                rig.send(rig.request("/one").header("Authorization", "Bearer " + "x".repeat(12_000)));
        assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(answer.statusCode()).isEqualTo(401);
    }

    @Test
    void frame_withSeveralOrAHugeOne_identifiesNobody() throws Exception {
        try (var peer = new BridgePeer(rig)) {
            peer.send(run(Map.of("authorization", "Bearer " + KEY)));
            assertThat(peer.next()).containsEntry("body", 1L);
            peer.send(run(Map.of("authorization", "Bearer " + KEY, "Authorization", "Bearer x")));
            assertThat(peer.next()).containsEntry("failureCode", 401L);
            peer.send(run(Map.of("authorization", "Bearer " + "x".repeat(900_000))));
            assertThat(peer.next()).containsEntry("failureCode", 401L);
            peer.send(run(Map.of("authorization", " ".repeat(900_000))));
            assertThat(peer.next()).containsEntry("failureCode", 401L);
        }
    }

    private static Map<String, Object> run(Map<String, String> headers) {
        return BridgePeer.frame(
                "send",
                "address",
                "muster.run",
                "replyAddress",
                "r",
                "headers",
                headers,
                "body",
                Map.of("plan", "one"));
    }

    @Test
    void peersMessage_withSeveral_identifiesNobody() throws Exception {
        var several = new DeliveryOptions().addHeader("authorization", "Bearer " + KEY);
        several.getHeaders().add("authorization", "Bearer another-key-0000000");
        Throwable failure = rig.vertx()
                .eventBus()
                .request("muster.run", new JsonObject().put("plan", "one"), several)
                .<Throwable>map(reply -> new AssertionError("taken: " + reply.body()))
                .otherwise(refused -> refused)
                .toCompletionStage()
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
        assertThat(failure).isInstanceOfSatisfying(ReplyException.class, refused -> {
            assertThat(refused.failureCode()).isEqualTo(401);
        });
    }

    @Test
    void handshake_withSeveral_identifiesNobody() throws Exception {
        assertThat(reply(GOOD)).contains("\"body\":1");
        assertThat(reply(GOOD + GOOD)).contains("401");
    }

    private String reply(String headers) throws Exception {
        try (var caller = new RawCaller(rig.port())) {
            caller.send(
                            "GET /eventbus/websocket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                                    + headers
                                    + "\r\n")
                    .until("\r\n\r\n");
            byte[] frame = Json.writeBytes(run(Map.of()));
            return caller.send(new byte[] {(byte) 0x81, (byte) (0x80 | frame.length), 0, 0, 0, 0})
                    .send(frame)
                    .until("}");
        }
    }
}
