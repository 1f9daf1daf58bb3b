package dev.muster.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.task.CancelReason;
import dev.muster.task.State;
import dev.muster.task.Task;
import dev.muster.task.Tasks;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The loop over a real event loop; nothing here sleeps, and a hang fails by time-out. */
@Timeout(30)
class VertxLoopTest {

    private static Vertx vertx;

    private final Loop loop = Loop.of(vertx);

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void stop() throws Exception {
        get(vertx.close());
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private <T> T onLoop(java.util.concurrent.Callable<T> callable) throws Exception {
        var result = new CompletableFuture<T>();
        loop.execute(() -> {
            try {
                result.complete(callable.call());
            } catch (Exception e) {
                result.completeExceptionally(e);
            }
        });
        return result.get(20, TimeUnit.SECONDS);
    }

    @Test
    void steps_ofOneForeignThread_keepTheirOrderAndRunInItsContext() throws Exception {
        var order = new ArrayList<Integer>();
        for (int i = 0; i < 10_000; i++) {
            int number = i;
            loop.execute(() -> order.add(number));
        }
        var context = onLoop(Vertx::currentContext);

        assertThat(order).hasSize(10_000).isSorted();
        assertThat(context.isEventLoopContext()).isTrue();
        assertThat(onLoop(loop::inLoop)).isTrue();
        assertThat(loop.inLoop()).isFalse();
    }

    @Test
    void steps_ofTheLoopItself_keepTheirOrderAndWaitForTheirRound() throws Exception {
        var order = new ArrayList<Integer>();
        var done = new CountDownLatch(1);
        loop.execute(() -> {
            loop.execute(() -> {
                order.add(2);
                loop.execute(() -> {
                    order.add(4);
                    done.countDown();
                });
            });
            loop.execute(() -> order.add(3));
            order.add(1);
        });

        assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(order).containsExactly(1, 2, 3, 4);
    }

    @Test
    void steps_thatKeepTheLoopBusy_letOthersIn() throws Exception {
        var stopped = new boolean[1];
        var busy = new Runnable() {
            @Override
            public void run() {
                if (!stopped[0]) {
                    loop.execute(this);
                }
            }
        };
        loop.execute(busy);

        assertThat(onLoop(() -> stopped[0] = true)).isTrue();
    }

    @Test
    void step_throws_isReportedAndTheOthersRun() throws Exception {
        var reported = new CompletableFuture<String>();
        Context context = onLoop(Vertx::currentContext);
        context.exceptionHandler(thrown -> reported.complete(thrown.getMessage()));
        var done = new CountDownLatch(2);
        loop.execute(() -> {
            loop.execute(() -> {
                throw new IllegalStateException("step");
            });
            loop.execute(done::countDown);
            loop.execute(done::countDown);
        });

        assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(reported.get(20, TimeUnit.SECONDS)).isEqualTo("step");
    }

    @Test
    void timer_runsOnTheLoopOnceItsTimeHasCome() throws Exception {
        var ran = new CompletableFuture<Long>();
        long before = loop.nanos();
        loop.execute(() -> loop.schedule(Duration.ofMillis(5), () -> ran.complete(loop.inLoop() ? loop.nanos() : -1)));

        assertThat(ran.get(20, TimeUnit.SECONDS) - before).isGreaterThanOrEqualTo(5_000_000);
    }

    @Test
    void timer_cancelled_neverRuns() throws Exception {
        var ran = new ArrayList<String>();
        var later = new CompletableFuture<Void>();
        loop.execute(() -> {
            Timer timer = loop.schedule(Duration.ofMillis(1), () -> ran.add("cancelled"));
            loop.schedule(Duration.ofMillis(5), () -> later.complete(null));
            timer.cancel();
        });
        later.get(20, TimeUnit.SECONDS);

        assertThat(ran).isEmpty();
    }

    @Test
    void workersContext_isRefused() throws Exception {
        Context worker = get(vertx.executeBlocking(Vertx::currentContext));
        Loop ofItsEventLoop = Loop.of(onLoop(Vertx::currentContext));
        assertThat(ofItsEventLoop.nanos()).isNotNegative();
        if (worker.isWorkerContext()) {
            assertThatThrownBy(() -> Loop.of(worker)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    // ---- tasks from any thread

    @Test
    void tasks_startedFromManyThreads_allRunOnTheLoop() throws Exception {
        Tasks tasks = Tasks.on(loop);
        List<Future<Boolean>> ends = java.util.Collections.synchronizedList(new ArrayList<>());
        var threads = new ArrayList<Thread>();
        for (int t = 0; t < 4; t++) {
            var thread = new Thread(() -> {
                for (int i = 0; i < 1_000; i++) {
                    ends.add(tasks.<Boolean>start(
                                    "task", scope -> scope.yieldNow().map(ignored -> loop.inLoop()))
                            .future());
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        for (Future<Boolean> end : ends) {
            assertThat(get(end)).isTrue();
        }

        assertThat(ends).hasSize(4_000);
        assertThat(onLoop(() -> tasks.statistics().live())).isZero();
        get(tasks.close());
    }

    @Test
    void cancel_fromManyThreads_isOne() throws Exception {
        Tasks tasks = Tasks.on(loop);
        var undone = new ArrayList<String>();
        var parked = new CountDownLatch(1);
        Task<Object> task = tasks.start(
                "main",
                scope -> scope.suspend("ever", waiter -> {
                    parked.countDown();
                    return reason -> {
                        undone.add(reason.why());
                        return true;
                    };
                }));
        parked.await();
        var threads = new ArrayList<Thread>();
        for (int t = 0; t < 4; t++) {
            var thread = new Thread(() -> task.cancel(CancelReason.of("left")));
            threads.add(thread);
            thread.start();
        }
        Throwable failure = task.future()
                .toCompletionStage()
                .toCompletableFuture()
                .handle((v, e) -> e)
                .get();

        assertThat(failure).hasMessageContaining("left");
        assertThat(task.state()).isEqualTo(State.CANCELLED);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(onLoop(() -> undone.size())).isEqualTo(1);
        get(tasks.close());
    }

    @Test
    void child_startedFromAnotherThread_afterTheScopeEnded_endsCancelled() throws Exception {
        Tasks tasks = Tasks.on(loop);
        var scopes = new CompletableFuture<dev.muster.task.Scope>();
        get(tasks.start("main", scope -> {
                    scopes.complete(scope);
                    return Future.succeededFuture();
                })
                .future());
        Task<String> late = scopes.get().start("late", scope -> Future.succeededFuture("x"));
        Throwable failure = late.future()
                .toCompletionStage()
                .toCompletableFuture()
                .handle((v, e) -> e)
                .get();

        assertThat(failure).hasMessageContaining("its scope had ended");
        assertThat(late.state()).isEqualTo(State.CANCELLED);
        get(tasks.close());
    }

    @Test
    void futureOfAnotherThread_comesBackToTheLoop() throws Exception {
        Tasks tasks = Tasks.on(loop);
        Boolean inLoop = get(tasks.start(
                        "main",
                        scope -> scope.await("work", vertx.executeBlocking(() -> "x"))
                                .map(value -> loop.inLoop()))
                .future());

        assertThat(inLoop).isTrue();
        get(tasks.close());
    }

    @Test
    void suspend_onAForeignThread_isRefused() throws Exception {
        Tasks tasks = Tasks.on(loop);
        var scopes = new CompletableFuture<dev.muster.task.Scope>();
        Task<Object> task = tasks.start("main", scope -> {
            scopes.complete(scope);
            return scope.suspend("ever", waiter -> reason -> true);
        });

        assertThatThrownBy(() -> scopes.get().sleep(Duration.ofMillis(1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("on its own loop only");
        task.cancel(CancelReason.of("test"));
        get(tasks.close());
    }

    @Test
    void join_ofATaskOnAnotherLoop_works() throws Exception {
        Tasks tasks = Tasks.on(loop);
        Tasks others = Tasks.on(Loop.of(vertx));
        Task<String> foreign = others.start(
                "foreign", scope -> scope.sleep(Duration.ofMillis(1)).map("x"));
        Boolean inLoop = get(tasks.start("main", scope -> scope.join(foreign).map(value -> loop.inLoop()))
                .future());

        assertThat(inLoop).isTrue();
        get(tasks.close());
        get(others.close());
    }

    @Test
    void deadline_setFromAnotherThread_counts() throws Exception {
        Tasks tasks = Tasks.on(loop);
        Task<Object> task = tasks.start("main", scope -> scope.suspend("ever", waiter -> reason -> true));
        task.withTimeout(Duration.ofMillis(5));
        Throwable failure = task.future()
                .toCompletionStage()
                .toCompletableFuture()
                .handle((v, e) -> e)
                .get();

        assertThat(failure).hasMessage("no end within 5 ms");
        get(tasks.close());
    }
}
