package dev.muster.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.loop.VirtualLoop;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.task.CancelReason;
import dev.muster.task.CancelledException;
import dev.muster.task.Scope;
import dev.muster.task.State;
import dev.muster.task.Task;
import dev.muster.task.Tasks;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WorkPoolTest {
    private final Rig rig = new Rig();
    private WorkPool pool = pool(1, 1);
    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch gate = new CountDownLatch(1);

    private static WorkPool pool(int threads, int waiting) {
        return new WorkPool(new PoolSettings("test", threads, waiting, false, Duration.ofSeconds(2)));
    }

    @AfterEach
    void nothingIsLeft() {
        gate.countDown();
        Rig.await(pool.close(rig.loop));
        assertThat(pool.statistics().running()).isZero();
        assertThat(pool.statistics().waiting()).isZero();
        assertThat(pool.statistics().abandoned()).isZero();
        rig.close();
    }

    private Future<Object> hold(Scope scope) {
        return pool.submit(scope, "holder", stop -> {
            started.countDown();
            gate.await();
            return null;
        });
    }

    private void holdThread() throws InterruptedException {
        rig.start(this::hold);
        started.await();
    }

    @Test
    void work_runsOffTheLoopAndGivesItsResult() {
        boolean[] inLoop = {true};
        String result = rig.run(scope -> pool.submit(scope, "work", stop -> {
            inLoop[0] = rig.loop.inLoop();
            return "done";
        }));
        assertThat(result).isEqualTo("done");
        assertThat(inLoop[0]).isFalse();
    }

    @Test
    void work_isItsTasks_andTheNextOneOfTheThreadIsNot() {
        Future<List<String>> first = rig.tasks
                .start("first", scope -> pool.submit(scope, "work", stop -> Tasks.current()))
                .future();
        Future<List<String>> second = rig.tasks
                .start("second", scope -> pool.submit(scope, "work", stop -> Tasks.current()))
                .future();

        assertThat(Rig.await(first)).containsExactly("first");
        assertThat(Rig.await(second)).containsExactly("second");
    }

    @Test
    void error_isTheFailureAndThreadGoesOn() {
        var failure = rig.failureOf(scope -> pool.submit(scope, "work", stop -> {
            throw new StackOverflowError("deep");
        }));
        assertThat(failure).hasRootCauseInstanceOf(StackOverflowError.class);
        assertThat((Object) rig.run(scope -> pool.submit(scope, "work", stop -> 7)))
                .isEqualTo(7);
    }

    @Test
    void fullPool_refusesAtOnceAsUnavailable() throws Exception {
        holdThread();
        var waiting = rig.start(scope -> pool.submit(scope, "second", stop -> 2));
        var failure = (MusterException) rig.failureOf(scope -> pool.submit(scope, "third", stop -> 3));

        assertThat(failure.type()).isEqualTo(ErrorType.UNAVAILABLE);
        assertThat(failure.detail())
                .contains("third", "test pool", "1 of 1 threads run and 1 wait", "server.limits.testThreads");
        assertThat(pool.statistics().refused()).isEqualTo(1);
        gate.countDown();
        assertThat((Object) Rig.await(waiting.future())).isEqualTo(2);
    }

    @Test
    void cancelOfWaitingWork_takesItBackAtOnce() throws Exception {
        holdThread();
        var began = new AtomicBoolean();
        Task<?> waiting = rig.start(scope -> pool.submit(scope, "second", stop -> began.getAndSet(true)));
        waiting.cancel(CancelReason.of("enough"));

        assertThat(Rig.causeOf(waiting.future())).isInstanceOf(CancelledException.class);
        assertThat(pool.statistics().waiting()).isZero();
        gate.countDown();
        rig.run(scope -> pool.submit(scope, "third", stop -> 3));
        assertThat(began).isFalse();
    }

    @Test
    void cancel_interruptsAndIsOverOnlyWhenWorkHasEnded() throws Exception {
        var interrupted = new CountDownLatch(1);
        Task<?> task = rig.start(scope -> pool.submit(scope, "work", stop -> {
            started.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
                gate.await();
            }
            return stop.isStopped();
        }));
        started.await();
        task.cancel(CancelReason.of("enough"));
        interrupted.await();
        rig.run(scope -> scope.yieldNow());
        assertThat(task.isDone()).isFalse();

        gate.countDown();
        assertThat(Rig.causeOf(task.future())).isInstanceOf(CancelledException.class);
        assertThat(task.state()).isEqualTo(State.CANCELLED);
        assertThat(pool.statistics().done()).isEqualTo(1);
    }

    @Test
    void cancel_isSeenByWorkThatOnlyPolls() throws Exception {
        Task<?> task = rig.start(scope -> pool.submit(scope, "work", stop -> {
            started.countDown();
            while (!stop.isStopped()) {
                Thread.onSpinWait();
            }
            return null;
        }));
        started.await();
        task.cancel(CancelReason.of("enough"));
        assertThat(Rig.causeOf(task.future())).isInstanceOf(CancelledException.class);
    }

    @Test
    void lateInterrupt_neverReachesTheNextWork() throws Exception {
        for (int i = 0; i < 300; i++) {
            var begun = new CountDownLatch(1);
            Task<?> task = rig.start(scope -> pool.submit(scope, "short", stop -> {
                begun.countDown();
                return null;
            }));
            begun.await();
            task.cancel(CancelReason.of("late"));
            Object wasInterrupted = rig.run(scope ->
                    pool.submit(scope, "next", stop -> Thread.currentThread().isInterrupted()));
            assertThat(wasInterrupted).isEqualTo(false);
            awaitEnd(task);
        }
    }

    private static void awaitEnd(Task<?> task) {
        Rig.await(task.future().transform(ended -> Future.succeededFuture()));
    }

    @Test
    void workThatNeverEnds_isAbandonedAfterTheGraceAndKeepsItsPlace() throws Exception {
        var loop = VirtualLoop.inOrder();
        Task<?> task = Tasks.on(loop)
                .start(
                        "test",
                        scope -> pool.submit(scope, "endless", stop -> {
                            started.countDown();
                            while (gate.getCount() > 0) {
                                Thread.onSpinWait();
                            }
                            return null;
                        }));
        task.onEnd(ended -> {}); // somebody looks at it: no report is due
        loop.runReady();
        started.await();
        task.cancel(CancelReason.of("enough"));
        loop.advance(Duration.ofMillis(1999));
        assertThat(task.isDone()).isFalse();
        loop.advance(Duration.ofMillis(2));

        assertThat(task.state()).isEqualTo(State.CANCELLED);
        assertThat(task.failure().getSuppressed()[0]).hasMessageContaining("endless was cancelled 2000 ms ago");
        assertThat(pool.statistics().abandoned()).isEqualTo(1);
        assertThat(pool.statistics().cancels()).isEqualTo(new Receipts.Statistics(0, 0, 1));
        assertThat(pool.statistics().running()).isEqualTo(1);
        assertThat(loop.waitingTimers()).isZero();
    }

    @Test
    void ticketThatIsNeverBegun_givesItsPlaceBackOnCancel() {
        var task = rig.start(scope -> pool.submit(scope, "lost", stop -> 1, ticket -> {}));
        rig.run(scope -> scope.yieldNow());
        assertThat(pool.statistics().waiting()).isEqualTo(1);
        task.cancel(CancelReason.of("enough"));
        assertThat(Rig.causeOf(task.future())).isInstanceOf(CancelledException.class);
        assertThat(pool.statistics().waiting()).isZero();
    }

    @Test
    void carrierThatThrows_givesThePlaceBack() {
        var failure = rig.failureOf(scope -> pool.submit(scope, "lost", stop -> 1, ticket -> {
            throw new IllegalStateException("no way");
        }));
        assertThat(failure).hasMessage("no way");
        assertThat(pool.statistics().waiting()).isZero();
    }

    @Test
    void close_interruptsWhatRunsAndFailsWhatWaits() throws Exception {
        Task<?> running = rig.start(this::hold);
        started.await();
        Task<?> waiting = rig.start(scope -> pool.submit(scope, "second", stop -> 2));
        rig.run(scope -> scope.yieldNow());
        Rig.await(pool.close(rig.loop));

        for (Task<?> task : new Task<?>[] {running, waiting}) {
            assertThat(Rig.causeOf(task.future())).hasMessageContaining("the test pool is closed");
        }
        assertThat(rig.failureOf(scope -> pool.submit(scope, "third", stop -> 3)))
                .hasMessage("third: the test pool is closed");
    }

    @Test
    void threads_areDaemonsWithAName() {
        Thread[] seen = new Thread[2];
        rig.run(scope -> pool.submit(scope, "work", stop -> seen[0] = Thread.currentThread()));
        pool.close(rig.loop);
        pool = new WorkPool(PoolSettings.blocking());
        rig.run(scope -> pool.submit(scope, "work", stop -> seen[1] = Thread.currentThread()));
        assertThat(seen[0].getName()).startsWith("muster-test-");
        assertThat(seen[1].getName()).startsWith("muster-blocking-");
        assertThat(seen).allMatch(Thread::isDaemon);
    }
}
