package dev.muster.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What requests and messages borrow of the node's memory, and that all of it comes back, however they end. */
@Timeout(120)
class ServeMemoryTest {

    private static final String INPUT = "{\"text\": \"" + "x".repeat(20_000) + "\"}";

    @TempDir
    Path conf;

    private BridgeRig bridge;
    private ServeRig rig;

    @BeforeEach
    void start() throws Exception {
        bridge = new BridgeRig(conf, "tcp: {port: 0}")
                .config("queues: {mail: {store: memory}, full: {store: memory, size: 1}}\n")
                .plan("gets", "inputSchema: {type: object}\nexpose: GET /gets\noutput: = input")
                .plan("echo", "inputSchema: {type: object}\nexpose: POST /echo\noutput: = input")
                .plan(
                        "waits",
                        "inputSchema: {type: object}\nexpose: POST /waits\nsteps: {a: {sleep: 1m}}\noutput: done");
        rig = bridge.rig;
        bridge.start();
    }

    @AfterEach
    void close() {
        bridge.close();
    }

    private long lent() {
        return rig.service().runManager().memory().statistics().lentBytes();
    }

    /** Waits until nothing is lent; the test's time is the bound. */
    private void allComesBack() throws Exception {
        long last = System.nanoTime() + Duration.ofSeconds(15).toNanos();
        while (lent() != 0) {
            assertThat(System.nanoTime()).as("still lent: %d", lent()).isLessThan(last);
            rig.get("/health/live");
        }
    }

    /** A client that has a connection already: what is upgraded to HTTP/2 has no body. */
    private HttpClient client(HttpClient.Version version) throws Exception {
        HttpClient client = HttpClient.newBuilder().version(version).build();
        var live = client.send(rig.request("/health/live").build(), BodyHandlers.discarding());
        assertThat(live.version()).isEqualTo(version);
        return client;
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /gets, application/json, 200",
        "HEAD, /gets, application/json, 200",
        "HEAD, /gets, text/event-stream, 200",
        "HEAD, /gets, application/x-ndjson, 200",
        "POST, /echo, application/json, 200",
        "POST, /echo, text/event-stream, 200",
        "POST, /echo, application/x-ndjson, 200",
        "POST, /echo, image/png, 406",
        "POST, /v1/plans/echo/runs?detach=true, application/json, 202",
        "POST, /v1/runs, application/json, 400",
        "POST, /v1/queues/mail/jobs, application/json, 400",
        "POST, /v1/queues/none/jobs, application/json, 404",
        "POST, /v1/queues/mail/jobs/x/ack, application/json, 400",
        "POST, /nope, application/json, 404",
        "PUT, /echo, application/json, 405",
    })
    void answerOfEachKind_givesItsMemoryBack(String method, String path, String accept, int status) throws Exception {
        for (HttpClient.Version version : HttpClient.Version.values()) {
            HttpResponse<String> answer = client(version)
                    .send(
                            rig.request(path)
                                    .header("Accept", accept)
                                    .method(method, BodyPublishers.ofString(INPUT))
                                    .build(),
                            BodyHandlers.ofString());
            assertThat(answer.statusCode()).as("%s", version).isEqualTo(status);
            assertThat(answer.version()).isEqualTo(version);
            allComesBack();
        }
    }

    @Test
    void emptyAnswersAndReadEvents_giveTheirMemoryBack() throws Exception {
        String job = rig.post("/v1/queues/mail/jobs", "{\"body\": 1}").body();
        assertThat(job).contains("\"id\"");
        String taken = rig.post("/v1/queues/mail/take", "").body();
        String lease = taken.replaceAll("(?s).*\"lease\": ?\"([^\"]+)\".*", "$1");
        String id = taken.replaceAll("(?s).*\"id\": ?\"([^\"]+)\".*", "$1");
        assertThat(rig.post("/v1/queues/mail/jobs/" + id + "/ack", "{\"lease\": \"" + lease + "\"}")
                        .statusCode())
                .isEqualTo(204);
        allComesBack();
        String events =
                rig.post("/v1/plans/echo/runs?detach=true", INPUT)
                                .headers()
                                .firstValue("location")
                                .orElseThrow() + "/events";
        for (String method : List.of("GET", "HEAD")) {
            assertThat(rig.send(rig.request(events)
                                    .header("Accept", "text/event-stream")
                                    .method(method, BodyPublishers.noBody()))
                            .statusCode())
                    .isEqualTo(200);
        }
        allComesBack();
    }

    @Test
    void callersWhoLeave_giveTheirMemoryBack() throws Exception {
        for (String accept : List.of("application/json", "text/event-stream", "application/x-ndjson")) {
            try (var caller = new RawCaller(rig.port())) {
                caller.send("POST /waits HTTP/1.1\r\nHost: localhost\r\nAccept: " + accept + "\r\nContent-Length: "
                        + INPUT.length() + "\r\n\r\n" + INPUT);
                bridge.awaitRunning(1);
                assertThat(lent()).isPositive();
            }
            bridge.awaitRunning(0);
            allComesBack();
        }
        try (var caller = new RawCaller(rig.port())) {
            caller.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 90000\r\n\r\n" + INPUT);
            awaitLent();
        }
        allComesBack();
    }

    @Test
    void callersOfHttp2WhoLeave_giveTheirMemoryBack() throws Exception {
        for (String accept : List.of("application/json", "text/event-stream")) {
            var asked = client(HttpClient.Version.HTTP_2)
                    .sendAsync(
                            rig.request("/waits")
                                    .header("Accept", accept)
                                    .POST(BodyPublishers.ofString(INPUT))
                                    .build(),
                            BodyHandlers.ofInputStream());
            bridge.awaitRunning(1);
            if (accept.startsWith("text/")) {
                asked.join().body().close();
            } else {
                asked.cancel(true);
            }
            bridge.awaitRunning(0);
            allComesBack();
        }
    }

    private void awaitLent() throws Exception {
        while (lent() == 0) {
            rig.get("/health/live");
        }
    }

    @Test
    void frames_areCountedUntilTheyAreAnswered() throws Exception {
        try (var peer = bridge.peer()) {
            String text = "x".repeat(20_000);
            assertThat(peer.ask("muster.run", Map.of("plan", "echo", "input", Map.of("text", text))))
                    .containsEntry("type", "message");
            peer.send(BridgePeer.frame("ping", "body", text));
            assertThat(peer.next()).containsEntry("type", "pong");
            peer.ask("muster.nothing", Map.of("text", text));
            peer.ask("muster.run", Map.of("plan", "none", "input", Map.of("text", text)));
            peer.ask("muster.queue.mail.put", Map.of("body", text));
            allComesBack();
        }
    }

    @Test
    void putThatWaits_isCounted_untilItsConnectionCloses() throws Exception {
        assertThat(rig.post("/v1/queues/full/jobs", "{\"body\": 1}").statusCode())
                .isEqualTo(201);
        allComesBack();
        try (var peer = bridge.peer()) {
            var put = Map.of("body", "x".repeat(20_000), "wait", "1m");
            peer.send(BridgePeer.frame("send", "address", "muster.queue.full.put", "body", put, "replyAddress", "r"));
            peer.settled();
            assertThat(lent()).isGreaterThan(20_000L);
        }
        allComesBack();
    }

    @Test
    void messagesOfPeers_areCountedUntilTheyAreAnswered() throws Exception {
        var bus = rig.vertx().eventBus();
        var waiting = bus.request("muster.queue.full.put", new JsonObject(Map.of("body", "x".repeat(20_000))));
        waiting.toCompletionStage().toCompletableFuture().join();
        allComesBack();
        var put = new JsonObject(Map.of("body", "x".repeat(20_000), "wait", "1m"));
        var blocked =
                bus.request("muster.queue.full.put", put).toCompletionStage().toCompletableFuture();
        awaitLent();
        assertThat(lent()).isGreaterThan(20_000L);
        rig.post("/v1/queues/full/take", "");
        rig.post("/v1/queues/full/close", "");
        blocked.handle((reply, failure) -> reply).join();
        allComesBack();
    }
}
