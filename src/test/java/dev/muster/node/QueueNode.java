package dev.muster.node;

import dev.muster.access.Caller;
import dev.muster.loop.Loop;
import dev.muster.queue.Job;
import dev.muster.queue.JobQueue;
import dev.muster.queue.NewJob;
import dev.muster.task.CancelReason;
import dev.muster.task.Repeat;
import dev.muster.task.Scope;
import dev.muster.task.Task;
import dev.muster.task.Tasks;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Muster inside its node as a contestant of the queues: the queue as Java has it, used from a loop of its own.
 *
 * <p>The argument is the database. It obeys the orders that {@code scripts/bench/rivals/queues/contestant.mjs} explains, one a line
 * on standard input, for the case {@code queues} of {@code scripts/bench/run}.
 */
final class QueueNode implements AutoCloseable {
    private static final String PAYLOAD = "x".repeat(64);
    private static final Duration WAIT = Duration.ofSeconds(20);
    private static final int CONSUMERS = 3;
    private static final int MAX_TAKEN = 500;

    private final ServeRig rig;
    private final JobQueue queue;
    private final Loop loop;
    private final Tasks tasks;

    QueueNode(ServeRig rig, String name) {
        this.rig = rig;
        this.queue = rig.service().queues().queue(name, Caller.everyone());
        this.loop = Loop.of(rig.vertx());
        this.tasks = Tasks.on(loop);
    }

    public static void main(String[] args) throws Exception {
        try (var rig = new ServeRig(Files.createTempDirectory("queue-node"))
                        .config("server: {port: 0, drain: 5s}\nsources: {db: {postgres: '" + args[0] + "'}}\n"
                                + "queues: {inside: {store: db}}\n")
                        .start();
                var node = new QueueNode(rig, "inside");
                var orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = orders.readLine(); line != null; line = orders.readLine()) {
                String[] words = line.split(" ");
                answer(node.obey(
                        words[0],
                        Arrays.stream(words).skip(1).mapToInt(Integer::parseInt).toArray()));
            }
        }
    }

    private static void answer(Map<String, Object> value) {
        System.out.println(new JsonObject(value).encode());
    }

    private Map<String, Object> obey(String order, int... numbers) {
        return switch (order) {
            case "version" -> Map.of("version", "JDK " + System.getProperty("java.version"));
            case "put" -> put(numbers[0], numbers[1], numbers[2]);
            case "work" -> work(numbers[0]);
            case "pace" -> pace(numbers[0], numbers[1]);
            default -> throw new IllegalArgumentException(order);
        };
    }

    private static NewJob job(int number) {
        return NewJob.of("{\"number\":" + number + ",\"payload\":\"" + PAYLOAD + "\"}");
    }

    private Map<String, Object> put(int jobs, int batch, int inFlight) {
        int[] next = {0};
        return timed(() -> await(tasks.start("put", scope -> {
            List<Task<Void>> producers = new ArrayList<>();
            for (int i = 0; i < inFlight; i++) {
                producers.add(scope.start(
                        "producer",
                        own -> Repeat.whileTrue(own, () -> {
                            int from = next[0];
                            next[0] += batch;
                            return from >= jobs ? Future.succeededFuture(false) : put(own, from, batch);
                        })));
            }
            return scope.gather(producers);
        })));
    }

    private Future<Boolean> put(Scope scope, int from, int batch) {
        if (batch == 1) {
            return queue.put(scope, job(from)).map(true);
        }
        List<NewJob> jobs =
                IntStream.range(from, from + batch).mapToObj(QueueNode::job).toList();
        Promise<Boolean> here = Promise.promise();
        rig.service()
                .queues()
                .put(loop, queue, jobs, WAIT)
                .future()
                .onComplete((answers, failure) -> loop.execute(() ->
                        here.handle(failure == null ? Future.succeededFuture(true) : Future.failedFuture(failure))));
        return here.future();
    }

    private Map<String, Object> work(int jobs) {
        var left = new AtomicInteger(jobs);
        var all = new CompletableFuture<Void>();
        Task<?>[] workers = new Task<?>[1];
        Map<String, Object> took = timed(() -> {
            workers[0] = consume(job -> {
                if (left.decrementAndGet() == 0) {
                    all.complete(null);
                }
            });
            all.join();
            await(tasks.start("join", queue::join));
        });
        stop(workers[0]);
        return took;
    }

    private Map<String, Object> pace(int jobs, int perSecond) {
        long[] putNanos = new long[jobs];
        double[] waitedMillis = new double[jobs];
        var begun = new AtomicInteger();
        var all = new CompletableFuture<Void>();
        Task<?> workers = consume(job -> {
            long now = loop.nanos();
            int number = new JsonObject(job.body()).getInteger("number");
            waitedMillis[number] = (now - putNanos[number]) / 1e6;
            if (begun.incrementAndGet() == jobs) {
                all.complete(null);
            }
        });
        long began = loop.nanos() + 1_000_000_000L;
        loop.execute(() -> {
            for (int i = 0; i < jobs; i++) {
                int number = i;
                loop.schedule(began + number * 1_000_000_000L / perSecond - loop.nanos(), () -> {
                    putNanos[number] = loop.nanos();
                    queue.tryPut(job(number));
                });
            }
        });
        all.join();
        await(tasks.start("join", queue::join));
        stop(workers);
        Arrays.sort(waitedMillis);
        return Map.of("p50", waitedMillis[jobs / 2], "p99", waitedMillis[jobs * 99 / 100]);
    }

    private Task<?> consume(Consumer<Job> handler) {
        return tasks.start("work", scope -> {
            List<Task<Void>> consumers = new ArrayList<>();
            for (int i = 0; i < CONSUMERS; i++) {
                consumers.add(scope.start(
                        "consumer",
                        own -> Repeat.whileTrue(
                                own,
                                () -> queue.take(own, MAX_TAKEN)
                                        .compose(jobs -> own.await("acks", acked(jobs, handler))
                                                .map(true)))));
            }
            return scope.gather(consumers);
        });
    }

    private Future<Void> acked(List<Job> jobs, Consumer<Job> handler) {
        Promise<Void> all = Promise.promise();
        var left = new AtomicInteger(jobs.size());
        for (Job job : jobs) {
            handler.accept(job);
            queue.ack(job, null).onComplete((settled, failure) -> {
                if (failure != null || !settled.isApplied()) {
                    all.tryFail(new IllegalStateException("not acknowledged: " + settled, failure));
                } else if (left.decrementAndGet() == 0) {
                    all.tryComplete();
                }
            });
        }
        return jobs.isEmpty() ? Future.succeededFuture() : all.future();
    }

    private static void stop(Task<?> workers) {
        var ended = new CompletableFuture<Void>();
        workers.onEnd(task -> ended.complete(null));
        workers.cancel(CancelReason.of("measured"));
        ended.join();
    }

    private static <T> T await(Task<T> task) {
        return task.future().toCompletionStage().toCompletableFuture().join();
    }

    private static Map<String, Object> timed(Runnable what) {
        long began = System.nanoTime();
        what.run();
        return Map.of("seconds", (System.nanoTime() - began) / 1e9);
    }

    @Override
    public void close() {
        tasks.close().toCompletionStage().toCompletableFuture().join();
    }
}
