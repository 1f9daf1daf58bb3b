package dev.muster.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.loop.Loop;
import dev.muster.task.Repeat;
import dev.muster.task.Scope;
import dev.muster.task.Tasks;
import dev.muster.task.TimedOutException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A queue on one event loop, used from others: real threads, and takes that are cancelled by the clock at any moment. */
class JobQueueThreadsTest {

    private static final int JOBS = 3_000;
    private static final int LOOPS = 3;

    private final Set<String> done = ConcurrentHashMap.newKeySet();
    private final AtomicInteger twice = new AtomicInteger();

    @Test
    void tasksOfOtherLoops_putAndTake_everyJobOnce() throws Exception {
        var vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(LOOPS));
        try {
            Loop home = Loop.of(vertx);
            JobQueue queue = inLoop(home, () -> {
                QueueSettings settings = QueueSettings.memory("q").withSize(50);
                return new JobQueue(home, settings, new MemoryStore(home, settings));
            });
            List<Tasks> trees = IntStream.range(0, LOOPS)
                    .mapToObj(i -> Tasks.on(Loop.of(vertx)))
                    .toList();
            List<Future<?>> ends = new ArrayList<>();
            for (Tasks tree : trees) {
                ends.add(tree.start("put", scope -> put(scope, queue)).future());
                for (int i = 0; i < 3; i++) {
                    ends.add(tree.start("work", scope -> work(scope, queue)).future());
                }
            }
            for (int i = 0; i < ends.size(); i += 4) {
                await(ends.get(i));
            }
            await(trees.get(0)
                    .start(
                            "drain",
                            scope -> scope.await("the close", queue.close()).compose(closed -> queue.join(scope)))
                    .future());
            for (Future<?> end : ends) {
                await(end);
            }

            assertThat(twice.get()).as("done twice").isZero();
            assertThat(done).hasSize(JOBS * LOOPS);
            assertThat(await(queue.status()).counts()).isEqualTo(new QueueStatus.Counts(0, 0, 0, JOBS * LOOPS, 0, 0));
            assertThat(await(queue.settle(new Settle.Release("1", "x")))).isEqualTo(Settled.STALE);
            await(queue.end());
            for (Tasks tree : trees) {
                await(tree.close());
            }
        } finally {
            await(vertx.close());
        }
    }

    private static Future<Void> put(Scope scope, JobQueue queue) {
        int[] left = {JOBS};
        return Repeat.whileTrue(
                scope,
                () -> left[0]-- > 0 ? queue.put(scope, NewJob.of("1")).map(true) : Future.succeededFuture(false));
    }

    /** Takes with so little time that many takes are cancelled while they are answered. */
    private Future<Void> work(Scope scope, JobQueue queue) {
        return Repeat.whileTrue(
                scope,
                () -> scope.timeout(Duration.ofNanos(200_000), "take", own -> queue.take(own, 5))
                        .recover(failure -> failure instanceof TimedOutException
                                ? Future.succeededFuture(null)
                                : Future.failedFuture(failure))
                        .compose(jobs -> {
                            if (jobs == null) {
                                return Future.succeededFuture(true);
                            }
                            jobs.forEach(job -> queue.ack(job, null).onSuccess(settled -> {
                                if (settled.state() != JobState.DONE || !done.add(job.id())) {
                                    twice.incrementAndGet();
                                }
                            }));
                            return Future.succeededFuture(!jobs.isEmpty());
                        }));
    }

    private interface Making<T> {
        T make();
    }

    private static <T> T inLoop(Loop loop, Making<T> making) throws Exception {
        var made = new CompletableFuture<T>();
        loop.execute(() -> made.complete(making.make()));
        return made.get(20, TimeUnit.SECONDS);
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }
}
