package dev.muster.node;

import static dev.muster.Soon.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.client.ClientOptions;
import dev.muster.client.MusterClient;
import dev.muster.client.MusterError;
import dev.muster.client.RunStream;
import dev.muster.client.WorkCall;
import dev.muster.client.WorkFailure;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class MusterClientTest {

    @TempDir
    Path conf;

    private final Vertx vertx = Vertx.vertx();
    private final List<MusterClient> clients = new ArrayList<>();
    private ServeRig rig;

    @BeforeEach
    void rig() throws Exception {
        rig = new ServeRig(conf)
                .config("server: {port: 0, workers: 2, drain: 5s, bridge: {tcp: {port: 0}, addresses: ['images.*']}}\n")
                .plan("same", "input: {n: number}\noutput: {same: = input.n, list: [1, null, a]}")
                .plan("fails", "steps: {a: {fail: no luck}}")
                .plan("steps", "steps: {a: {set: 1}, b: {set: 2, after: [a]}}")
                .plan("sleeps", "steps: {long: {sleep: 1m}}")
                .plan("many", "steps: {m: {each: = lists.range(50), do: {set: = item, stream: true}}}\noutput: 1")
                .plan("calls", "steps: {r: {call: images.resize, with: {width: 200}}}")
                .start();
    }

    @AfterEach
    void close() {
        clients.forEach(client -> soon(client.close()));
        rig.close();
        soon(vertx.close());
    }

    private MusterClient client(boolean tcp) {
        var at = ClientOptions.at("127.0.0.1", rig.service().bridgePort()).withWindow(4);
        return kept(
                tcp
                        ? MusterClient.onTcp(vertx, at)
                        : MusterClient.onBus(rig.service().vertx(), at));
    }

    private MusterClient kept(MusterClient client) {
        clients.add(client);
        return client;
    }

    private static MusterError error(Future<?> future) {
        try {
            throw new AssertionError("no failure but " + soon(future));
        } catch (CompletionException e) {
            return (MusterError) e.getCause();
        }
    }

    private static <T> T taken(BlockingQueue<T> queue) throws InterruptedException {
        return queue.poll(20, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void run_givesTheOutputOrATypedError(boolean tcp) {
        MusterClient client = client(tcp);
        assertThat(soon(client.run("same", Map.of("n", 7L))))
                .isEqualTo(Map.of("same", 7L, "list", java.util.Arrays.asList(1L, null, "a")));
        MusterError failed = error(client.run("fails", null));
        assertThat(failed.type()).isEqualTo("failed");
        assertThat(failed.detail()).isEqualTo("no luck");
        assertThat(failed.step()).isEqualTo("a");
        assertThat(failed.run()).isNotNull();
        assertThat(error(client.run("none", null)).type()).isEqualTo("notFound");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void deadline_endsTheRun_andNoTimeStartsNone(boolean tcp) {
        MusterClient client = client(tcp);
        MusterError late = error(client.run("sleeps", null, Duration.ofMillis(700)));
        assertThat(late.type()).isEqualTo("timeout");
        assertThat(late.detail()).isEqualTo("no answer within the 700 ms that deadline gives");
        assertThat(late.step()).isEqualTo("long");
        RunStream stream = client.stream("sleeps", null, Duration.ofMillis(700), event -> {});
        assertThat(error(stream.output()).type()).isEqualTo("timeout");
        MusterError none = error(client.run("sleeps", null, Duration.ZERO));
        assertThat(none.type()).isEqualTo("timeout");
        assertThat(none.run()).isNull();
        // Neither less than a millisecond nor more than the node can count is lost on the way.
        assertThat(error(client.run("sleeps", null, Duration.ofNanos(1))).detail())
                .isEqualTo("no answer within the 1 ms that deadline gives");
        assertThat(soon(client.run("steps", null, Duration.ofSeconds(Long.MAX_VALUE))))
                .isEqualTo(Map.of("a", 1L, "b", 2L));
        assertThatThrownBy(() -> client.run("steps", null, Duration.ofMillis(-1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void stream_givesTheEventsAndTheOutput(boolean tcp) {
        List<Object> events = new CopyOnWriteArrayList<>();
        RunStream stream = client(tcp).stream("steps", null, event -> events.add(event.get("event")));
        assertThat(soon(stream.output())).isEqualTo(Map.of("a", 1L, "b", 2L));
        assertThat(events).containsExactly("start", "step", "step", "end");
        assertThat(soon(stream.run())).hasSize(26);
        assertThat(error(client(tcp).stream("fails", null, event -> {}).output())
                        .step())
                .isEqualTo("a");
        assertThat(error(client(tcp).stream("none", null, event -> {}).run()).type())
                .isEqualTo("notFound");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void slowTaker_hasNoMoreEventsThanItsWindow(boolean tcp) throws Exception {
        BlockingQueue<Promise<Void>> open = new LinkedBlockingQueue<>();
        RunStream stream = client(tcp).streamSlowly("many", null, event -> {
            Promise<Void> done = Promise.promise();
            open.add(done);
            return done.future();
        });
        int events = 0;
        while (!stream.output().isComplete()) {
            Promise<Void> next = open.poll(20, TimeUnit.MILLISECONDS);
            assertThat(open.size()).isLessThan(4);
            if (next != null) {
                events++;
                next.complete();
            }
        }
        assertThat(events).isEqualTo(53);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void cancel_endsTheRun(boolean tcp) {
        RunStream stream = client(tcp).stream("sleeps", null, event -> {});
        soon(stream.cancel());
        assertThat(error(stream.output()).type()).isEqualTo("cancelled");
        soon(stream.cancel());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void worker_answersFailsAndIsToldOfCancels(boolean tcp) throws Exception {
        MusterClient client = client(tcp);
        BlockingQueue<WorkCall> calls = new LinkedBlockingQueue<>();
        BlockingQueue<Promise<Object>> answers = new LinkedBlockingQueue<>();
        soon(client.worker(
                "images.resize",
                call -> {
                    Promise<Object> answer = Promise.promise();
                    answers.add(answer);
                    calls.add(call);
                    return answer.future();
                },
                refused -> {}));

        Future<Object> run = client.run("calls", null);
        assertThat(taken(calls).input()).isEqualTo(Map.of("width", 200L));
        taken(answers).complete(Map.of("url", "x"));
        assertThat(soon(run)).isEqualTo(Map.of("r", Map.of("url", "x")));

        Future<Object> failed = client.run("calls", null);
        taken(answers).fail(new WorkFailure(42, "no such image"));
        assertThat(error(failed).value())
                .isEqualTo(Map.of(
                        "type",
                        "badResponse",
                        "detail",
                        "images.resize failed with code 42: no such image",
                        "step",
                        "r",
                        "run",
                        String.valueOf(error(failed).run()),
                        "code",
                        42L,
                        "message",
                        "no such image"));
        calls.clear();
        answers.clear();

        RunStream stream = client.stream("calls", null, event -> {});
        WorkCall call = taken(calls);
        soon(stream.cancel());
        soon(call.cancelled());
        client.leave("images.resize");
    }

    @Test
    void addressThatIsNotPermitted_isToldToTheWorker() throws Exception {
        BlockingQueue<MusterError> refused = new LinkedBlockingQueue<>();
        soon(client(true).worker("other", call -> Future.succeededFuture(), refused::add));
        assertThat(taken(refused).type()).isEqualTo("denied");
    }

    @Test
    void brokenConnection_failsWhatWasAsked_andIsMadeAnew() throws Exception {
        List<NetSocket> through = new CopyOnWriteArrayList<>();
        int port = rig.service().bridgePort();
        NetServer proxy = soon(vertx.createNetServer()
                .connectHandler(socket -> {
                    socket.pause();
                    through.add(socket);
                    vertx.createNetClient().connect(port, "127.0.0.1").onSuccess(onward -> {
                        socket.pipeTo(onward);
                        onward.pipeTo(socket);
                    });
                })
                .listen(0, "127.0.0.1"));
        var pauses = ClientOptions.at("127.0.0.1", proxy.actualPort())
                .withPauses(Duration.ofMillis(5), Duration.ofMillis(50));
        MusterClient client = kept(MusterClient.onTcp(vertx, pauses));
        soon(client.worker("images.resize", call -> Future.succeededFuture("answered"), refused -> {}));
        BlockingQueue<Object> started = new LinkedBlockingQueue<>();
        RunStream stream = client.stream("sleeps", null, started::add);
        taken(started);

        through.get(0).close();
        assertThat(error(stream.output()).type()).isEqualTo("unavailable");
        while (rig.service().runManager().running() > 0) {
            rig.get("/health/live");
        }
        Object answer = null;
        while (answer == null) {
            answer = soon(client.run("calls", null).otherwiseEmpty());
        }
        assertThat(answer).isEqualTo(Map.of("r", "answered"));
    }

    @Test
    void nodeThatIsNotThere_isUnavailable_andSoIsAClosedClient() {
        MusterClient nobody = kept(MusterClient.onTcp(vertx, ClientOptions.at("127.0.0.1", 1)));
        assertThat(error(nobody.run("steps", null)).type()).isEqualTo("unavailable");
        MusterClient closed = client(true);
        soon(closed.close());
        assertThatThrownBy(() -> soon(closed.run("steps", null)))
                .hasCauseInstanceOf(MusterError.class)
                .hasMessageContaining("closed");
    }
}
