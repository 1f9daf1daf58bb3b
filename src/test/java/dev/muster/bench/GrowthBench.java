package dev.muster.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.muster.loop.Loop;
import dev.muster.node.Muster;
import dev.muster.run.EndState;
import dev.muster.run.Event;
import dev.muster.run.Run;
import dev.muster.run.RunListener;
import dev.muster.task.CancelReason;
import dev.muster.task.Task;
import dev.muster.task.Tasks;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Measures costs that must stay constant for each unit: of concurrent runs, of steps of a run, and of suspended tasks of the
 * kernel.
 *
 * <p>Arguments: the folder of a configuration, then the numbers of runs, of steps and of tasks, each as {@code 1,10,100}. The
 * folder has the plans {@code tick} (no step) and {@code asleep} (one step that sleeps long). For each number of runs it has
 * {@code nap-N} (one step that sleeps for the time it takes to start this many runs). For each number of steps it has
 * {@code beside-N} (independent steps), {@code chain-N} (each step depends on the one before) and {@code asleep-N} (steps that
 * sleep long).
 *
 * <p>Prints one line for each figure, {@code what.N.figure=value}. CPU is that of the whole process with the garbage collector.
 * Bytes are those alive after a collection.
 */
final class GrowthBench {

    private static final int UNITS_A_FIGURE = 10_000;
    private static final int WARM_UP = 20_000;
    private static final long LIMIT_SECONDS = 120;
    private static final int MAX_COLLECTIONS = 10;
    private static final long SETTLED_BYTES = 64;
    private static final RunListener IGNORED = event -> {};

    /** The number of tries for a small number of units, where a few hundred bytes of anything else would hide the figure. */
    private static final int TRIES_OF_FEW = 7;

    private final Muster muster;

    private GrowthBench(Muster muster) {
        this.muster = muster;
    }

    public static void main(String[] args) throws Exception {
        List<Integer> runs = numbers(args[1]);
        List<Integer> steps = numbers(args[2]);
        try (Muster muster = Muster.start(Path.of(args[0]))) {
            var bench = new GrowthBench(muster);
            bench.warmUp(runs.get(runs.size() - 1), steps);
            for (int n : runs) {
                print("runs", n, "cpu_us", bench.cpuOfRuns("nap-" + n, n));
                print("runs", n, "bytes", bench.bytes("asleep", n, 1) / n);
            }
            for (int n : steps) {
                print("beside", n, "cpu_us", bench.cpuOfSteps("beside-" + n, n));
                print("chain", n, "cpu_us", bench.cpuOfSteps("chain-" + n, n));
                print("steps", n, "bytes", bench.bytes("asleep-" + n, 1, n) / n);
            }
        }
        suspendedTasks(numbers(args[3]));
    }

    private static List<Integer> numbers(String given) {
        return Stream.of(given.split(",")).map(Integer::valueOf).toList();
    }

    private static void print(String what, int n, String figure, double value) {
        System.out.printf("%s.%d.%s=%.1f%n", what, n, figure, value);
    }

    private void warmUp(int most, List<Integer> steps) throws InterruptedException {
        for (int left = WARM_UP; left > 0; left -= most) {
            end(begin("nap-" + most, most, null, IGNORED), EndState.DONE);
        }
        for (int n : steps) {
            cpuOfSteps("beside-" + n, n);
            cpuOfSteps("chain-" + n, n);
        }
    }

    /** Returns the CPU time of one run in microseconds, with this many runs at once. */
    private double cpuOfRuns(String plan, int atOnce) throws InterruptedException {
        int times = Math.max(1, Math.min(300, UNITS_A_FIGURE / atOnce));
        long before = cpuNanos();
        int most = 0;
        for (int i = 0; i < times; i++) {
            var counted = new AtOnce();
            end(begin(plan, atOnce, null, counted), EndState.DONE);
            most = Math.max(most, counted.most.get());
        }
        if (most < atOnce) {
            // The machine is slower than the sleep of the plan, so the figure is for fewer runs than its name claims.
            System.err.printf("%s: %d of %d runs were at once%n", plan, most, atOnce);
        }
        return (cpuNanos() - before) / 1e3 / ((double) times * atOnce);
    }

    /** Returns the CPU time of one step in microseconds, including the share of its run. */
    private double cpuOfSteps(String plan, int steps) throws InterruptedException {
        int times = Math.max(3, Math.min(300, UNITS_A_FIGURE / steps));
        long before = cpuNanos();
        for (int i = 0; i < times; i++) {
            end(begin(plan, 1, Map.of("n", i), IGNORED), EndState.DONE);
        }
        return (cpuNanos() - before) / 1e3 / ((double) times * steps);
    }

    /** Returns the live bytes of this many runs at once, each with this many sleeping steps. */
    private double bytes(String plan, int runs, int steps) throws InterruptedException {
        int tries = runs * steps < 1_000 ? TRIES_OF_FEW : 1;
        double[] found = new double[tries];
        for (int i = 0; i < tries; i++) {
            found[i] = bytesOnce(plan, runs, steps);
        }
        return median(found);
    }

    /** Measures once. In a method of its own, because a local variable of an earlier try would keep its runs alive. */
    private double bytesOnce(String plan, int runs, int steps) throws InterruptedException {
        // These runs make each loop drop its references to earlier runs.
        end(begin("tick", 2 * Runtime.getRuntime().availableProcessors(), null, IGNORED), EndState.DONE);
        long before = used();
        var asleep = new CountDownLatch(runs * steps);
        List<Run> begun = begin(plan, runs, null, new Began(asleep));
        await(asleep);
        double bytes = used() - before;
        begun.forEach(run -> run.cancel(CancelReason.of("measured")));
        end(begun, EndState.CANCELLED);
        return bytes;
    }

    private List<Run> begin(String plan, int count, @Nullable Object input, RunListener listener) {
        var begun = IntStream.range(0, count)
                .mapToObj(i -> muster.begin(plan, input, listener))
                .toList();
        return begun.stream()
                .map(run -> run.toCompletionStage().toCompletableFuture().join())
                .toList();
    }

    /** Waits until all runs have ended. */
    private static void end(List<Run> runs, EndState wanted) throws InterruptedException {
        var ended = new CountDownLatch(runs.size());
        for (Run run : runs) {
            run.end().onSuccess(end -> {
                if (end.state() == wanted) {
                    ended.countDown();
                } else {
                    System.err.println(run.plan() + " ended as " + end.toValue());
                    System.exit(1);
                }
            });
        }
        await(ended);
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
        if (!latch.await(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException(
                    "it takes longer than " + LIMIT_SECONDS + " s: " + latch.getCount() + " are left");
        }
    }

    /** Counts the steps that have started. */
    private record Began(CountDownLatch left) implements RunListener {

        @Override
        public void event(Event event) {}

        @Override
        public void stepBegan(String path) {
            left.countDown();
        }
    }

    /** Counts the concurrent runs, of one step each. */
    private static final class AtOnce implements RunListener {

        private final AtomicInteger now = new AtomicInteger();
        private final AtomicInteger most = new AtomicInteger();

        @Override
        public void event(Event event) {
            if (event instanceof Event.End) {
                now.decrementAndGet();
            }
        }

        @Override
        public void stepBegan(String path) {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
        }
    }

    private static void suspendedTasks(List<Integer> numbers) throws InterruptedException {
        Vertx vertx = Vertx.vertx(new VertxOptions().setBlockedThreadCheckInterval(3_600_000));
        Tasks tasks = Tasks.on(Loop.of(vertx));
        for (int n : numbers) {
            print("tasks", n, "bytes", bytesOfSuspended(tasks, n));
        }
        tasks.close().eventually(vertx::close);
    }

    private static double bytesOfSuspended(Tasks tasks, int count) throws InterruptedException {
        double[] found = new double[count < 1_000 ? TRIES_OF_FEW : 1];
        for (int i = 0; i < found.length; i++) {
            found[i] = bytesOnce(tasks, count) / count;
        }
        return median(found);
    }

    private static double bytesOnce(Tasks tasks, int count) throws InterruptedException {
        var ticked = new CountDownLatch(1);
        tasks.start("tick", scope -> Future.succeededFuture()).onEnd(task -> ticked.countDown());
        await(ticked);
        long before = used();
        var started = new CountDownLatch(count);
        Task<Object> many = tasks.start("many", scope -> {
            for (int child = 0; child < count; child++) {
                scope.start("task", own -> {
                    started.countDown();
                    return own.suspend("ever", waiter -> reason -> true);
                });
            }
            return scope.suspend("ever", waiter -> reason -> true);
        });
        await(started);
        double bytes = used() - before;
        var ended = new CountDownLatch(1);
        many.onEnd(task -> ended.countDown());
        many.cancel(CancelReason.of("measured"));
        await(ended);
        return bytes;
    }

    private static double median(double[] figures) {
        double[] sorted = figures.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static long cpuNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    /** Returns the live bytes. Collects until a collection frees nothing more, because ended work releases memory a little later. */
    private static long used() {
        long before = Long.MAX_VALUE;
        for (int i = 0; i < MAX_COLLECTIONS; i++) {
            System.gc();
            long now = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
            if (now > before - SETTLED_BYTES) {
                return now;
            }
            before = now;
        }
        return before;
    }
}
