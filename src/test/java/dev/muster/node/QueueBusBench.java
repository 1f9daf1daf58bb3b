package dev.muster.node;

import com.sun.management.OperatingSystemMXBean;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * How many jobs a second go through a queue in memory over the event bus, by the size of the batches: each is put and
 * confirmed, taken and its body read, acknowledged and confirmed, and counted once. The client is one loop of the same process;
 * the processor time is that of all of it, and says more than the clock where the machine has other work.
 *
 * <p>Arguments: sizes of batches, 1, 10, 100 and 1000 if there are none. For the case {@code queue-bus} of {@code scripts/bench/run}.
 */
final class QueueBusBench {

    private static final int ROUNDS = 8;
    private static final int MAX_JOBS = 500_000;
    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private final EventBus bus;
    private final int batch;
    private final int jobs;

    /** How many ask at the same time on either side. */
    private final int askers;

    private final BitSet seen = new BitSet();
    private final long beganNanos = System.nanoTime();
    private final long beganCpuNanos = SYSTEM.getProcessCpuTime();
    private final Promise<String> end = Promise.promise();
    private int takers;
    private int put;
    private int acked;
    private String result = "";

    private QueueBusBench(EventBus bus, int batch) {
        this.bus = bus;
        this.batch = batch;
        this.jobs = Math.min(MAX_JOBS, batch * 50_000);
        this.askers = Math.max(2, Math.min(32, 1_000 / batch));
    }

    public static void main(String[] args) throws Exception {
        List<String> sizes = args.length == 0 ? List.of("1", "10", "100", "1000") : List.of(args);
        Path conf = Files.createTempDirectory("queue-bench");
        try (var rig = new ServeRig(conf)
                .config("queues: {q: {store: memory, size: 10000}}")
                .start()) {
            EventBus bus = rig.service().vertx().eventBus();
            Context client = rig.service().vertx().getOrCreateContext();
            for (int batch : sizes.stream().mapToInt(Integer::parseInt).toArray()) {
                for (int round = 1; round <= ROUNDS; round++) {
                    String result = new QueueBusBench(bus, batch).run(client);
                    System.out.printf("batches of %d, round %d: %s%n", batch, round, result);
                }
            }
        }
    }

    private String run(Context client) throws Exception {
        client.runOnContext(now -> {
            takers = askers;
            for (int i = 0; i < askers; i++) {
                put();
                take();
            }
        });
        return end.future().toCompletionStage().toCompletableFuture().get(5, TimeUnit.MINUTES);
    }

    private Future<JsonArray> ask(String word, JsonObject body) {
        return bus.<JsonObject>request("muster.queue.q." + word, body)
                .map(Message::body)
                .map(reply -> reply.getJsonArray("jobs"));
    }

    private void put() {
        int size = Math.min(batch, jobs - put);
        if (size > 0) {
            var fresh = new JsonArray();
            for (int i = 0; i < size; i++) {
                fresh.add(new JsonObject().put("body", new JsonObject().put("id", put++)));
            }
            ask("put", new JsonObject().put("jobs", fresh).put("wait", "20s"))
                    .onSuccess(replies -> {
                        require(size, count(replies, "id"), "put");
                        put();
                    })
                    .onFailure(end::tryFail);
        }
    }

    private void take() {
        if (acked == jobs) {
            // The next round begins when nobody is left who could take its jobs.
            if (--takers == 0) {
                end.tryComplete(result);
            }
            return;
        }
        ask("take", new JsonObject().put("max", batch).put("wait", "1s"))
                .compose(taken -> {
                    var acks = new JsonArray();
                    objects(taken).forEach(job -> {
                        int id = job.getJsonObject("body").getInteger("id");
                        require(0, seen.get(id) ? 1 : 0, "seen before");
                        seen.set(id);
                        acks.add(new JsonObject().put("id", job.getString("id")).put("lease", job.getString("lease")));
                    });
                    return acks.isEmpty()
                            ? Future.succeededFuture(acks)
                            : ask("ack", new JsonObject().put("jobs", acks))
                                    .onSuccess(replies -> require(acks.size(), count(replies, "state"), "acked"));
                })
                .onSuccess(replies -> {
                    acked += replies.size();
                    if (acked == jobs && result.isEmpty()) {
                        require(jobs, seen.cardinality(), "consumed");
                        result = result();
                    }
                    take();
                })
                .onFailure(end::tryFail);
    }

    private String result() {
        double seconds = (System.nanoTime() - beganNanos) / 1e9;
        double cpuMicros = (SYSTEM.getProcessCpuTime() - beganCpuNanos) / 1e3;
        return String.format("%,.0f jobs/s, %.2f µs of processor time a job", jobs / seconds, cpuMicros / jobs);
    }

    private void require(long expected, long found, String what) {
        if (expected != found) {
            end.tryFail(what + ": " + found + " instead of " + expected);
        }
    }

    private static long count(JsonArray replies, String word) {
        return objects(replies).filter(reply -> reply.containsKey(word)).count();
    }

    private static Stream<JsonObject> objects(JsonArray replies) {
        return replies.stream().map(JsonObject.class::cast);
    }
}
