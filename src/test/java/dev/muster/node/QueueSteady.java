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
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A durable queue under a steady stream of jobs, each put by itself and worked on at once, while finished ones are deleted a
 * minute later: what its table grows to, and how long a job takes from the put to its end.
 *
 * <p>Arguments: the database, seconds, jobs a second, and the file for the samples as CSV. For the case {@code queue-steady} of
 * {@code scripts/bench/run}.
 */
final class QueueSteady {
    private static final String PAYLOAD = "x".repeat(64);
    private static final int SAMPLE_SECONDS = 5;
    private static final int TICK_MILLIS = 10;
    private static final int CONSUMERS = 3;
    private static final int MAX_TAKEN = 100;
    private static final String SIZES = """
            select pg_table_size('muster.job') as heap, pg_indexes_size('muster.job') as indexes,
                pg_total_relation_size('muster.tally') as tally, s.n_live_tup as live, s.n_dead_tup as dead,
                s.autovacuum_count as vacuums, (select sum(scheduled + ready + leased) from muster.tally) as unfinished
            from pg_stat_user_tables s where s.relid = 'muster.job'::regclass""";

    private final int seconds;
    private final int perSecond;
    private final JobQueue queue;
    private final Loop loop;
    private final PgConnection database;
    private final PrintStream samples;
    private final Promise<Void> over = Promise.promise();
    private double[] tookMillis = new double[1024];
    private int ended;
    private long put;
    private long refused;
    private long beganNanos;

    private QueueSteady(
            int seconds, int perSecond, JobQueue queue, Loop loop, PgConnection database, PrintStream samples) {
        this.seconds = seconds;
        this.perSecond = perSecond;
        this.queue = queue;
        this.loop = loop;
        this.database = database;
        this.samples = samples;
    }

    public static void main(String[] args) throws Exception {
        Vertx vertx = Vertx.vertx();
        try (var samples = new PrintStream(Files.newOutputStream(Path.of(args[3])), true)) {
            String uri = args[0];
            PgConnection database = await(PgConnection.connect(vertx, PgConnectOptions.fromUri(uri)));
            try (var rig = new ServeRig(Files.createTempDirectory("queue-steady"))
                    .config("sources: {db: {postgres: '" + uri + "'}}\n"
                            + "queues: {steady: {store: db, keep: {done: 1m}}}\n")
                    .start()) {
                JobQueue queue = rig.service().queues().queue("steady", Caller.everyone());
                await(queue.status());
                Loop loop = Loop.of(rig.vertx());
                new QueueSteady(Integer.parseInt(args[1]), Integer.parseInt(args[2]), queue, loop, database, samples)
                        .run();
            }
        } finally {
            vertx.close();
        }
    }

    private void run() {
        samples.println("second,put,heap_bytes,index_bytes,tally_bytes,live_rows,dead_rows,autovacuums,unfinished,"
                + "done,p50_ms,p99_ms,max_ms");
        Tasks tasks = Tasks.on(loop);
        List<Task<?>> consumers = new ArrayList<>();
        for (int i = 0; i < CONSUMERS; i++) {
            consumers.add(tasks.start("consumer", this::consume));
        }
        loop.execute(() -> {
            beganNanos = loop.nanos();
            tick();
            sample(1);
        });
        await(over.future());
        consumers.forEach(one -> one.cancel(CancelReason.of("measured")));
        await(tasks.close());
        System.err.printf("%,d jobs put, %,d refused%n", put, refused);
    }

    /** Puts what is due by the clock, so that a late tick makes up for itself. */
    private void tick() {
        long sinceMillis = (loop.nanos() - beganNanos) / 1_000_000;
        long due = Math.min(sinceMillis, seconds * 1_000L) * perSecond / 1_000;
        while (put < due) {
            long at = loop.nanos();
            queue.tryPut(NewJob.of("{\"at\":" + at + ",\"payload\":\"" + PAYLOAD + "\"}"))
                    .onFailure(failure -> refused++);
            put++;
        }
        if (sinceMillis < seconds * 1_000L) {
            loop.schedule(TICK_MILLIS * 1_000_000L, this::tick);
        }
    }

    private Future<Void> consume(Scope scope) {
        return Repeat.whileTrue(
                scope,
                () -> queue.take(scope, MAX_TAKEN)
                        .compose(jobs -> scope.await("acks", acked(jobs)).map(true)));
    }

    private Future<Void> acked(List<Job> jobs) {
        Promise<Void> all = Promise.promise();
        int[] left = {jobs.size()};
        for (Job job : jobs) {
            queue.ack(job, null)
                    .onComplete((settled, failure) -> loop.execute(() -> {
                        if (failure != null || !settled.isApplied()) {
                            System.err.println("not acknowledged: " + settled + " " + failure);
                        } else {
                            ended(job);
                        }
                        if (--left[0] == 0) {
                            all.complete();
                        }
                    }));
        }
        return jobs.isEmpty() ? Future.succeededFuture() : all.future();
    }

    private void ended(Job job) {
        if (ended == tookMillis.length) {
            tookMillis = Arrays.copyOf(tookMillis, 2 * ended);
        }
        String body = job.body();
        long at = Long.parseLong(body.substring(6, body.indexOf(',')));
        tookMillis[ended++] = (loop.nanos() - at) / 1e6;
    }

    private void sample(int number) {
        long atNanos = beganNanos + number * SAMPLE_SECONDS * 1_000_000_000L;
        loop.schedule(Math.max(0, atNanos - loop.nanos()), () -> {
            double[] took = Arrays.copyOf(tookMillis, ended);
            ended = 0;
            Arrays.sort(took);
            long soFar = put;
            database.query(SIZES)
                    .execute()
                    .onComplete((rows, failure) -> loop.execute(() -> {
                        if (failure != null) {
                            over.fail(failure);
                            return;
                        }
                        print(number * SAMPLE_SECONDS, soFar, rows.iterator().next(), took);
                        if (number * SAMPLE_SECONDS >= seconds) {
                            over.complete();
                        } else {
                            sample(number + 1);
                        }
                    }));
        });
    }

    private void print(int second, long soFar, Row sizes, double[] took) {
        samples.printf(
                "%d,%d,%s,%s,%s,%s,%s,%s,%s,%d,%.1f,%.1f,%.1f%n",
                second,
                soFar,
                sizes.getValue(0),
                sizes.getValue(1),
                sizes.getValue(2),
                sizes.getValue(3),
                sizes.getValue(4),
                sizes.getValue(5),
                sizes.getValue(6),
                took.length,
                at(took, 0.5),
                at(took, 0.99),
                at(took, 1));
    }

    private static double at(double[] sorted, double share) {
        return sorted.length == 0 ? Double.NaN : sorted[(int) Math.min(sorted.length - 1, share * sorted.length)];
    }

    private static <T> T await(Future<T> future) {
        var end = new CompletableFuture<T>();
        future.onComplete((value, failure) -> {
            if (failure == null) {
                end.complete(value);
            } else {
                end.completeExceptionally(failure);
            }
        });
        return end.join();
    }
}
