package dev.muster.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.loop.Loop;
import dev.muster.sync.Lock;
import dev.muster.sync.Queue;
import dev.muster.sync.Semaphore;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Timed takes, acquires, joins, races, shields and code that throws on real loops, cancelled from other threads at random: nothing
 * is lost, nothing is there twice, nothing is left. For 5 seconds; for longer with
 * {@code -Dmuster.soak.seconds=600 -Djunit.jupiter.execution.timeout.mode=disabled}.
 */
class RealLoopsTest {

    private static final long SECONDS = Long.getLong("muster.soak.seconds", 5);
    private static final int LOOPS = 2;
    private static final int IN_FLIGHT = 64;

    /** What the tasks of one loop share. */
    private static final class Shared {
        final Tasks tasks;
        final Queue<Integer> pool;
        final Semaphore permits;
        final Lock lock;
        final AtomicInteger resources = new AtomicInteger();
        int inLock;

        Shared(Vertx vertx) {
            Loop loop = Loop.of(vertx);
            tasks = Tasks.on(loop, Tasks.Options.defaults().diagnostics(new Diagnostics() {
                @Override
                public void droppedFailure(String task, Throwable failure, Throwable origin) {}

                @Override
                public void slowStep(String task, long nanos) {}
            }));
            pool = new Queue<>(loop, 4);
            permits = new Semaphore(loop, 3);
            lock = new Lock(loop);
        }

        private Future<Object> borrow(Scope scope, Random random) {
            Future<Integer> taken = random.nextBoolean()
                    ? scope.timeout(Duration.ofMillis(1 + random.nextInt(3)), "take", pool::take)
                    : pool.take(scope, Duration.ofMillis(1 + random.nextInt(3)));
            return taken.compose(item -> scope.yieldNow().eventually(() -> {
                        assertThat(pool.tryPut(item)).isTrue();
                        return Future.succeededFuture();
                    }))
                    .mapEmpty();
        }

        private Future<Object> act(Scope scope, Random random, int depth) {
            return switch (random.nextInt(depth > 0 ? 9 : 6)) {
                case 0, 1, 2 -> borrow(scope, random);
                case 3 ->
                    permits.acquire(scope, 1, Duration.ofMillis(2))
                            .compose(held -> scope.yieldNow().eventually(() -> {
                                permits.release();
                                return Future.succeededFuture();
                            }))
                            .mapEmpty();
                case 4 ->
                    lock.with(scope, held -> {
                        assertThat(++inLock).isEqualTo(1);
                        return held.yieldNow().<Object>mapEmpty().onComplete(done -> inLock--);
                    });
                case 5 -> resource(scope, random);
                case 6 -> {
                    Task<Object> child = scope.start("child", own -> act(own, random, depth - 1));
                    yield scope.join(child);
                }
                case 7 ->
                    scope.race(List.of(
                            scope.start("a", own -> act(own, random, depth - 1)),
                            scope.start("b", own -> act(own, random, depth - 1))));
                default ->
                    scope.join(scope.shield("shield", Duration.ofMillis(5), own -> {
                        if (random.nextInt(4) == 0) {
                            throw new AssertionError("thrown");
                        }
                        return act(own, random, depth - 1);
                    }));
            };
        }

        private Future<Object> resource(Scope scope, Random random) {
            Promise<Integer> promise = Promise.promise();
            resources.incrementAndGet();
            scope.loop().schedule(random.nextInt(2_000_000), () -> promise.complete(1));
            return scope.await("a resource", promise.future(), reason -> true, late -> resources.decrementAndGet())
                    .map(got -> {
                        resources.decrementAndGet();
                        return null;
                    });
        }
    }

    @Test
    void cancelsFromOtherThreads_loseNothing() throws Exception {
        Vertx vertx = Vertx.vertx();
        try {
            long seed = System.nanoTime();
            var failures = new ConcurrentLinkedQueue<Throwable>();
            var threads = new ArrayList<Thread>();
            var all = new ArrayList<Shared>();
            for (int i = 0; i < LOOPS; i++) {
                var shared = new Shared(vertx);
                all.add(shared);
                shared.tasks.loop().execute(() -> IntStream.range(0, 4).forEach(shared.pool::tryPut));
                long own = seed + i;
                var thread = new Thread(() -> {
                    try {
                        hurry(shared, new Random(own));
                    } catch (Throwable t) {
                        failures.add(t);
                    }
                });
                threads.add(thread);
                thread.start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(failures).as("seed %d", seed).isEmpty();
            for (Shared shared : all) {
                checkEnd(shared, seed);
            }
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
        }
    }

    private static void hurry(Shared shared, Random random) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (System.nanoTime() < end) {
            var running = new ArrayList<Task<Object>>();
            for (int i = 0; i < IN_FLIGHT; i++) {
                long seed = random.nextLong();
                running.add(shared.tasks.start("caller", scope -> shared.act(scope, new Random(seed), 3)));
            }
            while (!running.isEmpty()) {
                Task<Object> one = running.remove(random.nextInt(running.size()));
                if (random.nextInt(3) > 0) {
                    one.cancel(CancelReason.of("random"));
                }
                one.future()
                        .transform(ended -> Future.succeededFuture())
                        .toCompletionStage()
                        .toCompletableFuture()
                        .get(60, TimeUnit.SECONDS);
            }
        }
    }

    private static void checkEnd(Shared shared, long seed) throws Exception {
        var looked = new CompletableFuture<List<Integer>>();
        shared.tasks.loop().execute(() -> {
            var left = new ArrayList<Integer>();
            for (Integer item = shared.pool.tryTake(); item != null; item = shared.pool.tryTake()) {
                left.add(item);
            }
            looked.complete(left);
        });
        assertThat(looked.get(60, TimeUnit.SECONDS)).as("seed %d", seed).containsExactlyInAnyOrder(0, 1, 2, 3);
        assertThat(shared.permits.statistics()).isEqualTo(new Semaphore.Statistics(3, 3, 0));
        assertThat(shared.lock.isHeld()).isFalse();
        shared.tasks.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
        // What was still on its way when its wait was over comes within 2 ms: behind that, it is there.
        var later = new CompletableFuture<Void>();
        shared.tasks
                .loop()
                .execute(() -> shared.tasks.loop().schedule(Duration.ofMillis(20), () -> later.complete(null)));
        later.get(60, TimeUnit.SECONDS);
        assertThat(shared.resources).hasValue(0);
        assertThat(shared.tasks.statistics().live()).isZero();
    }
}
