package dev.muster.queue.postgres;

import dev.muster.loop.Loop;
import dev.muster.queue.Job;
import dev.muster.queue.JobState;
import dev.muster.queue.JobStore;
import dev.muster.queue.NewJob;
import dev.muster.queue.PutResult;
import dev.muster.queue.QueueException;
import dev.muster.queue.QueueSettings;
import dev.muster.queue.QueueStatus;
import dev.muster.queue.Settle;
import dev.muster.queue.Settled;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The jobs of one queue in a Postgres. Runs on its loop only.
 *
 * <p>Each operation is one function of the schema, so one round trip and one transaction. If a response is lost, idempotent
 * operations are repeated. A put is not repeated, because its jobs can be in the queue already.
 */
final class PostgresStore implements JobStore {

    private final Loop loop;
    private final StorePool pool;
    private final int number;
    private final QueueSettings settings;
    private final Consumer<PostgresStore> onEnd;
    private final StoreWatch watch;
    private final NotifyDebouncer debouncer;
    private boolean ended;

    /**
     * The store of a queue that exists in the database.
     *
     * @param number number of the queue in the database
     * @param onEnd called once, when the store ends
     */
    PostgresStore(Loop loop, StorePool pool, int number, QueueSettings settings, Consumer<PostgresStore> onEnd) {
        this.loop = loop;
        this.pool = pool;
        this.number = number;
        this.settings = settings;
        this.onEnd = onEnd;
        this.watch = new StoreWatch(loop, settings.name(), this::look);
        this.debouncer = new NotifyDebouncer(loop, this::notifyNodes);
    }

    int number() {
        return number;
    }

    Loop loop() {
        return loop;
    }

    @Override
    public void listen(Listener listener) {
        watch.listen(listener);
    }

    @Override
    public Future<List<PutResult>> put(List<NewJob> jobs) {
        return open(() -> {
            if (jobs.isEmpty()) {
                return Future.succeededFuture(List.of());
            }
            boolean notifies = debouncer.mayNotify();
            String maybe = "the queue \"" + settings.name()
                    + "\" has possibly accepted the jobs; with a unique word each, putting them again is safe";
            return pool.once(loop, Statement.PUT, maybe, StoreRows.put(number, jobs, notifies))
                    .map(rows -> {
                        List<PutResult> results = StoreRows.list(rows, StoreRows::putResult);
                        afterPut(jobs, results, notifies);
                        return results;
                    });
        });
    }

    private void afterPut(List<NewJob> jobs, List<PutResult> results, boolean notified) {
        boolean isReady = false;
        for (int i = 0; i < jobs.size(); i++) {
            PutResult.Verdict verdict = results.get(i).verdict();
            Duration delay = jobs.get(i).delay();
            if (verdict == PutResult.Verdict.FULL) {
                watch.wantRoom();
            } else if (verdict == PutResult.Verdict.ACCEPTED && delay.isZero()) {
                isReady = true;
            } else if (verdict == PutResult.Verdict.ACCEPTED) {
                watch.lookSoon(delay.plusMillis(1));
            }
        }
        if (isReady) {
            watch.hintReady();
            if (!notified) {
                debouncer.withheld();
            }
        }
    }

    @Override
    public Future<List<Job>> take(int max) {
        if (max < 1) {
            throw new IllegalArgumentException("a take asks for at least 1 job, not " + max);
        }
        return open(() -> {
            long call = ThreadLocalRandom.current().nextLong();
            return pool.repeat(loop, Statement.TAKE, again -> Tuple.of(number, max, call, again))
                    .map(rows -> {
                        List<Job> jobs = StoreRows.list(rows, StoreRows::job);
                        if (!jobs.isEmpty()) {
                            watch.lookSoon(settings.lease());
                        }
                        if (jobs.size() < max && settings.keyRate() != null) {
                            watch.look(false);
                        }
                        return jobs;
                    });
        });
    }

    @Override
    public Future<List<Settled>> settle(List<Settle> batch) {
        return open(() -> {
            if (batch.isEmpty()) {
                return Future.succeededFuture(List.of());
            }
            boolean notifies = debouncer.mayNotify();
            return pool.repeat(loop, Statement.SETTLE, again -> StoreRows.settle(number, batch, again, notifies))
                    .map(rows -> {
                        rows.forEach(this::lookForNextTry);
                        List<Settled> results = StoreRows.list(rows, StoreRows::settled);
                        afterSettle(results, notifies);
                        return results;
                    });
        });
    }

    private void lookForNextTry(Row row) {
        Long pauseMicros = row.getLong(3);
        if (pauseMicros != null && pauseMicros <= 0) {
            // A take finds this job. A look would lock it for a moment, and the take would skip it.
            watch.hintReady();
        } else if (pauseMicros != null) {
            watch.lookSoon(Duration.ofMillis(pauseMicros / 1_000 + 1));
        }
    }

    private void afterSettle(List<Settled> results, boolean notified) {
        boolean isOver = results.stream().anyMatch(result -> result.isApplied() && result.state() != JobState.LEASED);
        boolean isBack = results.stream().anyMatch(result -> result.state() == JobState.READY);
        if (isBack || isOver && settings.hasKeys()) {
            watch.hintReady();
        }
        if (isOver && !notified) {
            debouncer.withheld();
        }
    }

    @Override
    public Future<List<CancelVerdict>> cancel(List<String> ids) {
        return open(() -> ids.isEmpty()
                ? Future.succeededFuture(List.of())
                : pool.repeat(loop, Statement.CANCEL, again -> StoreRows.cancel(number, ids, again))
                        .map(rows -> StoreRows.list(rows, StoreRows::cancelVerdict)));
    }

    @Override
    public Future<Integer> redrive(int max) {
        return open(() -> pool.repeat(loop, Statement.REDRIVE, again -> Tuple.of(number, max))
                .map(rows -> rows.iterator().next().getInteger(0)));
    }

    @Override
    public Future<RedriveVerdict> redrive(String id) {
        return open(() -> pool.repeat(
                        loop, Statement.REDRIVE_ONE, again -> Tuple.of(number, StoreRows.number(id), again))
                .map(rows -> StoreRows.redriveVerdict(rows.iterator().next())));
    }

    @Override
    public Future<List<Job.View>> list(JobState state, @Nullable String after, int limit) {
        // A statement does not see the rows it changes itself, so a look applies the due changes first.
        return open(() -> look().compose(looked ->
                        pool.repeat(loop, Statement.LIST, again -> StoreRows.list(number, state, after, limit)))
                .map(rows -> StoreRows.list(rows, StoreRows::view)));
    }

    @Override
    public Future<Optional<Job.View>> find(String id) {
        return open(() -> pool.repeat(loop, Statement.FIND, again -> Tuple.of(number, StoreRows.number(id)))
                .map(rows -> StoreRows.view(id, rows)));
    }

    @Override
    public Future<QueueStatus> status() {
        return open(() -> look().map(row -> watch.status(settings.name(), settings.store(), row)));
    }

    @Override
    public Future<Void> pause() {
        return turn("paused", true);
    }

    @Override
    public Future<Void> resume() {
        return turn("paused", false);
    }

    @Override
    public Future<Void> close() {
        return turn("closed", true);
    }

    @Override
    public Future<Void> reopen() {
        return turn("closed", false);
    }

    private Future<Void> turn(String column, boolean on) {
        return open(() -> pool.repeat(loop, Statement.TURN, again -> Tuple.of(number, column, on))
                .mapEmpty());
    }

    @Override
    public Future<Void> end() {
        if (!ended) {
            ended = true;
            watch.end();
            debouncer.end();
            onEnd.accept(this);
        }
        return Future.succeededFuture();
    }

    // ---- notifications

    /** Handles a notification. Runs on the loop. */
    void heard(String what, List<String> more) {
        watch.heard(what, more);
    }

    /** Checks the queue, because notifications can have been missed. Runs on the loop. */
    void missed() {
        watch.look(true);
    }

    /** Reads the status of the queue, which also does a part of its housekeeping. */
    Future<Row> look() {
        return pool.repeat(loop, Statement.LOOK, again -> Tuple.of(number))
                .map(rows -> rows.iterator().next());
    }

    private void notifyNodes() {
        Future<RowSet<Row>> sent = pool.repeat(loop, Statement.TELL, again -> Tuple.of(number));
        // If this fails, the other nodes still find out: each looks every few seconds.
        sent.onFailure(failure -> watch.lookSoon(Duration.ZERO));
    }

    private <T> Future<T> open(Supplier<Future<T>> operation) {
        if (!loop.inLoop()) {
            throw new IllegalStateException("the store of the queue \"" + settings.name() + "\" belongs to " + loop);
        }
        if (ended) {
            return Future.failedFuture(new QueueException(
                    QueueException.Kind.ENDED, "the store of the queue \"" + settings.name() + "\" has ended"));
        }
        return operation.get();
    }
}
