package dev.muster.bench;

import dev.muster.loop.Loop;
import dev.muster.sync.Queue;
import dev.muster.sync.QueueClosedException;
import dev.muster.task.Body;
import dev.muster.task.CancelReason;
import dev.muster.task.Repeat;
import dev.muster.task.Scope;
import dev.muster.task.State;
import dev.muster.task.Task;
import dev.muster.task.Tasks;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Scanner;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The workloads of the benchmark {@code kernel} on one event loop, for {@code scripts/bench/run}. Reads lines {@code WORK UNITS}
 * from standard input and prints their results. The script measures time and CPU.
 */
final class KernelBench {

    private static final int BATCH = 1_000;
    private static final int SPAWNED = 100_000;
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setBlockedThreadCheckInterval(3_600_000));
    private final Tasks tasks = Tasks.on(Loop.of(vertx));

    private KernelBench() {}

    public static void main(String[] args) throws Exception {
        var bench = new KernelBench();
        var lines = new Scanner(System.in);
        while (lines.hasNext()) {
            System.out.println(bench.work(lines.next(), lines.nextInt()));
        }
        bench.tasks.close().eventually(bench.vertx::close);
    }

    private long work(String name, int units) throws Exception {
        return switch (name) {
            case "gather" -> result(scope -> inBatches(scope, units, own -> Future.succeededFuture(1)));
            case "timeout" ->
                result(scope -> inBatches(
                        scope,
                        units,
                        own -> own.timeout(
                                LIMIT, "part", part -> part.yieldNow().map(1))));
            case "queue_5" -> result(scope -> throughQueue(scope, units, 5));
            case "queue_1000" -> result(scope -> throughQueue(scope, units, 1_000));
            case "cancel" -> cancelled(units);
            case "suspended_bytes" -> bytesOfSuspended(units);
            default -> throw new IllegalArgumentException("there is no work " + name);
        };
    }

    private <T> T result(Body<T> body) throws Exception {
        return tasks.start("round", body)
                .future()
                .toCompletionStage()
                .toCompletableFuture()
                .get(5, TimeUnit.MINUTES);
    }

    private static Future<Long> inBatches(Scope scope, int units, Body<Integer> body) {
        int[] left = {units / BATCH};
        long[] sum = {0};
        return Repeat.whileTrue(scope, () -> {
                    List<Task<Integer>> batch = new ArrayList<>(BATCH);
                    for (int i = 0; i < BATCH; i++) {
                        batch.add(scope.start("task", body));
                    }
                    return scope.gather(batch).map(results -> {
                        for (Integer result : results) {
                            sum[0] += result;
                        }
                        return --left[0] > 0;
                    });
                })
                .map(done -> sum[0]);
    }

    private static Future<Long> throughQueue(Scope scope, int items, int capacity) {
        var queue = new Queue<Integer>(scope.loop(), capacity);
        var producers = new ArrayList<Task<Void>>();
        for (int p = 0; p < 2; p++) {
            int[] left = {items / 2};
            producers.add(scope.start(
                    "producer",
                    own -> Repeat.whileTrue(own, () -> queue.put(own, 1).map(left[0]-- > 1))));
        }
        var consumers = new ArrayList<Task<Long>>();
        for (int c = 0; c < 3; c++) {
            long[] sum = {0};
            consumers.add(scope.start(
                    "consumer",
                    own -> Repeat.whileTrue(
                                    own,
                                    () -> queue.take(own).map(item -> {
                                        sum[0] += item;
                                        return true;
                                    }))
                            .recover(KernelBench::unlessClosed)
                            .map(done -> sum[0])));
        }
        return scope.gather(producers)
                .compose(done -> {
                    queue.close();
                    return scope.gather(consumers);
                })
                .map(sums -> sums.stream().mapToLong(Long::longValue).sum());
    }

    private static Future<Void> unlessClosed(Throwable thrown) {
        return thrown instanceof QueueClosedException ? Future.succeededFuture() : Future.failedFuture(thrown);
    }

    private long cancelled(int units) throws InterruptedException {
        long ended = 0;
        for (int round = 0; round < units / SPAWNED; round++) {
            var many = new ArrayList<Task<Object>>(SPAWNED);
            cancel(suspendMany(SPAWNED, many::add));
            ended += many.stream()
                    .filter(task -> task.state() == State.CANCELLED)
                    .count();
        }
        return ended;
    }

    private long bytesOfSuspended(int count) throws InterruptedException {
        long before = used();
        Task<Object> parent = suspendMany(count, task -> {});
        long bytes = used() - before;
        cancel(parent);
        return bytes / count;
    }

    /** Returns the parent of tasks that wait forever, once they all wait. */
    private Task<Object> suspendMany(int count, Consumer<Task<Object>> each) throws InterruptedException {
        var started = new CountDownLatch(count);
        Task<Object> parent = tasks.start("many", scope -> {
            for (int i = 0; i < count; i++) {
                each.accept(scope.start("task", own -> {
                    started.countDown();
                    return own.suspend("ever", waiter -> reason -> true);
                }));
            }
            return scope.suspend("ever", waiter -> reason -> true);
        });
        started.await();
        return parent;
    }

    private static void cancel(Task<Object> task) throws InterruptedException {
        var over = new CountDownLatch(1);
        task.onEnd(ended -> over.countDown());
        task.cancel(CancelReason.of("measured"));
        over.await();
    }

    private static long used() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
