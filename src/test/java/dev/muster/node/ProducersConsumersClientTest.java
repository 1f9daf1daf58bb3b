package dev.muster.node;

import static dev.muster.Soon.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.Soon;
import dev.muster.client.ClientOptions;
import dev.muster.client.MusterClient;
import dev.muster.client.PutJob;
import dev.muster.client.PutReply;
import dev.muster.client.QueueClient;
import dev.muster.client.QueueWorker;
import dev.muster.client.TakenJob;
import dev.muster.client.WorkJob;
import dev.muster.client.WorkOptions;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two producers and three consumers over a queue of five of a served node, by the Java client: each number once, 1,000 times with
 * batches, prefetches and orders that the seed decides.
 */
@Timeout(120)
class ProducersConsumersClientTest {

    private static final int SEEDS = 1_000;
    private static final int EACH = 10;
    private static final Duration LONG = Duration.ofMinutes(1);

    /** What a consumer ends at. */
    private static final long SENTINEL = -1;

    @TempDir
    Path conf;

    private final Vertx vertx = Vertx.vertx();
    private final Context context = vertx.getOrCreateContext();
    private ServeRig rig;
    private MusterClient client;
    private QueueClient queue;

    @BeforeEach
    void rig() throws Exception {
        rig = new ServeRig(conf)
                .config("server: {port: 0, workers: 2, drain: 5s, bridge: {tcp: {port: 0}}}\n"
                        + "queues: {numbers: {store: memory, size: 5}}\n")
                .start();
        client = MusterClient.onTcp(
                vertx, ClientOptions.at("127.0.0.1", rig.service().bridgePort()));
        queue = client.queue("numbers");
    }

    @AfterEach
    void close() {
        soon(client.close());
        rig.close();
        soon(vertx.close());
    }

    @Test
    void everyNumber_isConsumedOnce_consumersEndAtTheSentinel_andJoinWaitsForTheLast() {
        for (long seed = 0; seed < SEEDS; seed++) {
            consumed(seed);
        }
        assertThat(rig.queue("numbers").accepted()).isEqualTo(SEEDS * (2L * EACH + 3));
    }

    private void consumed(long seed) {
        var random = new Random(seed);
        var numbers = new ConcurrentLinkedQueue<Long>();
        List<Future<Void>> consumers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            var own = new Random(random.nextLong());
            consumers.add(random.nextBoolean() ? worker(own, numbers) : taker(own, numbers));
        }
        Future<Void> first = producer(new Random(random.nextLong()), 0, EACH);
        Future<Void> second = producer(new Random(random.nextLong()), EACH, 2 * EACH);
        soon(first.compose(done -> second));
        soon(queue.putAll(
                IntStream.range(0, 3).mapToObj(end -> PutJob.of(SENTINEL)).toList(), LONG));
        soon(queue.join());

        assertThat(numbers)
                .as("seed %d, at the join", seed)
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.range(0, 2 * EACH).boxed().toList());
        consumers.forEach(Soon::soon);
    }

    /** Puts the numbers of a range in batches. */
    private Future<Void> producer(Random random, int from, int to) {
        if (from == to) {
            return Future.succeededFuture();
        }
        int next = Math.min(to, from + 1 + random.nextInt(4));
        List<PutJob> jobs = IntStream.range(from, next)
                .mapToObj(number -> PutJob.of((long) number))
                .toList();
        Future<?> put = jobs.size() == 1
                ? queue.put(jobs.get(0), LONG)
                : queue.putAll(jobs, LONG).map(replies -> {
                    assertThat(replies).extracting(PutReply::error).containsOnlyNulls();
                    return replies;
                });
        return put.compose(done -> turns(random.nextInt(3))).compose(done -> producer(random, next, to));
    }

    /** A consumer by a loop of the client: {@code task_done} is the end of the handler. */
    private Future<Void> worker(Random random, ConcurrentLinkedQueue<Long> numbers) {
        WorkOptions options =
                WorkOptions.consumers(1).withPrefetch(random.nextInt(3)).withDrain(WorkOptions.UNTIL_DONE);
        QueueWorker worker = client.work("numbers", options, (WorkJob job) -> {
            if (job.body().equals(SENTINEL)) {
                job.worker().close();
                return Future.succeededFuture();
            }
            return turns(random.nextInt(4)).onSuccess(done -> numbers.add((Long) job.body()));
        });
        return worker.ended();
    }

    /** A consumer by hand. */
    private Future<Void> taker(Random random, ConcurrentLinkedQueue<Long> numbers) {
        return queue.take(1 + random.nextInt(3), LONG)
                .compose(jobs -> {
                    Promise<Boolean> last = Promise.promise();
                    each(random, jobs, 0, false, numbers).onComplete(last);
                    return last.future();
                })
                .compose(isLast -> isLast ? Future.succeededFuture() : taker(random, numbers));
    }

    private Future<Boolean> each(
            Random random, List<TakenJob> jobs, int at, boolean isLast, ConcurrentLinkedQueue<Long> numbers) {
        if (at == jobs.size()) {
            return Future.succeededFuture(isLast);
        }
        TakenJob job = jobs.get(at);
        boolean isSentinel = job.body().equals(SENTINEL);
        Future<Void> done;
        if (isLast) {
            done = queue.release(job);
        } else if (isSentinel) {
            done = queue.ack(job, null);
        } else {
            done = turns(random.nextInt(4)).compose(worked -> {
                numbers.add((Long) job.body());
                return queue.ack(job, null);
            });
        }
        return done.compose(said -> each(random, jobs, at + 1, isLast || isSentinel, numbers));
    }

    /** Lets others have their turn so often. */
    private Future<Void> turns(int count) {
        if (count == 0) {
            return Future.succeededFuture();
        }
        Promise<Void> turn = Promise.promise();
        context.runOnContext(none -> turn.complete());
        return turn.future().compose(done -> turns(count - 1));
    }
}
