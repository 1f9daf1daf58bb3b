package dev.muster.node;

import static dev.muster.Soon.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.json.Json;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that say how long their caller waits. */
@Timeout(120)
class ServeDeadlineTest {

    private static final String MUSTER = "Muster-Deadline";
    private static final String GRPC = "grpc-timeout";
    private static final String ENVOY = "x-envoy-expected-rq-timeout-ms";
    private static final String SLEEPS = "steps: {long: {sleep: 1m}}";

    @TempDir
    Path conf;

    private ServeRig rig;

    @BeforeEach
    void rig() throws Exception {
        rig = new ServeRig(conf)
                .config("queues: {mail: {store: memory, size: 1, retries: 0}}")
                .plan("sleeps", "timeout: 2m\nexpose: GET /sleeps\n" + SLEEPS)
                .plan("short", "timeout: 50ms\nexpose: GET /short\n" + SLEEPS)
                .plan("nested", "timeout: 2m\nexpose: GET /nested\nsteps: {inner: {plan: sleeps}}")
                .plan("twice", "input: {n: integer}\nexpose: GET /twice/{n}\noutput: = input.n * 2")
                .plan("echo", "input: {n: integer}\nexpose: POST /echo\noutput: = input.n")
                .plan("public", "public: true\nexpose: GET /public\noutput: 1")
                .start();
        // The first request takes its time, which is not to be taken from the deadlines of those that follow.
        get("/short");
        rig.post("/v1/plans/twice/runs", "{\"n\": 1}");
        rig.post("/v1/runs", "{\"plan\": \"plan: x\\noutput: 1\"}");
    }

    @AfterEach
    void close() throws Exception {
        while (rig.service().runManager().running() != 0) {
            rig.get("/health/live");
        }
        rig.close();
    }

    private static Map<?, ?> problem(HttpResponse<String> answer, int status, String type) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        Map<?, ?> problem = (Map<?, ?>) Json.parse(answer.body());
        assertThat(problem.get("type")).isEqualTo(type);
        return problem;
    }

    private HttpResponse<String> get(String path, String... headers) throws Exception {
        HttpRequest.Builder request = rig.request(path);
        return rig.send(headers.length == 0 ? request : request.headers(headers));
    }

    /** How many runs there have been. */
    private int runs() throws Exception {
        return ((List<?>) ((Map<?, ?>) Json.parse(get("/v1/runs").body())).get("runs")).size();
    }

    @Test
    void eachHeader_shortensTheRun() throws Exception {
        for (String[] header :
                new String[][] {{MUSTER, "600ms"}, {MUSTER, "0600ms"}, {GRPC, "600m"}, {GRPC, "600000u"}, {ENVOY, "600"}
                }) {
            Map<?, ?> problem = problem(get("/sleeps", header), 504, "timeout");
            assertThat(problem.get("detail")).isEqualTo("no answer within the 600 ms that " + header[0] + " gives");
            assertThat(problem.get("step")).isEqualTo("long");
            assertThat(problem.get("run")).isNotNull();
        }
    }

    @Test
    void smallestOfThree_counts() throws Exception {
        String detail =
                String.valueOf(problem(get("/sleeps", MUSTER, "1m", GRPC, "600m", ENVOY, "9000"), 504, "timeout")
                        .get("detail"));
        assertThat(detail).isEqualTo("no answer within the 600 ms that grpc-timeout gives");
    }

    @Test
    void plansOwnTime_countsWhereItIsSmaller_andHugeTimesChangeNothing() throws Exception {
        for (String[] huge :
                new String[][] {{MUSTER, "999999999999999h"}, {GRPC, "99999999H"}, {ENVOY, "99999999999999999999"}}) {
            assertThat(problem(get("/short", huge), 504, "timeout").get("detail"))
                    .isEqualTo("no answer in 50 ms");
            assertThat(get("/twice/4", huge).body()).isEqualTo("8");
        }
    }

    @Test
    void nestedPlan_endsWithTheCallersDeadline() throws Exception {
        Map<?, ?> problem = problem(get("/nested", MUSTER, "600ms"), 504, "timeout");
        assertThat(problem.get("step")).isEqualTo("inner");
    }

    @Test
    void headerOfAnyCase_counts() throws Exception {
        problem(get("/sleeps", "MUSTER-DEADLINE", "500ms"), 504, "timeout");
    }

    @Test
    void malformedHeader_is400_andNamesItAndItsForm() throws Exception {
        int before = runs();
        for (String[] header : new String[][] {
            {MUSTER, "1.5s"},
            {MUSTER, "300"},
            {MUSTER, "-1s"},
            {MUSTER, "300 ms"},
            {MUSTER, ""},
            {MUSTER, "300ms, 300ms"},
            {GRPC, "123456789m"},
            {GRPC, "300"},
            {GRPC, "-1m"},
            {GRPC, "1.5S"},
            {GRPC, "1h"},
            {GRPC, ""},
            {ENVOY, "-1"},
            {ENVOY, "300ms"},
            {ENVOY, ""}
        }) {
            assertThat(raw(header[0] + ": " + header[1]))
                    .startsWith("HTTP/1.1 400 ")
                    .contains("\"type\":\"badInput\"")
                    .contains("\"detail\":\"" + header[0] + " must be ")
                    .contains(", not \\\"" + header[1] + "\\\"\"");
        }
        assertThat(runs()).isEqualTo(before);
    }

    /** The answer to a request with these lines in its head. */
    private String raw(String lines) throws Exception {
        try (var caller = new RawCaller(rig.port())) {
            return caller.send("GET /twice/3 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + lines + "\r\n\r\n")
                    .rest();
        }
    }

    @Test
    void spacesAroundAValue_areNotPartOfIt() throws Exception {
        assertThat(raw("Muster-Deadline: \t 5s  ")).startsWith("HTTP/1.1 200 ").endsWith("6");
    }

    @Test
    void headerThatStandsTwice_maySayOneThingOnly() throws Exception {
        assertThat(raw("Muster-Deadline: 5s\r\nmuster-deadline: 5s")).startsWith("HTTP/1.1 200 ");
        for (String other : new String[] {"6s", "5000ms", "0s", ""}) {
            assertThat(raw("Muster-Deadline: 5s\r\nmuster-deadline: " + other))
                    .startsWith("HTTP/1.1 400 ")
                    .contains("Muster-Deadline occurs more than once, with different values");
        }
    }

    @Test
    void noTimeAtAll_is504AtOnce_andStartsNothing() throws Exception {
        int before = runs();
        for (String[] header :
                new String[][] {{MUSTER, "0ms"}, {MUSTER, "0h"}, {GRPC, "0n"}, {GRPC, "00000000H"}, {ENVOY, "0"}}) {
            Map<?, ?> problem = problem(get("/twice/3", header), 504, "timeout");
            assertThat(problem.get("detail")).isEqualTo("no answer within the 0 ms that " + header[0] + " gives");
            assertThat(problem.containsKey("run")).isFalse();
        }
        assertThat(runs()).isEqualTo(before);
    }

    @Test
    void malformedHeader_comesBeforeOneThatLeavesNoTime() throws Exception {
        problem(get("/sleeps", MUSTER, "0ms", ENVOY, "soon"), 400, "badInput");
    }

    @ParameterizedTest
    @EnumSource
    void everyVersionOfHttp_takesIt(HttpClient.Version version) throws Exception {
        try (var client = new Versioned(version)) {
            HttpRequest.Builder request = rig.request("/sleeps");
            HttpResponse<String> late = client.send(request.copy().header(GRPC, "600m"));
            problem(late, 504, "timeout");
            assertThat(late.version()).isEqualTo(version);
            problem(client.send(request.copy().header(ENVOY, "x")), 400, "badInput");
            problem(client.send(request.copy().header(MUSTER, "0s")), 504, "timeout");
        }
    }

    private record Versioned(HttpClient client) implements AutoCloseable {
        Versioned(HttpClient.Version version) {
            this(HttpClient.newBuilder().version(version).build());
        }

        HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
            return client.send(request.build(), BodyHandlers.ofString());
        }

        @Override
        public void close() {}
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/x-ndjson", "text/event-stream"})
    void streamOfEvents_endsAtTheDeadline_orIsRefusedAsAProblem(String accept) throws Exception {
        HttpResponse<String> late = get("/sleeps", "Accept", accept, MUSTER, "600ms");
        assertThat(late.statusCode()).isEqualTo(200);
        assertThat(late.body())
                .contains("\"event\":\"start\"")
                .contains("\"event\":\"end\",\"state\":\"timedOut\"")
                .contains("no answer within the 600 ms that Muster-Deadline gives");
        problem(get("/sleeps", "Accept", accept, MUSTER, "60"), 400, "badInput");
        problem(get("/sleeps", "Accept", accept, MUSTER, "0ms"), 504, "timeout");
    }

    @Test
    void savedPlansAndAdhocOnes_takeItToo() throws Exception {
        String adhoc = "{\"plan\": \"plan: x\\nsteps: {long: {sleep: 1m}}\"}";
        for (String[] door : new String[][] {{"/v1/plans/sleeps/runs", "{}"}, {"/v1/runs", adhoc}}) {
            HttpRequest.Builder request = rig.request(door[0]).POST(BodyPublishers.ofString(door[1]));
            problem(rig.send(request.copy().header(MUSTER, "600ms")), 504, "timeout");
            problem(rig.send(request.copy().header(MUSTER, "never")), 400, "badInput");
            problem(rig.send(request.copy().header(ENVOY, "0")), 504, "timeout");
        }
    }

    @Test
    void detachedRun_endsAtTheDeadline() throws Exception {
        HttpResponse<String> begun = rig.send(rig.request("/v1/plans/sleeps/runs?detach=true")
                .header(MUSTER, "600ms")
                .POST(BodyPublishers.noBody()));
        assertThat(begun.statusCode()).isEqualTo(202);
        String events = rig.get(begun.headers().firstValue("location").orElseThrow() + "/events")
                .body();
        assertThat(events).contains("\"state\":\"timedOut\"").contains("that Muster-Deadline gives");
        problem(
                rig.send(rig.request("/v1/plans/sleeps/runs?detach=true")
                        .header(MUSTER, "0ms")
                        .POST(BodyPublishers.noBody())),
                504,
                "timeout");
    }

    @Test
    void deadlineThatPassesWhileTheBodyComes_is504_andStartsNothing() throws Exception {
        int before = runs();
        for (String door : new String[] {"/echo", "/v1/plans/echo/runs", "/v1/runs"}) {
            try (var caller = new RawCaller(rig.port())) {
                String answer = caller.send("POST " + door + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n"
                                + "grpc-timeout: 60m\r\n\r\n{\"n\"")
                        .rest();
                assertThat(answer)
                        .startsWith("HTTP/1.1 504 ")
                        .contains("no answer within the 60 ms that grpc-timeout gives")
                        .containsIgnoringCase("connection: close");
            }
        }
        assertThat(runs()).isEqualTo(before);
    }

    @Test
    void sameOverHttp2_leavesTheConnectionToOthers() throws Exception {
        var options = new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false)
                .setDefaultPort(rig.port());
        var client = rig.vertx().createHttpClient(options);
        HttpClientRequest slow = soon(client.request(HttpMethod.POST, "/echo"));
        slow.putHeader(ENVOY, "60").setChunked(true).exceptionHandler(gone -> {});
        Future<String> late =
                slow.response().compose(answer -> answer.body().map(body -> answer.statusCode() + " " + body));
        soon(slow.sendHead());
        assertThat(soon(late)).startsWith("504 ").contains("that " + ENVOY + " gives");
        Future<String> other = client.request(HttpMethod.GET, "/twice/8")
                .compose(HttpClientRequest::send)
                .compose(answer -> answer.body())
                .map(String::valueOf);
        assertThat(soon(other)).isEqualTo("16");
        soon(client.close());
    }

    @Test
    void timeCounts_fromWhenTheHeadCame() throws Exception {
        try (var caller = new RawCaller(rig.port())) {
            caller.send("POST /v1/plans/sleeps/runs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n"
                    + "Connection: close\r\nAccept: application/x-ndjson\r\nMuster-Deadline: 3s\r\n\r\n{");
            long begun = System.nanoTime();
            // Whatever time this takes is taken from the run.
            long before = 0;
            while (before < 500) {
                rig.get("/health/live");
                before = (System.nanoTime() - begun) / 1_000_000;
            }
            String answer = caller.send("}").rest();
            var end = answer.substring(answer.lastIndexOf("{\"event\":\"end\""));
            double ms =
                    ((Number) ((Map<?, ?>) Json.parse(end.substring(0, end.indexOf('\n')))).get("ms")).doubleValue();
            assertThat(ms).isLessThanOrEqualTo(3_000 - before + 100);
        }
    }

    @Test
    void expectContinue_isNotAskedToSendABodyInVain() throws Exception {
        for (String[] said : new String[][] {{"0n", "504"}, {"soon", "400"}}) {
            try (var caller = new RawCaller(rig.port())) {
                assertThat(caller.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n"
                                        + "Expect: 100-continue\r\ngrpc-timeout: " + said[0] + "\r\n\r\n")
                                .rest())
                        .startsWith("HTTP/1.1 " + said[1] + " ");
            }
        }
    }

    @Test
    void waitOfAQueue_isNoLongerThanTheDeadline() throws Exception {
        HttpRequest.Builder take = rig.request("/v1/queues/mail/take?wait=1m").POST(BodyPublishers.noBody());
        HttpResponse<String> none = rig.send(take.copy().header(MUSTER, "900ms"));
        assertThat(none.statusCode()).as(none.body()).isEqualTo(200);
        assertThat(none.body()).contains("\"jobs\":[]");
        problem(rig.send(take.copy().header(ENVOY, "0")), 504, "timeout");
        problem(rig.send(take.copy().header(ENVOY, "x")), 400, "badInput");

        assertThat(rig.post("/v1/queues/mail/jobs", "{\"body\": 1}").statusCode())
                .isEqualTo(201);
        HttpRequest.Builder put =
                rig.request("/v1/queues/mail/jobs?wait=1m").POST(BodyPublishers.ofString("{\"body\": 2}"));
        assertThat(rig.send(put.copy().header(GRPC, "900m")).statusCode()).isEqualTo(429);
        HttpRequest.Builder join = rig.request("/v1/queues/mail/join?wait=1m").POST(BodyPublishers.noBody());
        assertThat(rig.send(join.copy().header(GRPC, "900m")).body().toLowerCase(Locale.ROOT))
                .contains("false");
    }

    @Test
    void requestThatStartsNothing_doesNotLookAtIt() throws Exception {
        assertThat(get("/v1/plans", MUSTER, "nonsense").statusCode()).isEqualTo(200);
        assertThat(get("/health/live", GRPC, "0n").statusCode()).isEqualTo(200);
    }
}
