package dev.muster.cli;

import static dev.muster.Soon.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.cli.queue.QueueTable;
import dev.muster.json.Json;
import dev.muster.node.BridgePeer;
import dev.muster.node.ServeRig;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is there for whom, at each door: HTTP, the event bus, and its bridges over TCP and WebSockets. */
@Timeout(120)
class WhoMaySeeTest {

    private static final String SHOP = "Bearer a-key-of-the-shop-00";
    private static final String OPS = "Bearer a-key-of-the-ops-000";
    private static final String CALLERS = """
            callers:
              shop: {key: a-key-of-the-shop-00, may: {plans: [mine], queues: [mail], adhoc: true}}
              ops: {key: a-key-of-the-ops-000, may: {plans: '*', queues: '*', adhoc: true, cancel: all, monitor: true}}
            """;
    private static final String REST = """
            server: {port: 0, workers: 1, bridge: {tcp: {port: 0}, websocket: true}}
            sources: {db: {postgres: 'postgres://me@127.0.0.1:1/shop', optional: true}}
            queues:
              mail: {store: memory, adhoc: true}
              other: {store: memory, adhoc: true}
              lost: {store: db, adhoc: true}
            """;

    @TempDir
    Path conf;

    private ServeRig rig;

    @BeforeEach
    void rig() throws Exception {
        rig = new ServeRig(conf)
                .plan("mine", "expose: GET /mine\noutput: 1")
                .plan("theirs", "expose: GET /theirs/{n}\nadhoc: true\ninput: {n: integer}\noutput: 2")
                .plan("open", "expose: GET /open\npublic: true\noutput: 3");
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private void start() throws Exception {
        rig.config(REST + CALLERS).start();
    }

    private HttpResponse<String> send(String method, String path, @Nullable String authorization, String body)
            throws Exception {
        var request = rig.request(path)
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        return rig.send(authorization == null ? request : request.header("Authorization", authorization));
    }

    private int status(String method, String path, @Nullable String authorization) throws Exception {
        return send(method, path, authorization, "").statusCode();
    }

    /** What of an answer may differ only by what was asked for. */
    @SuppressWarnings("unchecked") // keys of JSON values are text
    private static Map<String, Object> problem(HttpResponse<String> answer) {
        return (Map<String, Object>) Json.parse(answer.body());
    }

    @SuppressWarnings("unchecked") // keys of JSON values are text
    private static Map<String, Object> object(Object value) {
        return (Map<String, Object>) value;
    }

    // ---- plans

    @Test
    void http_withoutCredentials_is401ForEveryPlanThatIsNotPublic_thereOrNot() throws Exception {
        start();
        for (String path : List.of("/mine", "/theirs/7", "/theirs/%FF", "/nowhere", "/nowhere/7", "/%FF")) {
            for (String method : List.of("GET", "POST", "DELETE")) {
                HttpResponse<String> answer = send(method, path, null, "");
                assertThat(answer.statusCode()).as(method + " " + path).isEqualTo(401);
                assertThat(answer.headers().firstValue("www-authenticate")).contains("Bearer");
                assertThat(answer.headers().firstValue("allow")).isEmpty();
            }
        }
        assertThat(status("POST", "/v1/plans/theirs/runs", null)).isEqualTo(401);
        assertThat(status("POST", "/v1/plans/nowhere/runs", null)).isEqualTo(401);
        assertThat(status("GET", "/v1/plans/theirs", null)).isEqualTo(401);
        assertThat(status("GET", "/open", null)).isEqualTo(200);
        assertThat(status("POST", "/open", null)).isEqualTo(405);
        assertThat(status("GET", "/mine", "Bearer not-a-key-of-anyone")).isEqualTo(401);
        assertThat(status("GET", "/nowhere", "Bearer not-a-key-of-anyone")).isEqualTo(401);
    }

    @Test
    void http_planThatTheCallerMayNotRun_isAsIfItWereNotThere() throws Exception {
        start();
        for (String method : List.of("GET", "POST", "PUT")) {
            assertThat(problem(send(method, "/theirs/7", SHOP, "")))
                    .as(method)
                    .isEqualTo(problem(send(method, "/nowhere/7", SHOP, "")))
                    .containsEntry("status", 404L);
        }
        assertThat(problem(send("GET", "/theirs/%FF", SHOP, ""))).containsEntry("status", 404L);
        assertThat(send("POST", "/v1/plans/theirs/runs", SHOP, "{}").body().replace("theirs", "nowhere"))
                .isEqualTo(send("POST", "/v1/plans/nowhere/runs", SHOP, "{}").body());
        assertThat(status("POST", "/v1/plans/theirs/runs", SHOP)).isEqualTo(404);
        assertThat(status("GET", "/v1/plans/theirs", SHOP)).isEqualTo(404);
        assertThat(status("GET", "/mine", SHOP)).isEqualTo(200);
        assertThat(status("POST", "/mine", SHOP)).isEqualTo(405);
        assertThat(status("GET", "/theirs/7", OPS)).isEqualTo(200);
        assertThat(status("GET", "/theirs/x", OPS)).isEqualTo(400);
        assertThat(status("GET", "/theirs/%FF", OPS)).isEqualTo(400);
        assertThat(status("POST", "/theirs/7", OPS)).isEqualTo(405);
    }

    @Test
    void http_withoutCallers_isAsOpenAsBefore() throws Exception {
        rig.config(REST).start();
        assertThat(status("GET", "/theirs/7", null)).isEqualTo(200);
        assertThat(status("GET", "/nowhere", null)).isEqualTo(404);
        assertThat(status("POST", "/theirs/7", null)).isEqualTo(405);
    }

    @Test
    void busAndBridges_tellOfPlansAsHttpDoes() throws Exception {
        start();
        for (Door door : doors()) {
            for (String plan : List.of("theirs", "nowhere", "mine")) {
                Map<String, Object> order = Map.of("plan", plan);
                assertThat(door.code("muster.run", order, null)).as(door + plan).isEqualTo(401);
                assertThat(door.code("muster.run", order, "Bearer not-a-key-of-anyone"))
                        .isEqualTo(401);
                int known = plan.equals("mine") ? 200 : 404;
                assertThat(door.code("muster.run", order, SHOP)).as(door + plan).isEqualTo(known);
            }
            door.close();
        }
    }

    // ---- plans that callers bring

    private static Map<String, Object> bringing(String step) {
        return Map.of("plan", "plan: x\nsteps: {s: {" + step + "}}");
    }

    @Test
    void adhocPlan_reachesOnlyQueuesAndPlansOfItsCaller_atEachDoor() throws Exception {
        start();
        for (Door door : doors()) {
            for (String queue : List.of("other", "lost", "nowhere")) {
                Map<String, Object> put = bringing("queue: " + queue + ", put: 1");
                assertThat(door.code("muster.run", put, SHOP)).as(door + queue).isEqualTo(403);
            }
            assertThat(door.code("muster.run", bringing("queue: mail, put: 1"), SHOP))
                    .isEqualTo(200);
            assertThat(door.code("muster.run", bringing("queue: other, put: 1"), OPS))
                    .isEqualTo(200);
            // In a clean-up, and within another step, too.
            assertThat(door.code("muster.run", bringing("set: 1, finally: {queue: other, put: 1}"), SHOP))
                    .isEqualTo(403);
            assertThat(door.code("muster.run", bringing("each: [1], do: {queue: other, put: 1}"), SHOP))
                    .isEqualTo(403);
            assertThat(door.code("muster.run", bringing("plan: theirs, with: {n: 1}"), SHOP))
                    .isEqualTo(400);
            assertThat(door.code("muster.run", bringing("plan: nowhere, with: {n: 1}"), SHOP))
                    .isEqualTo(400);
            assertThat(door.code("muster.run", bringing("plan: theirs, with: {n: 1}"), OPS))
                    .isEqualTo(200);
            door.close();
        }
        assertThat(rig.queue("other").accepted()).as("put by ops alone").isEqualTo(doors().size());
    }

    @Test
    void adhocPlan_namesNoPlanOrQueueThatIsNotItsCallers() throws Exception {
        start();
        String problem = send("POST", "/v1/runs", SHOP, Json.write(bringing("plan: their, with: {n: 1}")))
                .body();
        assertThat(problem).contains("there is no plan \\\"their\\\"").doesNotContain("theirs");
    }

    @Test
    void queueWithoutTheGrant_isDenied_thereOrNot_atEachDoor() throws Exception {
        start();
        for (String queue : List.of("other", "nowhere")) {
            assertThat(status("POST", "/v1/queues/" + queue + "/take", SHOP)).isEqualTo(403);
            assertThat(send("POST", "/v1/queues/" + queue + "/jobs", SHOP, "{\"body\": 1}")
                            .statusCode())
                    .isEqualTo(403);
        }
        assertThat(status("POST", "/v1/queues/nowhere/take", OPS)).isEqualTo(404);
        for (Door door : doors()) {
            for (String queue : List.of("other", "nowhere")) {
                for (String word : List.of("put", "take", "ack", "close")) {
                    String address = "muster.queue." + queue + "." + word;
                    assertThat(door.code(address, Map.of("body", 1L), null)).isIn(401, 404);
                    assertThat(door.code(address, Map.of("body", 1L), SHOP))
                            .as(door + address)
                            .isIn(403, 404);
                }
            }
            door.close();
        }
    }

    // ---- credentials of a frame

    @Test
    void frameWithSeveralCredentials_identifiesNobody_overEachBridge() throws Exception {
        start();
        for (Door door : List.of(new TcpDoor(), new SocketDoor())) {
            for (Map<String, Object> more : List.<Map<String, Object>>of(
                    Map.of("headers", Map.of("authorization", SHOP), "authorization", OPS),
                    Map.of("headers", Map.of("Authorization", SHOP), "authorization", SHOP),
                    Map.of("headers", Map.of("authorization", SHOP, "AUTHORIZATION", OPS)),
                    Map.of("headers", Map.of("authorization", SHOP + ", " + OPS)))) {
                assertThat(door.code(more)).as(door + " " + more).isEqualTo(401);
            }
            assertThat(door.code(Map.of("headers", Map.of("Authorization", SHOP))))
                    .isEqualTo(200);
            assertThat(door.code(Map.of("authorization", SHOP))).isEqualTo(200);
            door.close();
        }
    }

    @Test
    void messageWithSeveralCredentials_identifiesNobody_onTheBus() throws Exception {
        start();
        var options = new DeliveryOptions().addHeader("authorization", SHOP).addHeader("Authorization", OPS);
        assertThat(bus("muster.run", Map.of("plan", "mine"), options)).isEqualTo(401);
    }

    // ---- health and queues

    @Test
    void health_showsAddressesToThoseWhoMayMonitor() throws Exception {
        start();
        for (String authorization : new String[] {null, SHOP}) {
            HttpResponse<String> ready = send("GET", "/health/ready", authorization, "");
            assertThat(ready.statusCode()).isEqualTo(200);
            assertThat(ready.body())
                    .contains("\"db\":{\"ready\":false,\"optional\":true")
                    .contains("\"error\":\"unavailable\"")
                    .doesNotContain("127.0.0.1", "shop");
        }
        assertThat(send("GET", "/health/ready", OPS, "").body()).contains("no connection to db at 127.0.0.1:1/shop");
        assertThat(status("GET", "/health/ready", "Bearer not-a-key-of-anyone")).isEqualTo(401);
    }

    @Test
    void health_withoutCallers_showsAddressesToThisMachine() throws Exception {
        rig.config(REST).start();
        assertThat(rig.get("/health/ready").body()).contains("no connection to db at 127.0.0.1:1/shop");
    }

    @Test
    void queues_areListedBesideOneWhoseStoreIsDown() throws Exception {
        start();
        for (String authorization : List.of(OPS, SHOP)) {
            HttpResponse<String> answer = send("GET", "/v1/queues", authorization, "");
            assertThat(answer.statusCode()).isEqualTo(200);
            Map<String, Map<String, Object>> byName = new LinkedHashMap<>();
            ((List<?>) problem(answer).get("queues"))
                    .forEach(queue -> byName.put(String.valueOf(((Map<?, ?>) queue).get("name")), object(queue)));
            assertThat(byName.get("mail")).containsEntry("store", "memory").containsEntry("ready", 0L);
            if (authorization.equals(OPS)) {
                assertThat(byName.keySet()).containsExactlyInAnyOrder("mail", "other", "lost");
                assertThat(byName.get("lost").get("store")).isEqualTo("db");
                assertThat(object(byName.get("lost").get("error")))
                        .containsEntry("type", "unavailable")
                        .containsOnlyKeys("type", "detail");
            } else {
                assertThat(byName.keySet()).containsExactly("mail");
            }
        }
    }

    @Test
    void queueWhoseStoreIsDown_showsItsAddressOnlyToThoseWhoMayMonitor() throws Exception {
        rig.config(REST + CALLERS.replace("queues: [mail]", "queues: [mail, lost]"))
                .start();
        assertThat(send("GET", "/v1/queues", SHOP, "").body())
                .contains("\"name\":\"lost\"", "the store db does not respond")
                .doesNotContain("127.0.0.1");
        assertThat(send("GET", "/v1/queues", OPS, "").body()).contains("127.0.0.1:1");
    }

    @Test
    void queueList_ofTheShell_hasARowForTheQueueWhoseStoreIsDown() throws Exception {
        rig.config(REST).start();
        Called called = Called.with("queue", "list", "--url", "http://127.0.0.1:" + rig.port());
        assertThat(called.code()).as(called.err()).isZero();
        List<?> queues = called.out().lines().map(Json::parse).toList();
        assertThat(queues).extracting("name").containsExactly("lost", "mail", "other");
        List<String> table = QueueTable.queues(List.of(object(queues.get(0))), TerminalStyle.plain(true));
        assertThat(table.get(1)).startsWith("lost   db").contains("unavailable: ");
    }

    // ---- doors

    /** A way to send messages to the node. */
    private interface Door extends AutoCloseable {
        /** The status that the answer says: 200 for a reply. */
        int code(Map<String, Object> frame) throws Exception;

        default int code(String address, Map<String, ?> body, @Nullable String authorization) throws Exception {
            var frame = new LinkedHashMap<String, Object>(Map.of("address", address, "body", body));
            if (authorization != null) {
                frame.put("headers", Map.of("Authorization", authorization));
            }
            return code(frame);
        }

        @Override
        default void close() throws Exception {}
    }

    private static Map<String, Object> whole(Map<String, Object> frame) {
        var whole = new LinkedHashMap<String, Object>();
        whole.put("type", "send");
        whole.put("address", "muster.run");
        whole.put("body", Map.of("plan", "mine"));
        whole.put("replyAddress", "r");
        whole.putAll(frame);
        return whole;
    }

    private static int code(Map<?, ?> answer) {
        return "err".equals(answer.get("type")) ? ((Number) answer.get("failureCode")).intValue() : 200;
    }

    private List<Door> doors() throws Exception {
        return List.of(new BusDoor(), new TcpDoor(), new SocketDoor());
    }

    private int bus(String address, Object body, DeliveryOptions options) {
        try {
            Object sent = body instanceof Map<?, ?> ? new JsonObject(Json.write(body)) : body;
            soon(rig.vertx().eventBus().request(address, sent, options).map(Message::body));
            return 200;
        } catch (CompletionException e) {
            int code = ((ReplyException) e.getCause()).failureCode();
            // Nobody listens at an address of a queue that is not there.
            return code == -1 ? 404 : code;
        }
    }

    private final class BusDoor implements Door {
        @Override
        public int code(Map<String, Object> frame) {
            var options = new DeliveryOptions();
            if (frame.get("headers") instanceof Map<?, ?> headers) {
                headers.forEach((name, value) -> options.addHeader(String.valueOf(name), String.valueOf(value)));
            }
            return bus(String.valueOf(frame.get("address")), frame.get("body"), options);
        }
    }

    private final class TcpDoor implements Door {
        private final BridgePeer peer = new BridgePeer(rig);

        TcpDoor() throws Exception {}

        @Override
        public int code(Map<String, Object> frame) throws Exception {
            return WhoMaySeeTest.code(peer.send(whole(frame)).next());
        }

        @Override
        public void close() throws Exception {
            peer.close();
        }
    }

    private final class SocketDoor implements Door, WebSocket.Listener {
        private final BlockingQueue<Map<?, ?>> frames = new LinkedBlockingQueue<>();
        private final WebSocket socket = soon(ServeRig.CLIENT
                .newWebSocketBuilder()
                .buildAsync(URI.create("ws://127.0.0.1:" + rig.port() + "/eventbus/websocket"), this));
        private final StringBuilder text = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                frames.add((Map<?, ?>) Json.parse(text.toString()));
                text.setLength(0);
            }
            from.request(1);
            return null;
        }

        @Override
        public int code(Map<String, Object> frame) throws Exception {
            soon(socket.sendText(Json.write(whole(frame)), true));
            Map<?, ?> answer = frames.poll(30, TimeUnit.SECONDS);
            assertThat(answer).as("an answer").isNotNull();
            return WhoMaySeeTest.code(answer);
        }

        @Override
        public void close() {
            socket.abort();
        }
    }
}
