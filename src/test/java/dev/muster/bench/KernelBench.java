package dev.muster.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.muster.loop.Loop;
import dev.muster.sync.Queue;
import dev.muster.sync.QueueClosedException;
import dev.muster.task.Body;
import dev.muster.task.CancelReason;
import dev.muster.task.Repeat;
import dev.muster.task.Scope;
import dev.muster.task.Task;
import dev.muster.task.Tasks;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * Measures the kernel on one event loop: tasks through gather, memory of a suspended task, items through a queue.
 *
 * <p>Prints one line a figure, {@code name=value}, for {@code scripts/bench-kernel}. Each figure is the median of several
 * rounds after rounds of warm-up; rates are by CPU second, so that a busy neighbour does not spoil them.
 */
final class KernelBench {

    private static final int WARM_UP = 6;
    private static final int ROUNDS = 9;
    private static final int BATCH = 1_000;
    private static final int TASKS = 1_000_000;
    private static final int ITEMS = 2_000_000;
    private static final int SUSPENDED = 1_000_000;

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setBlockedThreadCheckInterval(3_600_000));
    private final Tasks tasks = Tasks.on(Loop.of(vertx));

    private KernelBench() {}

    public static void main(String[] args) throws Exception {
        var bench = new KernelBench();
        System.out.printf("gather_tasks_per_s=%.0f%n", bench.median(ignored -> TASKS / bench.seconds(bench::gather)));
        System.out.printf("suspended_bytes=%.0f%n", bench.bytesOfSuspended());
        for (int capacity : new int[] {5, 1_000}) {
            System.out.printf(
                    "queue_%d_items_per_s=%.0f%n",
                    capacity,
                    bench.median(ignored -> ITEMS / bench.seconds(scope -> bench.throughQueue(scope, capacity))));
        }
        bench.tasks.close().eventually(bench.vertx::close);
    }

    private double median(ToDoubleFunction<Integer> round) {
        double[] warmUp = new double[WARM_UP];
        Arrays.setAll(warmUp, round::applyAsDouble);
        double[] figures = new double[ROUNDS];
        Arrays.setAll(figures, round::applyAsDouble);
        Arrays.sort(figures);
        return figures[ROUNDS / 2];
    }

    /** CPU seconds of the whole process, collector included: one loop is one thread, so they are seconds of a quiet machine. */
    private <T> double seconds(Body<T> body) {
        var done = new CountDownLatch(1);
        long before = cpuNanos();
        tasks.start("round", body).future().onComplete((value, failure) -> {
            if (failure != null) {
                failure.printStackTrace();
            }
            done.countDown();
        });
        try {
            if (!done.await(2, TimeUnit.MINUTES)) {
                throw new IllegalStateException("the round did not end");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return (cpuNanos() - before) / 1e9;
    }

    private static long cpuNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    private Future<Void> gather(Scope scope) {
        int[] left = {TASKS / BATCH};
        return Repeat.whileTrue(scope, () -> {
            List<Task<Integer>> batch = new ArrayList<>(BATCH);
            for (int i = 0; i < BATCH; i++) {
                batch.add(scope.start("task", own -> Future.succeededFuture(1)));
            }
            return scope.gather(batch).map(results -> --left[0] > 0);
        });
    }

    private double bytesOfSuspended() throws InterruptedException {
        long before = used();
        var started = new CountDownLatch(SUSPENDED);
        Task<Object> many = tasks.start("many", scope -> {
            for (int i = 0; i < SUSPENDED; i++) {
                scope.start("task", own -> {
                    started.countDown();
                    return own.suspend("ever", waiter -> reason -> true);
                });
            }
            return scope.suspend("ever", waiter -> reason -> true);
        });
        started.await();
        double bytes = (used() - before) / (double) SUSPENDED;
        var ended = new CountDownLatch(1);
        many.onEnd(task -> ended.countDown());
        many.cancel(CancelReason.of("measured"));
        ended.await();
        return bytes;
    }

    private static long used() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private Future<Void> throughQueue(Scope scope, int capacity) {
        var queue = new Queue<Integer>(scope.loop(), capacity);
        var producers = new ArrayList<Task<Void>>();
        for (int p = 0; p < 2; p++) {
            int[] left = {ITEMS / 2};
            producers.add(scope.start(
                    "producer",
                    own -> Repeat.whileTrue(own, () -> queue.put(own, 1).map(left[0]-- > 1))));
        }
        for (int c = 0; c < 3; c++) {
            scope.start(
                    "consumer",
                    own -> Repeat.whileTrue(own, () -> queue.take(own).map(true))
                            .recover(KernelBench::unlessClosed));
        }
        return scope.gather(producers).map(done -> {
            queue.close();
            return null;
        });
    }

    private static Future<Void> unlessClosed(Throwable thrown) {
        return thrown instanceof QueueClosedException ? Future.succeededFuture() : Future.failedFuture(thrown);
    }
}
