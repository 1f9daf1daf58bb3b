package dev.muster.node;

import static dev.muster.Soon.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.json.Json;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Data is never changed for the sake of secrets, at no door: nobody finds out which of 30,000 guesses is one. */
@Timeout(120)
class SecretDoorsTest {

    private static final String CONFIG = """
            server: {port: 0, workers: 1, bridge: {tcp: {port: 0}}, limits: {body: 4MiB}}
            sources:
              up: {http: 'http://${file:tier}.invalid', headers: {x-api-key: '${file:tier}', x-note: '${file:word}'}, optional: true}
              db: {postgres: 'postgres://app:${file:password}@127.0.0.1:1/shop', optional: true}
              files: {file: files, write: true}
            queues:
              mail: {store: memory, adhoc: true}
              worked: {store: memory}
            """;

    /** What a caller may send: keys, texts, forms of the secrets, and guesses. */
    private static final Map<String, Object> DATA = new LinkedHashMap<>();

    private static final List<String> GUESSES = new ArrayList<>();

    static {
        for (String word : List.of("Spring", "Summer", "Autumn", "Winter")) {
            for (int year = 1_000; year < 3_500; year++) {
                GUESSES.add(word + "-" + year);
            }
        }
        for (int i = 0; i < 20_000; i++) {
            GUESSES.add("pw" + i);
        }
        DATA.put("prod", "a new product");
        DATA.put("Summer-2026", 2L);
        DATA.put("forms", List.of("U3VtbWVyLTIwMjY=", "Summer%2d2026", "postgres://app:Summer-2026@db/x", "***"));
        DATA.put("guesses", GUESSES);
    }

    @TempDir
    Path conf;

    private ServeRig rig;

    @BeforeEach
    void start() throws Exception {
        Files.createDirectories(conf.resolve("files"));
        Files.writeString(conf.resolve("tier"), "prod\n");
        Files.writeString(conf.resolve("password"), "Summer-2026\n");
        Files.writeString(conf.resolve("word"), "pw1234\n");
        rig = new ServeRig(conf)
                .config(CONFIG)
                .plan("echo", "input: {s: any}\nexpose: POST /echo\nsteps: {a: {set: = input.s}}\noutput: = a")
                .plan("fails", "input: {s: string}\nsteps: {a: {fail: = input.s}}")
                .plan("typed", "input: {n: integer}\noutput: 1")
                .plan("puts", "input: {s: any}\nsteps: {a: {queue: mail, put: = input.s}}")
                .plan(
                        "works",
                        "input: {s: any}\ntrigger: {queue: worked}\nsteps: {a: {queue: mail, put: = input.s}}\noutput: = input.s")
                .plan("writes", "input: {s: string}\nsteps: {a: {file: files, write: out.txt, content: = input.s}}")
                .plan("named", "steps:\n  Summer_2026: {set: prod}\noutput: {prod: 'Summer-2026 of prod'}")
                .plan("guesses", "steps:\n" + steps())
                .plan("asks", "input: {s: string}\nsteps: {a: {http: up, get: '/{s}', args: {s: = input.s}}}")
                .start();
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private static String body(Object s) {
        return Json.write(Map.of("s", s));
    }

    private Object taken(String queue) throws Exception {
        Map<?, ?> answer = (Map<?, ?>) Json.parse(
                rig.post("/v1/queues/" + queue + "/take?wait=30s", "").body());
        return ((Map<?, ?>) ((List<?>) answer.get("jobs")).get(0)).get("body");
    }

    @Test
    void outputs_overHttp_areAsTheyWereSent() throws Exception {
        assertThat(Json.parse(rig.post("/echo", body(DATA)).body())).isEqualTo(DATA);
        assertThat(Json.parse(rig.post("/v1/plans/echo/runs", body(DATA)).body()))
                .isEqualTo(DATA);
    }

    @Test
    void events_asLinesAndAsAStream_areAsTheyWereSent() throws Exception {
        for (String type : List.of("application/x-ndjson", "text/event-stream")) {
            HttpResponse<String> answer = rig.send(rig.request("/echo")
                    .header("Accept", type)
                    .POST(java.net.http.HttpRequest.BodyPublishers.ofString(body(DATA))));
            assertThat(answer.body()).contains(Json.write(DATA));
            assertThat(answer.body().replace("\"***\"", "")).doesNotContain("***");
        }
    }

    @Test
    void keptEvents_areAsTheyWereSent() throws Exception {
        Map<?, ?> run = (Map<?, ?>) Json.parse(
                rig.post("/v1/plans/echo/runs?detach=true", body(DATA)).body());
        HttpResponse<String> events =
                rig.send(rig.request("/v1/runs/" + run.get("run") + "/events").header("Accept", "text/event-stream"));
        assertThat(events.body()).contains(Json.write(DATA));
    }

    @Test
    void jobs_overHttp_fromPlansAndToThem_areAsTheyWerePut() throws Exception {
        rig.post("/v1/queues/mail/jobs", Json.write(Map.of("body", DATA)));
        assertThat(taken("mail")).isEqualTo(DATA);
        assertThat(rig.post("/v1/plans/puts/runs", body(DATA)).statusCode()).isEqualTo(200);
        assertThat(taken("mail")).isEqualTo(DATA);
        rig.post("/v1/queues/worked/jobs", Json.write(Map.of("body", Map.of("s", DATA))));
        assertThat(taken("mail")).isEqualTo(DATA);
        String plan = Json.write(Map.of(
                "plan",
                Map.of("plan", "x", "steps", Map.of("a", Map.of("queue", "mail", "put", Map.of("prod", "prod"))))));
        assertThat(rig.post("/v1/runs", plan).statusCode()).isEqualTo(200);
        assertThat(taken("mail")).isEqualTo(Map.of("prod", "prod"));
    }

    @Test
    void repliesAndJobs_overTheBus_areAsTheyWereSent() {
        var bus = rig.vertx().eventBus();
        var data = new JsonObject(Json.write(DATA));
        var order = new JsonObject().put("plan", "echo").put("input", new JsonObject().put("s", data));
        Object reply = soon(bus.<Object>request("muster.run", order).map(Message::body));
        assertThat(reply).isEqualTo(data);
        soon(bus.request("muster.queue.mail.put", new JsonObject().put("body", data)));
        JsonObject jobs = soon(bus.<JsonObject>request("muster.queue.mail.take", new JsonObject())
                .map(Message::body));
        JsonArray all = jobs.getJsonArray("jobs");
        assertThat(all.getJsonObject(0).getJsonObject("body")).isEqualTo(data);
    }

    @Test
    void repliesEventsAndJobs_overABridge_areAsTheyWereSent() throws Exception {
        try (var peer = new BridgePeer(rig)) {
            assertThat(peer.ask("muster.run", Map.of("plan", "echo", "input", Map.of("s", DATA)))
                            .get("body"))
                    .isEqualTo(DATA);
            peer.register(BridgeRig.EVENTS).settled();
            peer.ask("muster.run", Map.of("plan", "echo", "input", Map.of("s", DATA), "events", BridgeRig.EVENTS));
            Map<?, ?> event;
            do {
                event = (Map<?, ?>) peer.next().get("body");
            } while (!event.get("event").equals("end"));
            assertThat(event.get("output")).isEqualTo(DATA);
            peer.ask("muster.queue.mail.put", Map.of("body", DATA));
            Map<?, ?> jobs =
                    (Map<?, ?>) peer.ask("muster.queue.mail.take", Map.of()).get("body");
            assertThat(((Map<?, ?>) ((List<?>) jobs.get("jobs")).get(0)).get("body"))
                    .isEqualTo(DATA);
        }
    }

    @Test
    void files_areWrittenAsTheyWereSent() throws Exception {
        String text = Json.write(DATA);
        assertThat(rig.post("/v1/plans/writes/runs", body(text)).statusCode()).isEqualTo(200);
        assertThat(Files.readString(conf.resolve("files/out.txt"))).isEqualTo(text);
    }

    @Test
    void failures_quoteGuessesAsTheyAre() throws Exception {
        String guesses = String.join(" ", GUESSES);
        Map<?, ?> problem = (Map<?, ?>)
                Json.parse(rig.post("/v1/plans/fails/runs", body(guesses)).body());
        assertThat(problem.get("type")).isEqualTo("failed");
        String detail = String.valueOf(problem.get("detail"));
        assertThat(detail).doesNotContain("***");
        assertThat(guesses).startsWith(detail.endsWith("…") ? detail.substring(0, detail.length() - 1) : detail);
        for (String guess : List.of("Summer-2026", "prod", "Summer-2025")) {
            assertThat(rig.post("/v1/plans/fails/runs", body(guess)).body()).contains("\"detail\":\"" + guess + "\"");
        }
    }

    @Test
    void refusals_quoteGuessesAsTheyAre() throws Exception {
        Map<String, Object> unknown = new LinkedHashMap<>();
        GUESSES.forEach(guess -> unknown.put(guess, guess));
        for (Object input : List.of(unknown, Map.of("n", GUESSES), Map.of("n", "Summer-2026", "prod", 1L))) {
            HttpResponse<String> answer = rig.post("/v1/plans/typed/runs", Json.write(input));
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(answer.body()).doesNotContain("***");
        }
        assertThat(rig.post("/v1/plans/typed/runs", Json.write(Map.of("n", 1L, "prod", 1L)))
                        .body())
                .contains("prod");
        // A plan that is brought, every step of which is wrong.
        for (String guess : List.of("Summer-2026", "prod", "Summer-2025")) {
            String plan = Json.write(Map.of("plan", "plan: x\nsteps: {a: {'" + guess + "': 1}}"));
            assertThat(rig.post("/v1/runs", plan).body()).contains(guess).doesNotContain("***");
        }
    }

    /** Steps whose names are guesses, and that hold all of them. */
    private static String steps() {
        var steps = new StringBuilder("  all: {set: " + Json.write(GUESSES) + "}\n");
        for (int i = 0; i < 2_000; i++) {
            steps.append("  pw").append(i).append(": {set: 1}\n");
        }
        return steps.toString();
    }

    @Test
    void explain_ofAPlan_isAsItIsWritten() throws Exception {
        String explained = rig.get("/v1/plans/guesses").body();
        assertThat(explained).contains("\"pw1233\"", "\"pw1234\"", "\"pw1235\"").doesNotContain("***");
        assertThat(rig.post("/v1/plans/guesses/runs", "").body()).doesNotContain("***");
        assertThat(rig.get("/v1/plans/named").body()).contains("Summer_2026").doesNotContain("***");
        assertThat(rig.get("/v1/plans/named").statusCode()).isEqualTo(200);
        assertThat(rig.post("/v1/plans/named/runs", "").body()).isEqualTo("{\"prod\":\"Summer-2026 of prod\"}");
    }

    @Test
    void addressOfASource_isHiddenWhereTheSecretIs_andNotInWhatTheCallerSent() throws Exception {
        String problem = rig.post("/v1/plans/asks/runs", body("prod.invalid")).body();
        assertThat(problem)
                .contains("the name of ***.invalid cannot be resolved")
                .doesNotContain("prod");
        String ready = rig.get("/health/ready").body();
        assertThat(ready).contains("no connection to db at 127.0.0.1:1/shop: connection refused");
        assertThat(ready).contains("***.invalid").doesNotContain("prod", "Summer-2026");
    }

    @Test
    void bytes_ofAnEcho_areTheVerySame() throws Exception {
        String body = "{\"s\":{\"prod\":1,\"Summer-2026\":2,\"a\":\"prod\\u00e9 Summer-2026\"}}";
        byte[] answer = rig.post("/echo", body).body().getBytes(StandardCharsets.UTF_8);
        assertThat(new String(answer, StandardCharsets.UTF_8))
                .isEqualTo("{\"prod\":1,\"Summer-2026\":2,\"a\":\"prodé Summer-2026\"}");
    }
}
