package dev.muster.queue.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.connect.Rig;
import dev.muster.queue.HeardHints;
import dev.muster.queue.Job;
import dev.muster.queue.JobStore;
import dev.muster.queue.NewJob;
import dev.muster.queue.QueueStatus;
import dev.muster.queue.Settle;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Many jobs through a queue, put, taken and acknowledged by batches at the same time. */
class PostgresQueueTest {
    private static final int JOBS = 20_000;
    private static final int BATCH = 256;

    @Test
    void manyJobs_goThroughOnceEach() {
        try (var database = new JobsDatabase()) {
            var store = database.open(database.node(), JobsDatabase.queue(), new HeardHints());
            List<NewJob> batch = IntStream.range(0, BATCH)
                    .mapToObj(i -> NewJob.of("{\"n\":" + i + "}"))
                    .toList();
            int batches = JOBS / BATCH;
            Future<Void> producer = store.begin(to -> putAll(to, batch, batches));
            Future<Long> consumer = store.begin(from -> drain(from, (long) batches * BATCH, 0));
            Rig.await(producer);
            long done = Rig.await(consumer);

            assertThat(done).isEqualTo((long) batches * BATCH);
            assertThat(store.call(JobStore::status).counts()).isEqualTo(new QueueStatus.Counts(0, 0, 0, done, 0, 0));
        }
    }

    private static Future<Void> putAll(JobStore to, List<NewJob> batch, int times) {
        return times == 0 ? Future.succeededFuture() : to.put(batch).compose(results -> putAll(to, batch, times - 1));
    }

    private static Future<Long> drain(JobStore from, long wanted, long done) {
        if (done >= wanted) {
            return Future.succeededFuture(done);
        }
        return from.take(BATCH)
                .compose(jobs -> {
                    List<Settle> acks = new ArrayList<>();
                    for (Job job : jobs) {
                        acks.add(new Settle.Ack(job.id(), job.lease(), null));
                    }
                    return from.settle(acks);
                })
                .compose(settled -> drain(from, wanted, done + settled.size()));
    }
}
