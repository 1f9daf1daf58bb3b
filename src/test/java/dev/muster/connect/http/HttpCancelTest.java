package dev.muster.connect.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.connect.Receipts;
import dev.muster.loop.Loop;
import dev.muster.task.CancelReason;
import dev.muster.task.State;
import dev.muster.task.Task;
import dev.muster.task.Tasks;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.StreamResetException;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpCancelTest {

    private final Harness http = new Harness();
    private final CompletableFuture<HttpServerRequest> arrived = new CompletableFuture<>();
    private final CompletableFuture<Throwable> left = new CompletableFuture<>();

    @AfterEach
    void nothingIsLeft() {
        http.close();
    }

    /** Never ends an answer; under {@code /half} it begins one. */
    private void hang(HttpServerRequest request) {
        if (request.path().equals("/ok")) {
            request.response().end("ok");
            return;
        }
        request.response().exceptionHandler(left::complete);
        if (request.path().equals("/half")) {
            request.response().setChunked(true).write("begin");
        }
        arrived.complete(request);
    }

    private static State ended(Task<?> task) {
        var end = new CompletableFuture<State>();
        task.onEnd(done -> end.complete(done.state()));
        return Harness.await(end);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/none", "/half"})
    void http1_closesTheConnection(String path) {
        http.source(http.serve(this::hang), "protocol", "http1");
        Task<Object> task = http.start(Step.get(path));
        var closed = new CompletableFuture<Void>();
        Harness.await(arrived).connection().closeHandler(closed::complete);
        task.cancel(CancelReason.of("test"));
        assertThat(ended(task)).isEqualTo(State.CANCELLED);
        assertThat(http.statistics().pool().inUse()).isZero();
        Harness.await(closed);
        assertThat(http.statistics().cancels()).isEqualTo(new Receipts.Statistics(1, 0, 0));
        assertThat(http.run(Step.get("/ok"))).isEqualTo("ok");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/none", "/half"})
    void http2_resetsTheStreamAndKeepsTheConnection(String path) {
        Set<Object> connections = ConcurrentHashMap.newKeySet();
        HttpServer server = http.serve(request -> {
            connections.add(request.connection());
            hang(request);
        });
        http.source(server, "protocol", "http2");
        Task<Object> neighbour = http.start(Step.get("/half2"));
        Harness.await(arrived);
        Task<Object> task = http.start(Step.get(path));
        assertThat(http.run(Step.get("/ok"))).isEqualTo("ok");
        task.cancel(CancelReason.of("test"));
        assertThat(ended(task)).isEqualTo(State.CANCELLED);
        Throwable seen = Harness.await(left);
        assertThat(seen)
                .isInstanceOfSatisfying(
                        StreamResetException.class, e -> assertThat(e.getCode()).isEqualTo(8));
        assertThat(neighbour.isDone()).isFalse();
        assertThat(http.run(Step.get("/ok"))).isEqualTo("ok");
        assertThat(connections).hasSize(1);
        neighbour.cancel(CancelReason.of("test"));
        assertThat(ended(neighbour)).isEqualTo(State.CANCELLED);
    }

    @Test
    void peerThatDoesNotRead_isLeftAfterTwoSeconds() {
        var closed = new CompletableFuture<Void>();
        var begun = new CompletableFuture<NetSocket>();
        http.source(http.serveRaw(socket -> {
            socket.closeHandler(closed::complete);
            socket.handler(first -> begun.complete(socket.pause()));
        }));
        Task<Object> task = http.start(Step.of("post", "/").value("body", "x".repeat(15 << 20)));
        NetSocket peer = Harness.await(begun);
        long beforeNanos = System.nanoTime();
        task.cancel(CancelReason.of("test"));
        assertThat(ended(task)).isEqualTo(State.CANCELLED);
        assertThat(Duration.ofNanos(System.nanoTime() - beforeNanos))
                .isGreaterThanOrEqualTo(HttpClients.RESET_PATIENCE);
        assertThat(http.statistics().pool().inUse()).isZero();
        assertThat(http.statistics().cancels()).isEqualTo(new Receipts.Statistics(0, 1, 0));
        peer.handler(rest -> {}).resume();
        Harness.await(closed);
    }

    @Test
    void deadline_endsAHangingRequest() {
        http.source(http.serve(this::hang));
        Task<Object> task = http.start(Step.get("/none"));
        Harness.await(arrived);
        task.withTimeout(Duration.ofMillis(50));
        assertThat(ended(task)).isEqualTo(State.TIMED_OUT);
        assertThat(http.statistics().openRequests()).isZero();
        Harness.await(left);
    }

    @Test
    void slowHeader_endsWithTheDeadline() {
        var begun = new CompletableFuture<Void>();
        var closed = new CompletableFuture<Void>();
        http.source(http.serveRaw(socket -> {
            socket.closeHandler(closed::complete);
            socket.handler(request -> socket.write("HTTP/1.1 200 OK\r\nx-sl").onSuccess(begun::complete));
        }));
        Task<Object> task = http.start(Step.get("/"));
        Harness.await(begun);
        task.withTimeout(Duration.ofMillis(50));
        assertThat(ended(task)).isEqualTo(State.TIMED_OUT);
        Harness.await(closed);
    }

    @Test
    void whileConnecting_endsAtOnceAndThePlaceFollows() {
        var connected = new CompletableFuture<NetSocket>();
        NetServer silent = http.serveRaw(socket -> socket.handler(hello -> connected.complete(socket)));
        http.source("http", "https://localhost:" + silent.actualPort(), "connectTimeout", "1m");
        Task<Object> task = http.start(Step.get("/"));
        NetSocket handshake = Harness.await(connected);
        task.cancel(CancelReason.of("test"));
        assertThat(ended(task)).isEqualTo(State.CANCELLED);
        // The connection is still being made: its place is taken until that has ended.
        assertThat(http.statistics().pool().inUse()).isEqualTo(1);
        handshake.close();
        awaitIdle();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http1", "http2"})
    void cancelledWhileConnecting_requestIsNotSentOnceTheConnectionIsThere(String protocol, @TempDir Path folder)
            throws Exception {
        List<String> seen = new CopyOnWriteArrayList<>();
        TestKeys keys = TestKeys.make(folder, "localhost");
        HttpServer server = http.serve(keys.server().setUseAlpn(true), request -> {
            seen.add(request.path());
            request.response().end("ok");
        });
        // Without it the connection could be there, and the request on its way, before the cancel.
        var gate = new Gate(http, server.actualPort());
        http.source(
                "http",
                "https://localhost:" + gate.port(),
                "protocol",
                protocol,
                "tls.trust",
                keys.cert().toString());
        Task<Object> task = http.start(Step.get("/gone"));
        gate.awaitCaller();
        task.cancel(CancelReason.of("test"));
        assertThat(ended(task)).isEqualTo(State.CANCELLED);
        assertThat(http.statistics().pool().inUse()).isEqualTo(1);
        gate.open();
        awaitIdle();
        assertThat(http.run(Step.get("/next"))).isEqualTo("ok");
        assertThat(seen).contains("/next").doesNotContain("/gone");
        assertThat(gate.callers())
                .as("the connection got nothing of the cancelled request, and is kept for the next")
                .isOne();
    }

    private void awaitIdle() {
        var idle = new CompletableFuture<Void>();
        http.vertx.setPeriodic(5, timer -> {
            if (http.statistics().openRequests() == 0
                    && http.statistics().pool().inUse() == 0) {
                idle.complete(null);
                http.vertx.cancelTimer(timer);
            }
        });
        Harness.await(idle);
    }

    @Test
    void whileWaitingForAPlace_nothingIsSent() {
        var seen = new AtomicInteger();
        http.source(
                http.serve(request -> {
                    seen.incrementAndGet();
                    hang(request);
                }),
                "pool",
                "1");
        Task<Object> first = http.start(Step.get("/none"));
        Harness.await(arrived);
        Task<Object> second = http.start(Step.get("/ok"));
        second.cancel(CancelReason.of("test"));
        assertThat(ended(second)).isEqualTo(State.CANCELLED);
        first.cancel(CancelReason.of("test"));
        assertThat(ended(first)).isEqualTo(State.CANCELLED);
        assertThat(http.run(Step.get("/ok"))).isEqualTo("ok");
        assertThat(seen.get()).isEqualTo(2);
    }

    @Test
    void sibling_isUnaffected() {
        var answers = ConcurrentHashMap.<HttpServerRequest>newKeySet();
        var both = new CountDownLatch(2);
        http.source(http.serve(request -> {
            answers.add(request);
            both.countDown();
        }));
        Task<Object> one = http.start(Step.get("/one"));
        Task<Object> two = http.start(Step.get("/two"));
        await(both);
        one.cancel(CancelReason.of("test"));
        assertThat(ended(one)).isEqualTo(State.CANCELLED);
        answers.forEach(request -> request.response().end(request.path()));
        assertThat(Harness.await(two.future())).isEqualTo("/two");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void cancelledAtAnyMoment_leavesNothingBehindAndOthersAreAnswered(long seed) {
        var random = new Random(seed);
        String protocol = seed % 2 == 0 ? "http2" : "http1";
        http.source(
                http.serve(request -> request.response().end("x".repeat(20_000))), "pool", "4", "protocol", protocol);
        List<Tasks> trees = List.of(http.tasks, Tasks.on(Loop.of(http.vertx)), Tasks.on(Loop.of(http.vertx)));
        int count = 300;
        var ended = new CountDownLatch(count);
        var wrong = ConcurrentHashMap.<String>newKeySet();
        var finished = new AtomicInteger();
        for (int i = 0; i < count; i++) {
            Task<Object> task = http.start(trees.get(i % 3), Step.get("/"));
            boolean cancelled = random.nextBoolean();
            if (cancelled) {
                long micros = random.nextInt(3_000);
                trees.get(i % 3)
                        .loop()
                        .execute(() -> trees.get(0)
                                .loop()
                                .schedule(micros * 1_000, () -> task.cancel(CancelReason.of("test"))));
            }
            task.onEnd(done -> {
                if (done.state() == State.FINISHED) {
                    finished.incrementAndGet();
                } else if (!cancelled) {
                    wrong.add(String.valueOf(done.failure()));
                }
                ended.countDown();
            });
        }
        await(ended);
        assertThat(wrong).as("seed %d", seed).isEmpty();
        assertThat(finished.get()).isPositive();
        awaitIdle();
        trees.forEach(tree -> Harness.await(tree.close()));
    }

    @Test
    void poolOfFive_isSeenAsExactlyFive() {
        var now = new AtomicInteger();
        var most = new AtomicInteger();
        List<HttpServerRequest> waiting = new ArrayList<>();
        HttpServer server = http.serve(request -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            waiting.add(request);
            if (waiting.size() == 5) {
                List<HttpServerRequest> five = List.copyOf(waiting);
                waiting.clear();
                five.forEach(each -> {
                    now.decrementAndGet();
                    each.response().end("ok");
                });
            }
        });
        http.source(server, "pool", "5");
        List<Task<Object>> tasks = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            tasks.add(http.start(Step.get("/")));
        }
        tasks.forEach(task -> assertThat(Harness.await(task.future())).isEqualTo("ok"));
        assertThat(most.get()).isEqualTo(5);
        assertThat(http.statistics().pool().granted()).isEqualTo(40);
    }

    @Test
    void fullLine_isRefused() {
        http.source(http.serve(this::hang), "pool", "1", "maxWaiting", "0");
        Task<Object> first = http.start(Step.get("/none"));
        Harness.await(arrived);
        assertThat(http.fail(Step.get("/ok")).detail())
                .isEqualTo("the pool of source shop is full: 1 in use, 0 waiting (pool, maxWaiting)");
        first.cancel(CancelReason.of("test"));
        ended(first);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
