package dev.muster.bench;

import dev.muster.connect.Rig;
import dev.muster.sync.Queue;
import dev.muster.sync.Semaphore;
import dev.muster.task.CancelReason;
import dev.muster.task.Repeat;
import dev.muster.task.Task;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Operations of the kernel on one event loop, for the bounds on allocation. See {@link Guard}. Each method runs one task with
 * 1,000 operations, so that the allocations of the benchmark's own thread do not count.
 */
@State(Scope.Benchmark)
public class KernelAllocation {

    private static final int OPERATIONS = 1_000;
    private static final Duration LONG = Duration.ofMinutes(10);

    private Rig rig;

    @Setup
    public void start() {
        rig = new Rig();
    }

    @TearDown
    public void stop() {
        rig.close();
    }

    /** Starts and gathers a task. */
    @Benchmark
    @OperationsPerInvocation(OPERATIONS)
    public List<Integer> gather() {
        return rig.run(scope -> {
            List<Task<Integer>> tasks = new ArrayList<>(OPERATIONS);
            for (int i = 0; i < OPERATIONS; i++) {
                tasks.add(scope.start("task", own -> {
                    Injected.allocate();
                    return Future.succeededFuture(1);
                }));
            }
            return scope.gather(tasks);
        });
    }

    /** Passes an item through a queue of 5 from one task to another; on most turns one of them waits. */
    @Benchmark
    @OperationsPerInvocation(OPERATIONS)
    public Void queue() {
        return rig.run(scope -> {
            var queue = new Queue<Integer>(scope.loop(), 5);
            int[] left = {OPERATIONS, OPERATIONS};
            Task<Void> producer = scope.start(
                    "producer",
                    own -> Repeat.whileTrue(own, () -> {
                        Injected.allocate();
                        return queue.put(own, 1).map(ignored -> --left[0] > 0);
                    }));
            Task<Void> consumer = scope.start(
                    "consumer",
                    own -> Repeat.whileTrue(own, () -> queue.take(own).map(ignored -> --left[1] > 0)));
            return scope.gather(producer, consumer, (a, b) -> null);
        });
    }

    /** Acquires a permit of a semaphore of 2, for which four tasks compete. */
    @Benchmark
    @OperationsPerInvocation(OPERATIONS)
    public List<Void> permit() {
        return rig.run(scope -> {
            var semaphore = new Semaphore(scope.loop(), 2);
            List<Task<Void>> tasks = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                int[] left = {OPERATIONS / 4};
                tasks.add(scope.start(
                        "asks",
                        own -> Repeat.whileTrue(own, () -> {
                            Injected.allocate();
                            return semaphore
                                    .with(own, inner -> inner.yieldNow())
                                    .map(ignored -> --left[0] > 0);
                        })));
            }
            return scope.gather(tasks);
        });
    }

    /** Starts a task that sleeps, and cancels it. */
    @Benchmark
    @OperationsPerInvocation(OPERATIONS)
    public Void cancel() {
        return rig.run(scope -> {
            List<Task<Void>> tasks = new ArrayList<>(OPERATIONS);
            for (int i = 0; i < OPERATIONS; i++) {
                tasks.add(scope.start("sleeps", own -> {
                    Injected.allocate();
                    return own.sleep(LONG);
                }));
            }
            var reason = CancelReason.of("measured");
            return scope.yieldNow().onSuccess(ignored -> tasks.forEach(task -> task.cancel(reason)));
        });
    }

    /** Runs a child with a time limit that it does not reach. */
    @Benchmark
    @OperationsPerInvocation(OPERATIONS)
    public Void timeout() {
        int[] left = {OPERATIONS};
        return rig.run(scope -> Repeat.whileTrue(scope, () -> {
            Injected.allocate();
            return scope.timeout(LONG, "limited", own -> own.yieldNow()).map(ignored -> --left[0] > 0);
        }));
    }
}
