package dev.muster.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.connect.ConnectionLimiter.Slot;
import dev.muster.loop.Loop;
import dev.muster.loop.VirtualLoop;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.task.CancelReason;
import dev.muster.task.Scope;
import dev.muster.task.State;
import dev.muster.task.Task;
import dev.muster.task.Tasks;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionLimiterTest {

    private final VirtualLoop loop = VirtualLoop.inOrder();
    private final Tasks tasks = Tasks.on(loop);
    private final List<String> trail = new ArrayList<>();

    private ConnectionLimiter slots(int size, int maxWaiting) {
        return new ConnectionLimiter("shop", size, maxWaiting, Duration.ofSeconds(5));
    }

    private Task<Void> hold(ConnectionLimiter slots, String name, Duration time) {
        return tasks.start(
                name,
                scope -> slots.acquire(scope).compose(slot -> {
                    trail.add(name);
                    return scope.sleep(time).eventually(() -> released(slot));
                }));
    }

    private static Future<Void> released(Slot slot) {
        slot.release();
        return Future.succeededFuture();
    }

    private static void assertIdle(ConnectionLimiter slots) {
        assertThat(slots.statistics().inUse()).isZero();
        assertThat(slots.statistics().waiting()).isZero();
    }

    @Test
    void placeBusy_waitersServedInOrderOfArrival() {
        ConnectionLimiter slots = slots(1, 10);
        for (String name : List.of("a", "b", "c", "d")) {
            hold(slots, name, Duration.ofMillis(10));
        }
        loop.runReady();
        assertThat(slots.statistics().inUse()).isEqualTo(1);
        assertThat(slots.statistics().waiting()).isEqualTo(3);
        loop.run();
        assertThat(trail).containsExactly("a", "b", "c", "d");
        assertThat(loop.waitingTimers()).isZero();
        assertIdle(slots);
    }

    @Test
    void somebodyWaits_newcomerDoesNotSlipIn() {
        ConnectionLimiter slots = slots(1, 10);
        hold(slots, "a", Duration.ofMillis(10));
        hold(slots, "b", Duration.ofMillis(10));
        loop.runReady();
        assertThat(slots.tryAcquire()).isEmpty();
        loop.run();
        assertThat(slots.tryAcquire()).isPresent();
    }

    @Test
    void lineFull_refusedAtOnceWithSetting() {
        ConnectionLimiter slots = slots(1, 1);
        hold(slots, "a", Duration.ofMillis(10));
        hold(slots, "b", Duration.ofMillis(10));
        Task<Void> refused = hold(slots, "c", Duration.ofMillis(10));
        loop.runReady();
        assertThat(refused.failure()).isInstanceOfSatisfying(MusterException.class, e -> {
            assertThat(e.type()).isEqualTo(ErrorType.UNAVAILABLE);
            assertThat(e.detail()).isEqualTo("the pool of source shop is full: 1 in use, 1 waiting (pool, maxWaiting)");
        });
        assertThat(slots.statistics().refused()).isEqualTo(1);
        loop.run();
        assertIdle(slots);
    }

    @Test
    void waitedTooLong_unavailable() {
        ConnectionLimiter slots = slots(1, 10);
        hold(slots, "a", Duration.ofSeconds(20));
        Task<Void> late = hold(slots, "b", Duration.ofMillis(10));
        loop.runReady();
        loop.advance(Duration.ofMillis(4_999));
        assertThat(late.isDone()).isFalse();
        loop.advance(Duration.ofMillis(1));
        assertThat(late.failure()).isInstanceOfSatisfying(MusterException.class, e -> {
            assertThat(e.type()).isEqualTo(ErrorType.UNAVAILABLE);
            assertThat(e.detail())
                    .isEqualTo("no place in the pool of source shop within 5s: 1 in use, 0 waiting"
                            + " (pool, waitTimeout)");
        });
        loop.run();
        assertThat(slots.statistics().timedOut()).isEqualTo(1);
        assertIdle(slots);
    }

    @Test
    void cancelledWhileWaiting_leavesTheLine() {
        ConnectionLimiter slots = slots(1, 10);
        hold(slots, "a", Duration.ofMillis(10));
        Task<Void> gone = hold(slots, "b", Duration.ofMillis(10));
        hold(slots, "c", Duration.ofMillis(10));
        loop.runReady();
        gone.cancel(CancelReason.of("test"));
        assertThat(slots.statistics().waiting()).isEqualTo(1);
        loop.run();
        assertThat(gone.state()).isEqualTo(State.CANCELLED);
        assertThat(trail).containsExactly("a", "c");
        assertThat(loop.waitingTimers()).isZero();
        assertIdle(slots);
    }

    @Test
    void cancelledScope_getsNoPlace() {
        ConnectionLimiter slots = slots(1, 10);
        Task<Slot> task = tasks.start("cancelled", scope -> {
            scope.task().cancel(CancelReason.of("test"));
            return slots.acquire(scope);
        });
        loop.run();
        assertThat(task.state()).isEqualTo(State.CANCELLED);
        assertIdle(slots);
    }

    @Test
    void releasedTwice_countsOnce() {
        ConnectionLimiter slots = slots(2, 10);
        Slot one = slots.tryAcquire().orElseThrow();
        assertThat(slots.tryAcquire()).isPresent();
        one.release();
        one.release();
        assertThat(slots.statistics().inUse()).isEqualTo(1);
    }

    @Test
    void grantedByAnotherThreadWhileCancelled_placeGoesToTheNext() throws Exception {
        ConnectionLimiter slots = slots(1, 10);
        Slot held = slots.tryAcquire().orElseThrow();
        Task<Void> gone = hold(slots, "gone", Duration.ofMillis(1));
        hold(slots, "next", Duration.ofMillis(1));
        loop.runReady();
        var thread = new Thread(held::release);
        thread.start();
        thread.join();
        // The grant waits as a step of the loop; the cancel comes first.
        gone.cancel(CancelReason.of("test"));
        loop.run();
        assertThat(gone.state()).isEqualTo(State.CANCELLED);
        assertThat(trail).containsExactly("next");
        assertIdle(slots);
    }

    @Test
    void grantedOnTheSameLoopWhileCancelled_placeIsDeliveredAndReleased() {
        ConnectionLimiter slots = slots(1, 10);
        Slot held = slots.tryAcquire().orElseThrow();
        Task<Void> gone = hold(slots, "gone", Duration.ofMillis(1));
        loop.runReady();
        held.release();
        gone.cancel(CancelReason.of("test"));
        loop.run();
        assertThat(gone.state()).isEqualTo(State.CANCELLED);
        assertIdle(slots);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void manyLoopsAndCancels_neverMoreThanSizeAndNothingLost(long seed) throws Exception {
        int size = 3;
        int perLoop = 1_500;
        ConnectionLimiter slots = new ConnectionLimiter("shop", size, 10_000, Duration.ofMinutes(5));
        var holding = new AtomicInteger();
        var most = new AtomicInteger();
        var finished = new AtomicInteger();
        Vertx vertx = Vertx.vertx();
        try {
            List<Tasks> trees = List.of(
                    Tasks.on(Loop.of(vertx)),
                    Tasks.on(Loop.of(vertx)),
                    Tasks.on(Loop.of(vertx)),
                    Tasks.on(Loop.of(vertx)));
            var ended = new CountDownLatch(trees.size() * perLoop);
            for (int t = 0; t < trees.size(); t++) {
                Tasks tree = trees.get(t);
                var random = new Random(seed * 31 + t);
                tree.loop().execute(() -> startSome(tree, random, perLoop, slots, holding, most, finished, ended));
            }
            assertThat(ended.await(60, TimeUnit.SECONDS))
                    .as("all ended, seed %d", seed)
                    .isTrue();
            assertThat(most.get()).as("seed %d", seed).isBetween(1, size);
            assertThat(finished.get()).as("some were served, seed %d", seed).isPositive();
            assertThat(holding.get()).isZero();
            assertIdle(slots);
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        }
    }

    private static void startSome(
            Tasks tree,
            Random random,
            int count,
            ConnectionLimiter slots,
            AtomicInteger holding,
            AtomicInteger most,
            AtomicInteger finished,
            CountDownLatch ended) {
        for (int i = 0; i < count; i++) {
            int yields = random.nextInt(3);
            Task<Void> task = tree.start(
                    "task",
                    scope -> slots.acquire(scope).compose(slot -> {
                        most.accumulateAndGet(holding.incrementAndGet(), Math::max);
                        return pause(scope, yields).eventually(() -> {
                            holding.decrementAndGet();
                            return released(slot);
                        });
                    }));
            task.onEnd(done -> {
                if (done.state() == State.FINISHED) {
                    finished.incrementAndGet();
                }
                ended.countDown();
            });
            if (random.nextInt(3) == 0) {
                cancelAfter(tree.loop(), task, random.nextInt(40));
            }
        }
    }

    private static void cancelAfter(Loop loop, Task<Void> task, int steps) {
        if (steps == 0) {
            task.cancel(CancelReason.of("test"));
        } else {
            loop.execute(() -> cancelAfter(loop, task, steps - 1));
        }
    }

    private static Future<Void> pause(Scope scope, int times) {
        return times == 0 ? Future.succeededFuture() : scope.yieldNow().compose(ignored -> pause(scope, times - 1));
    }
}
