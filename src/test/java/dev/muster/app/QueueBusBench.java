package dev.muster.app;

import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** How many jobs a second go through a queue in memory over the event bus: put, taken and acknowledged in batches. */
final class QueueBusBench {

    private static final int JOBS = 500_000;
    private static final int BATCH = 500;
    private static final int EACH_SIDE = 2;

    private QueueBusBench() {}

    public static void main(String[] args) throws Exception {
        Path conf = Files.createTempDirectory("queue-bench");
        try (var rig = new ServeRig(conf)
                .config("queues: {q: {store: memory, size: 10000}}")
                .start()) {
            EventBus bus = rig.service().vertx().eventBus();
            var acked = new AtomicLong();
            for (int i = 0; i < EACH_SIDE; i++) {
                take(bus, acked);
            }
            for (int round = 1; round <= 8; round++) {
                long began = System.nanoTime();
                for (int i = 0; i < EACH_SIDE; i++) {
                    put(bus, JOBS / BATCH / EACH_SIDE);
                }
                while (acked.get() < (long) JOBS * round) {
                    LockSupport.parkNanos(1_000_000);
                }
                double seconds = (System.nanoTime() - began) / 1e9;
                System.out.printf("round %d: %,.0f jobs/s%n", round, JOBS / seconds);
            }
        }
    }

    private static Future<JsonObject> ask(EventBus bus, String word, JsonObject body) {
        return bus.<JsonObject>request("muster.queue.q." + word, body).map(Message::body);
    }

    private static void put(EventBus bus, int batches) {
        if (batches > 0) {
            var jobs = new JsonArray();
            for (int i = 0; i < BATCH; i++) {
                jobs.add(new JsonObject().put("body", new JsonObject().put("id", i)));
            }
            ask(bus, "put", new JsonObject().put("jobs", jobs).put("wait", "20s"))
                    .onSuccess(reply -> put(bus, batches - 1))
                    .onFailure(Throwable::printStackTrace);
        }
    }

    private static void take(EventBus bus, AtomicLong acked) {
        ask(bus, "take", new JsonObject().put("max", BATCH).put("wait", "20s"))
                .compose(taken -> {
                    var acks = new JsonArray();
                    for (Object one : taken.getJsonArray("jobs")) {
                        var job = (JsonObject) one;
                        acks.add(new JsonObject().put("id", job.getString("id")).put("lease", job.getString("lease")));
                    }
                    return acks.isEmpty()
                            ? Future.succeededFuture(0)
                            : ask(bus, "ack", new JsonObject().put("jobs", acks))
                                    .map(acks.size());
                })
                .onSuccess(count -> {
                    acked.addAndGet(count);
                    take(bus, acked);
                });
    }
}
