package dev.muster.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.queue.JobStore.CancelVerdict;
import dev.muster.queue.JobStore.RedriveVerdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** A test of a store: what a test says to it, in a word each. */
public abstract class StoreTest {

    /** Longer than any pause of {@link #settings()}. */
    protected static final Duration LONG = Duration.ofMinutes(1);

    protected static final Duration LEASE = Duration.ofSeconds(30);

    private final List<StoreFixture> opened = new ArrayList<>();

    /** The hints so far. */
    protected final HeardHints hints = new HeardHints();

    protected StoreFixture store;

    /** A new queue, without jobs. Several are open at once in no test. */
    protected abstract StoreFixture open(QueueSettings settings, JobStore.Listener listener);

    /** The defaults of a queue of this store. */
    protected abstract QueueSettings defaults();

    /** Short pauses, 2 tries after the first. */
    protected QueueSettings settings() {
        var pauses = new QueueSettings.Backoff(Duration.ofSeconds(1), Duration.ofSeconds(20));
        return defaults().withRetries(2, pauses).withLease(LEASE);
    }

    protected void open(QueueSettings settings) {
        store = open(settings, hints);
        opened.add(store);
    }

    protected void open() {
        open(settings());
    }

    protected void openPerKey(int atOnce) {
        open(settings().withKeys(OptionalInt.of(atOnce), null));
    }

    protected void openKeyRate(int tokens, Duration per) {
        open(settings().withKeys(OptionalInt.empty(), new QueueSettings.KeyRate(tokens, per)));
    }

    @AfterEach
    void end() {
        opened.forEach(StoreFixture::end);
    }

    // ---- what a test says

    protected static NewJob job(String name) {
        return NewJob.of("\"" + name + "\"");
    }

    protected static Duration ms(long millis) {
        return Duration.ofMillis(millis);
    }

    protected static Duration seconds(long seconds) {
        return Duration.ofSeconds(seconds);
    }

    protected List<PutResult> put(NewJob... jobs) {
        return store.call(to -> to.put(List.of(jobs)));
    }

    /** Puts jobs without more, which are accepted; their ids. */
    protected List<String> putNamed(String... names) {
        return putAll(Arrays.stream(names).map(StoreTest::job).toArray(NewJob[]::new));
    }

    /** Puts jobs, which are accepted; their ids. */
    protected List<String> putAll(NewJob... jobs) {
        List<PutResult> results = put(jobs);
        assertThat(results).extracting(PutResult::verdict).containsOnly(PutResult.Verdict.ACCEPTED);
        return results.stream().map(PutResult::id).toList();
    }

    protected String putOne(NewJob job) {
        return putAll(job).get(0);
    }

    protected List<Job> take(int max) {
        return store.call(from -> from.take(max));
    }

    protected Job takeOne() {
        List<Job> jobs = take(1);
        // A store that is shared passes over a job which somebody else, its own housekeeping say, has in hand this
        // moment.
        for (int tries = 1; jobs.isEmpty() && tries < store.mostTries(); tries++) {
            jobs = take(1);
        }
        assertThat(jobs).hasSize(1);
        return jobs.get(0);
    }

    /** What can be taken now, by its names in order; it is leased then. */
    protected List<String> takeNames(int max) {
        return names(take(max));
    }

    protected static List<String> names(List<Job> jobs) {
        return jobs.stream().map(StoreTest::name).toList();
    }

    protected static String name(Job job) {
        return job.body().substring(1, job.body().length() - 1);
    }

    protected Settled settle(Settle one) {
        return settleAll(one).get(0);
    }

    protected List<Settled> settleAll(Settle... batch) {
        return store.call(to -> to.settle(List.of(batch)));
    }

    protected Settled ack(Job job) {
        return settle(new Settle.Ack(job.id(), job.lease(), null));
    }

    protected Settled fail(Job job) {
        return fail(job, null);
    }

    protected Settled fail(Job job, @Nullable Duration retryIn) {
        return settle(new Settle.Fail(job.id(), job.lease(), "{\"detail\":\"broken\"}", retryIn, false));
    }

    protected Settled giveUp(Job job) {
        return settle(new Settle.Fail(job.id(), job.lease(), "{\"detail\":\"broken\"}", null, true));
    }

    protected Settled release(Job job) {
        return settle(new Settle.Release(job.id(), job.lease()));
    }

    protected Settled extend(Job job, Duration by) {
        return settle(new Settle.Extend(job.id(), job.lease(), by));
    }

    protected Settled checkpoint(Job job, String json) {
        return settle(new Settle.Checkpoint(job.id(), job.lease(), json));
    }

    protected CancelVerdict cancel(String id) {
        return cancelAll(List.of(id)).get(0);
    }

    protected List<CancelVerdict> cancelAll(List<String> ids) {
        return store.call(to -> to.cancel(ids));
    }

    protected int redrive(int max) {
        return store.call(to -> to.redrive(max));
    }

    protected RedriveVerdict redrive(String id) {
        return store.call(to -> to.redrive(id));
    }

    /** The ids of a page. */
    protected List<String> list(JobState state, @Nullable String after, int limit) {
        List<Job.View> jobs = store.call(in -> in.list(state, after, limit));
        return jobs.stream().map(Job.View::id).toList();
    }

    protected List<Job.View> views(JobState state) {
        return store.call(in -> in.list(state, null, JobStore.MAX_LISTED));
    }

    protected List<String> list(JobState state) {
        return list(state, null, JobStore.MAX_LISTED);
    }

    protected void turn(StoreFixture.Switch which, boolean on) {
        store.call(to -> which.turn(to, on));
    }

    protected QueueStatus status() {
        return store.call(JobStore::status);
    }

    protected QueueStatus.Counts counts() {
        return status().counts();
    }

    protected Job.@Nullable View find(String id) {
        return store.call(in -> in.find(id)).orElse(null);
    }

    /** Puts a job and gives it up: it is dead. */
    protected String putDead(NewJob job) {
        String id = putOne(job);
        Job taken = takeOne();
        assertThat(taken.id()).isEqualTo(id);
        assertThat(giveUp(taken)).isEqualTo(Settled.to(JobState.DEAD));
        return id;
    }
}
