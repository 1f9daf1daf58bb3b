package dev.muster.client;

import dev.muster.client.Channel.QueueRequest;
import dev.muster.loop.Loop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The client of one queue of a node: puts, takes and settles jobs. Safe on any thread; futures complete on any thread, and
 * failures are {@link MusterError}s. A wait is at most 5 minutes.
 */
public final class QueueClient {

    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
    private static final int PARTS_OF_A_LEASE = 4;

    private final Loop loop;
    private final Channel channel;
    private final String name;
    private final IntFunction<Duration> pauses;

    /**
     * The client of a queue.
     *
     * @param pauses returns the pause after a number of consecutive failures
     */
    QueueClient(Loop loop, Channel channel, String name, IntFunction<Duration> pauses) {
        this.loop = loop;
        this.channel = channel;
        this.name = name;
        this.pauses = pauses;
    }

    /** Returns the name of the queue. */
    public String name() {
        return name;
    }

    /**
     * Puts a job and waits this long for room. Fails with {@code limit} if the queue stays full, with {@code conflict} if it is
     * closed. If the connection is lost meanwhile, the job can be in the queue: where this matters, give the job a unique word
     * and repeat the put.
     */
    public Future<PutReply> put(PutJob job, Duration wait) {
        var body = new LinkedHashMap<>(job.value());
        body.put("wait", JobMessages.duration(wait));
        return ask("put", body, wait).map(reply -> JobMessages.put(JobMessages.map(reply)));
    }

    /** Puts up to 1,000 jobs and completes with the result of each, in the same order. Fails if no job was put. */
    public Future<List<PutReply>> putAll(List<PutJob> jobs, Duration wait) {
        var body = new LinkedHashMap<String, Object>();
        body.put("jobs", jobs.stream().map(PutJob::value).toList());
        body.put("wait", JobMessages.duration(wait));
        return ask("put", body, wait)
                .map(reply ->
                        JobMessages.jobs(reply).stream().map(JobMessages::put).toList());
    }

    /** Takes up to {@code max} jobs, from 1 to 1,000, and waits this long for the first. Returns an empty list if there is none. */
    public Future<List<TakenJob>> take(int max, Duration wait) {
        return taking(max, wait).answer();
    }

    /** Takes jobs with a request that can be withdrawn. */
    QueueRequest<List<TakenJob>> taking(int max, Duration wait) {
        Map<String, ?> body = Map.of("max", (long) max, "wait", JobMessages.duration(wait));
        return channel.askAndWait(JobMessages.address(name, "take"), body, wait.plus(Channel.PATIENCE))
                .map(JobMessages::taken);
    }

    /**
     * Acknowledges a job with an output. Fails with {@code conflict} if the lease is not valid, as do {@code fail},
     * {@code extend} and {@code release}. While the node cannot be reached or its store does not respond, an ack, a fail and a
     * release are repeated for the duration of a lease; a repeat of one that took effect completes normally.
     */
    public Future<Void> ack(TakenJob job, @Nullable Object output) {
        Map<String, @Nullable Object> body = JobMessages.lease(job);
        if (output != null) {
            body.put("output", output);
        }
        return outcome("ack", job, body);
    }

    /** Fails this attempt with a reason, which is a JSON value. The next attempt follows after the queue's back-off. */
    public Future<Void> fail(TakenJob job, @Nullable Object error) {
        return fail(job, error, null, false);
    }

    /**
     * Fails this attempt.
     *
     * @param retryIn pause before the next attempt; null for the queue's back-off
     * @param givesUp whether the job is dead at once, without a next attempt
     */
    public Future<Void> fail(TakenJob job, @Nullable Object error, @Nullable Duration retryIn, boolean givesUp) {
        Map<String, @Nullable Object> body = JobMessages.lease(job);
        body.putAll(JobMessages.failure(error, retryIn, givesUp));
        return outcome("fail", job, body);
    }

    /** Extends the lease to at least this long from now, at most 1 h. */
    public Future<Void> extend(TakenJob job, Duration by) {
        Map<String, @Nullable Object> body = JobMessages.lease(job);
        body.put("by", JobMessages.duration(by));
        return settle("extend", body);
    }

    /** Releases the job unworked: the attempt does not count. */
    public Future<Void> release(TakenJob job) {
        return outcome("release", job, JobMessages.lease(job));
    }

    /** Waits until no job is scheduled, ready or leased. */
    public Future<Void> join() {
        return join(LONGEST_WAIT).compose(joined -> Boolean.TRUE.equals(joined) ? Future.succeededFuture() : join());
    }

    /** Waits at most this long until no job is scheduled, ready or leased. Returns whether this is so. */
    public Future<Boolean> join(Duration wait) {
        return ask("join", Map.of("wait", JobMessages.duration(wait)), wait)
                .map(reply -> Boolean.TRUE.equals(JobMessages.map(reply).get("joined")));
    }

    /** Closes the queue: puts are rejected, and jobs already in the queue are still processed. Returns the status of the queue. */
    public Future<Map<String, @Nullable Object>> close() {
        return ask("close", Map.of(), Duration.ZERO).map(JobMessages::map);
    }

    /** Settles several jobs in one request. Completes with {@code {id, state}} or {@code {id, error}} for each, in the same order. */
    Future<List<Map<String, @Nullable Object>>> settle(String word, List<Map<String, @Nullable Object>> jobs) {
        return ask(word, Map.of("jobs", jobs), Duration.ZERO).map(JobMessages::jobs);
    }

    private Future<Void> outcome(String word, TakenJob job, Map<String, @Nullable Object> body) {
        Promise<Void> answer = Promise.promise();
        loop.execute(() -> outcome(
                word, body, job.leaseTime(), loop.nanos() + job.leaseTime().toNanos(), 0, answer));
        return answer.future();
    }

    private void outcome(
            String word,
            Map<String, @Nullable Object> body,
            Duration lease,
            long overNanos,
            int failures,
            Promise<Void> answer) {
        settle(word, body)
                .onComplete((done, failure) -> loop.execute(() -> {
                    long leftNanos = overNanos - loop.nanos();
                    if (failure == null) {
                        answer.complete();
                    } else if (leftNanos > 0
                            && failure instanceof MusterError error
                            && error.mayPass()
                            && !channel.isClosed()) {
                        long pauseNanos =
                                Math.min(leftNanos, pause(failures, lease).toNanos());
                        loop.schedule(pauseNanos, () -> outcome(word, body, lease, overNanos, failures + 1, answer));
                    } else {
                        answer.fail(failure);
                    }
                }));
    }

    /** Returns the pause before a settle is repeated: with jitter, and at most a quarter of a lease. */
    Duration pause(int failures, Duration lease) {
        long nanos = Math.min(
                Math.min(pauses.apply(failures).toNanos(), LONGEST_PAUSE.toNanos()),
                lease.dividedBy(PARTS_OF_A_LEASE).toNanos());
        return Duration.ofNanos(nanos / 2 + ThreadLocalRandom.current().nextLong(nanos / 2 + 1));
    }

    private Future<Void> settle(String word, Map<String, @Nullable Object> body) {
        return ask(word, body, Duration.ZERO).mapEmpty();
    }

    private Future<@Nullable Object> ask(String word, Map<String, ?> body, Duration wait) {
        return channel.ask(JobMessages.address(name, word), body, wait.plus(Channel.PATIENCE));
    }
}
