package dev.muster.node;

import static dev.muster.Soon.soon;
import static dev.muster.node.BridgePeer.frame;
import static dev.muster.node.BridgeRig.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.json.Json;
import java.io.DataInputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class BridgeWebSocketTest {

    @AutoClose
    private BridgeRig bridge;

    private ServeRig rig;

    @BeforeEach
    void rig(@TempDir Path conf) throws Exception {
        bridge = new BridgeRig(conf, "websocket: true, addresses: ['images.*']");
        rig = bridge.rig;
    }

    /** A page's socket. */
    private static final class Page implements WebSocket.Listener {
        final BlockingQueue<Map<?, ?>> frames = new LinkedBlockingQueue<>();
        final CompletableFuture<Integer> closed = new CompletableFuture<>();
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                frames.add((Map<?, ?>) Json.parse(text.toString()));
                text.setLength(0);
            }
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            closed.complete(code);
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            closed.complete(-1);
        }

        @SuppressWarnings("unchecked")
        Map<String, Object> next() throws InterruptedException {
            return (Map<String, Object>) frames.poll(20, TimeUnit.SECONDS);
        }
    }

    private WebSocket open(Page page, String... headers) {
        WebSocket.Builder builder = ServeRig.CLIENT.newWebSocketBuilder();
        for (int i = 0; i < headers.length; i += 2) {
            builder.header(headers[i], headers[i + 1]);
        }
        return soon(builder.buildAsync(URI.create("ws://127.0.0.1:" + rig.port() + "/eventbus/websocket"), page));
    }

    private static void send(WebSocket socket, Map<String, ?> frame) {
        soon(socket.sendText(Json.write(frame), true));
    }

    private static Map<String, Object> run(String plan) {
        return frame("send", "address", "muster.run", "body", Map.of("plan", plan), "replyAddress", "r");
    }

    @Test
    void page_runsPlansTakesEventsAndAnswersCalls() throws Exception {
        rig.start();
        var page = new Page();
        WebSocket socket = open(page);
        send(socket, frame("ping"));
        assertThat(page.next()).containsEntry("type", "pong");
        send(socket, run("steps"));
        assertThat(page.next())
                .containsEntry("type", "rec")
                .containsEntry("address", "r")
                .containsEntry("body", Map.of("a", 1L, "b", 2L));

        send(socket, frame("register", "address", EVENTS));
        send(socket, frame("send", "address", "muster.run", "body", Map.of("plan", "steps", "events", EVENTS)));
        for (String event : new String[] {"start", "step", "step", "end"}) {
            assertThat(((Map<?, ?>) page.next().get("body")).get("event")).isEqualTo(event);
        }

        send(socket, frame("register", "address", "images.resize"));
        send(socket, run("calls"));
        send(socket, frame("send", "address", page.next().get("replyAddress"), "body", "done"));
        assertThat(page.next()).containsEntry("body", Map.of("r", "done"));
        socket.abort();
    }

    @Test
    void deadline_endsThePagesRun() throws Exception {
        rig.start();
        var page = new Page();
        WebSocket socket = open(page);
        send(socket, run("steps"));
        assertThat(page.next()).containsEntry("type", "rec");
        for (String[] said : new String[][] {{"700ms", "504"}, {"0ms", "504"}, {"soon", "400"}}) {
            Map<String, Object> order = Map.of("plan", "sleeps", "deadline", said[0]);
            send(socket, frame("send", "address", "muster.run", "body", order, "replyAddress", "r"));
            assertThat(page.next()).containsEntry("type", "err").containsEntry("failureCode", Long.valueOf(said[1]));
        }
        socket.abort();
    }

    @Test
    void messageThatCannotBeRead_failsItsCallAlone() throws Exception {
        rig.start();
        var page = new Page();
        WebSocket socket = open(page);
        for (String body : new String[] {"[".repeat(300) + "]".repeat(300), "NaN"}) {
            soon(socket.sendText(
                    "{\"type\":\"send\",\"address\":\"muster.run\",\"body\":" + body + ",\"replyAddress\":\"r7\"}",
                    true));
            assertThat(page.next())
                    .containsEntry("type", "err")
                    .containsEntry("address", "r7")
                    .containsEntry("failureCode", 400L);
        }
        send(socket, run("steps"));
        assertThat(page.next()).containsEntry("address", "r");
        socket.abort();
    }

    @Test
    void messageThatIsTooLarge_closesWith1009() throws Exception {
        rig.start();
        var page = new Page();
        WebSocket socket = open(page);
        socket.sendText("\"" + "x".repeat(2 << 20) + "\"", true);

        assertThat(soon(page.closed)).isEqualTo(1009);
    }

    @Test
    void frameThatIsTooLarge_closesWith1009() throws Exception {
        rig.start();
        try (var socket = new Socket("127.0.0.1", rig.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write(("GET /eventbus/websocket HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
                                    + "Connection: Upgrade\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n"
                                    + "Sec-WebSocket-Version: 13\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            var in = new DataInputStream(socket.getInputStream());
            for (int ends = 0; ends < 4; ) {
                int one = in.readUnsignedByte();
                ends = one == '\r' || one == '\n' ? ends + 1 : 0;
            }
            var head = ByteBuffer.allocate(14)
                    .put((byte) 0x81)
                    .put((byte) 0xff)
                    .putLong(2 << 20)
                    .putInt(0);
            socket.getOutputStream().write(head.array());

            assertThat(in.readUnsignedByte()).as("a close").isEqualTo(0x88);
            assertThat(in.readUnsignedByte()).isGreaterThanOrEqualTo(2);
            assertThat(in.readUnsignedShort()).isEqualTo(1009);
        }
    }

    @Test
    void messageThatIsTooLargeInPieces_closesWith1009() throws Exception {
        rig.start();
        var page = new Page();
        WebSocket socket = open(page);
        socket.sendText("\"" + "x".repeat(900_000), false)
                .thenCompose(sent -> socket.sendText("x".repeat(900_000) + "\"", true));

        assertThat(soon(page.closed)).isEqualTo(1009);
    }

    @Test
    void closedSocket_cancelsItsRuns() throws Exception {
        rig.start();
        WebSocket socket = open(new Page());
        send(socket, run("sleeps"));
        bridge.awaitRunning(1);
        socket.abort();
        bridge.awaitRunning(0);
    }

    @Test
    void handshakesAuthorization_countsForAllFrames() throws Exception {
        bridge.config("callers: {shop: {key: 'a-key-of-the-shop-00', may: {plans: [steps]}}}\n");
        rig.start();
        var known = new Page();
        send(open(known, "Authorization", "Bearer a-key-of-the-shop-00"), run("steps"));
        assertThat(known.next()).containsEntry("type", "rec");
        var stranger = new Page();
        send(open(stranger), run("steps"));
        assertThat(stranger.next()).containsEntry("type", "err").containsEntry("failureCode", 401L);
    }

    @Test
    void pagesOfOtherSites_areKeptAway() throws Exception {
        rig.start();
        assertThatThrownBy(() -> open(new Page(), "Origin", "https://evil.example"))
                .hasStackTraceContaining("403");
        send(open(new Page(), "Origin", "http://127.0.0.1:" + rig.port()), frame("ping"));
        assertThat(rig.send(rig.request("/eventbus/info").header("Origin", "https://evil.example"))
                        .statusCode())
                .isEqualTo(403);
    }

    /** On a connection of its own: SockJS closes it behind some answers without saying so, and a client would take it again. */
    private CompletableFuture<HttpResponse<String>> polled(String path, String body) {
        HttpRequest request = rig.request("/eventbus/1/abc/" + path)
                .version(HttpClient.Version.HTTP_1_1)
                .POST(BodyPublishers.ofString(body))
                .build();
        return HttpClient.newHttpClient().sendAsync(request, BodyHandlers.ofString());
    }

    @Test
    void sockJs_isThere_withBoundedBodies() throws Exception {
        rig.start();
        assertThat(rig.get("/eventbus/info").body()).contains("\"websocket\":true");
        assertThat(polled("xhr", "").get().body()).isEqualTo("o\n");
        CompletableFuture<HttpResponse<String>> answer = polled("xhr", "");
        String message = Json.write(List.of(Json.write(run("steps"))));
        assertThat(polled("xhr_send", message).get().statusCode()).isEqualTo(204);
        assertThat(answer.get().body()).contains("rec").contains("\\\"b\\\":2");
        assertThat(polled("xhr_send", "x".repeat(2 << 20)).get().statusCode()).isEqualTo(413);
        assertThat(rig.get("/eventbus/1/abd/jsonp?c=alert").statusCode()).isIn(404, 505);
    }

    private static Map<String, Object> take(String name) {
        return frame(
                "send",
                "address",
                "muster.queue.mail.take",
                "body",
                Map.of("wait", "1m"),
                "replyAddress",
                "r-" + name,
                "headers",
                Map.of("muster-call", name));
    }

    private static Map<String, Object> withdrawal(String name) {
        return frame("send", "address", "muster.queue.cancel", "headers", Map.of("muster-cancel", name));
    }

    @Test
    void takes_areWithdrawnByTheirSocket_overSockJsToo() throws Exception {
        bridge.config("queues: {mail: {store: memory}}\n");
        rig.start();
        var page = new Page();
        WebSocket socket = open(page);
        send(socket, take("a"));
        send(socket, take("b"));
        send(socket, withdrawal("b"));
        assertThat(page.next()).containsEntry("address", "r-b").containsEntry("body", Map.of("jobs", List.of()));

        soon(polled("xhr", ""));
        CompletableFuture<HttpResponse<String>> answer = polled("xhr", "");
        List<String> frames = List.of(Json.write(take("c")), Json.write(withdrawal("a")), Json.write(withdrawal("c")));
        soon(polled("xhr_send", Json.write(frames)));
        assertThat(soon(answer).body()).contains("r-c").contains("\\\"jobs\\\":[]");
        assertThat(rig.queue("mail").waitingTakes()).isEqualTo(1);
        socket.abort();
    }

    @Test
    void sockJsOverHttp2_isRefused() throws Exception {
        rig.start();
        rig.get("/health/live");
        assertThat(rig.post("/eventbus/1/abc/xhr", "").statusCode()).isEqualTo(505);
    }

    @Test
    void bridgeThatIsOff_isNotThere() throws Exception {
        rig.config("");
        rig.start();
        assertThat(rig.get("/eventbus/info").statusCode()).isEqualTo(404);
        assertThat(rig.service().bridgePort()).isEqualTo(-1);
    }

    @Test
    void hugeAndStrangeMessages_endOnlyTheirSocket() throws Exception {
        rig.start();
        var good = new Page();
        WebSocket socket = open(good);
        var bad = new Page();
        WebSocket huge = open(bad);
        huge.sendText("x".repeat((1 << 20) + 1), true).exceptionally(closed -> null);
        bad.closed.get(20, TimeUnit.SECONDS);
        soon(socket.sendText("nonsense", true));
        assertThat(good.next()).containsEntry("type", "err").containsEntry("failureCode", 400L);
        send(socket, run("steps"));
        assertThat(good.next()).containsEntry("type", "rec");
    }

    @Test
    void drain_letsARunOverAWebSocketEnd() throws Exception {
        rig.start();
        var page = new Page();
        WebSocket socket = open(page);
        send(socket, frame("register", "address", "images.resize"));
        send(socket, run("calls"));
        Object reply = page.next().get("replyAddress");
        CompletableFuture<Void> drained = bridge.drain();
        send(socket, frame("send", "address", reply, "body", "late"));
        assertThat(page.next()).containsEntry("body", Map.of("r", "late"));
        page.closed.get(20, TimeUnit.SECONDS);
        // Well before the time is up that runs would have.
        drained.get(4, TimeUnit.SECONDS);
    }
}
