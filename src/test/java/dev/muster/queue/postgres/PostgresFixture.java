package dev.muster.queue.postgres;

import dev.muster.connect.Rig;
import dev.muster.loop.Loop;
import dev.muster.queue.Job;
import dev.muster.queue.JobStore;
import dev.muster.queue.NewJob;
import dev.muster.queue.PutResult;
import dev.muster.queue.Settle;
import dev.muster.queue.Settled;
import dev.muster.queue.StoreFixture;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** A store in Postgres on a real loop; its time is the database's. */
final class PostgresFixture implements StoreFixture {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    final Loop loop;
    final PostgresStore store;
    private final JobsDatabase database;

    PostgresFixture(JobsDatabase database, Loop loop, JobStore store, JobStore.Listener listener) {
        this.database = database;
        this.loop = loop;
        this.store = (PostgresStore) store;
        call(opened -> {
            opened.listen(listener);
            return Future.succeededFuture();
        });
    }

    /** Begins something on the store's loop. */
    <T> Future<T> begin(Function<JobStore, Future<T>> operation) {
        Promise<T> end = Promise.promise();
        loop.execute(() -> {
            try {
                operation.apply(store).onComplete(end);
            } catch (RuntimeException e) {
                end.fail(e);
            }
        });
        return end.future();
    }

    List<PutResult> put(NewJob... jobs) {
        return call(to -> to.put(List.of(jobs)));
    }

    List<Job> take(int most) {
        return call(from -> from.take(most));
    }

    List<Settled> settle(List<Settle> batch) {
        return call(to -> to.settle(batch));
    }

    @Override
    public <T> T call(Function<JobStore, Future<T>> operation) {
        return Rig.await(begin(operation));
    }

    @Override
    public int mostTries() {
        return 1_000;
    }

    @Override
    public void advance(Duration by) {
        database.advance(by);
        // The store looks of its own accord, too: what that is at, another look passes over, and so does a take.
        while (call(opened -> store.look()).getInteger(0) > 0 || late() > 0 || locked() > 0) {}
        call(opened -> {
            store.missed();
            return Future.succeededFuture();
        });
    }

    private long late() {
        return database.number("select count(*) from muster.job where queue = " + store.number()
                + " and (state = 'leased' and expires <= muster.now() or state = 'scheduled' and due <= muster.now())");
    }

    /** The ready jobs that a session has locked: a look locks even one that another look made ready meanwhile, until it ends. */
    private long locked() {
        String ready = " from muster.job where queue = " + store.number() + " and state = 'ready'";
        return database.number("with free as (select id" + ready + " for no key update skip locked)"
                + " select (select count(*)" + ready + ") - (select count(*) from free)");
    }

    @Override
    public void until(String what, BooleanSupplier condition) {
        Promise<Void> met = Promise.promise();
        loop.execute(() -> look(what, condition, loop.nanos() + PATIENCE.toNanos(), met));
        Rig.await(met.future());
    }

    private void look(String what, BooleanSupplier condition, long lastNanos, Promise<Void> met) {
        if (condition.getAsBoolean()) {
            met.complete();
        } else if (loop.nanos() > lastNanos) {
            met.fail(new AssertionError("not within " + PATIENCE + ": " + what));
        } else {
            loop.schedule(Duration.ofMillis(2), () -> look(what, condition, lastNanos, met));
        }
    }

    @Override
    public boolean keepsFinished() {
        return true;
    }

    @Override
    public void end() {
        call(JobStore::end);
    }
}
