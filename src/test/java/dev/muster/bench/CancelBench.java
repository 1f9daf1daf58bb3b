package dev.muster.bench;

import dev.muster.loop.Loop;
import dev.muster.task.CancelReason;
import dev.muster.task.Task;
import dev.muster.task.Tasks;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Measures how long a loop is blocked when many children are cancelled at once: the longest gap between two turns of another user
 * of the loop, and the time of the garbage collector in that period.
 *
 * <p>Arguments: numbers of children, by default 100,000 and 1,000,000. Prints a line {@code name=value} for each.
 */
final class CancelBench {

    private static final int ROUNDS = 5;

    private CancelBench() {}

    public static void main(String[] args) throws Exception {
        Vertx vertx = Vertx.vertx(new VertxOptions().setBlockedThreadCheckInterval(3_600_000));
        Tasks tasks = Tasks.on(Loop.of(vertx));
        for (String count : args.length == 0 ? new String[] {"100000", "1000000"} : args) {
            int children = Integer.parseInt(count);
            double least = Double.MAX_VALUE;
            for (int round = 1; round <= ROUNDS; round++) {
                long[] collected = {0};
                double gap = gapMillis(tasks, children, collected);
                System.out.printf(
                        "cancel_%d_round_%d_gap_ms=%.1f collector_ms=%d%n", children, round, gap, collected[0]);
                least = Math.min(least, gap);
            }
            System.out.printf("cancel_%d_gap_ms=%.1f%n", children, least);
        }
        tasks.close().eventually(vertx::close);
    }

    private static double gapMillis(Tasks tasks, int children, long[] collected) throws InterruptedException {
        var started = new CountDownLatch(children);
        Task<Object> many = tasks.start("many", scope -> {
            for (int i = 0; i < children; i++) {
                scope.start("task", own -> {
                    started.countDown();
                    return own.suspend("ever", waiter -> reason -> true);
                });
            }
            return scope.suspend("ever", waiter -> reason -> true);
        });
        started.await();
        System.gc();
        long before = collectedMillis();
        var watch = new Watch(tasks.loop());
        watch.begin();
        var ended = new CountDownLatch(1);
        many.onEnd(task -> ended.countDown());
        many.cancel(CancelReason.of("measured"));
        if (!ended.await(2, TimeUnit.MINUTES)) {
            throw new IllegalStateException("the tree did not end");
        }
        collected[0] = collectedMillis() - before;
        return watch.longestNanos() / 1e6;
    }

    private static long collectedMillis() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                .sum();
    }

    /** Another user of the loop, which takes a turn as often as possible. */
    private static final class Watch implements Runnable {
        private final Loop loop;
        private final AtomicBoolean over = new AtomicBoolean();
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch done = new CountDownLatch(1);
        private long lastNanos;
        private long longestNanos;

        Watch(Loop loop) {
            this.loop = loop;
        }

        void begin() throws InterruptedException {
            loop.execute(this);
            begun.await();
        }

        @Override
        public void run() {
            long now = loop.nanos();
            longestNanos = lastNanos == 0 ? 0 : Math.max(longestNanos, now - lastNanos);
            lastNanos = now;
            begun.countDown();
            if (over.get()) {
                done.countDown();
            } else {
                loop.schedule(0, this);
            }
        }

        long longestNanos() throws InterruptedException {
            over.set(true);
            done.await();
            return longestNanos;
        }
    }
}
