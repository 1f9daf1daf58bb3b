package dev.muster.client;

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
 * A queue of a node, by its name: puts, takes, and what a holder says of its jobs. Any thread; futures complete on any, failures
 * are {@link MusterError}s. Waits are as long as they say, 5 minutes at most.
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
     * A queue.
     *
     * @param pauses how long to wait after so many failures in a row
     */
    QueueClient(Loop loop, Channel channel, String name, IntFunction<Duration> pauses) {
        this.loop = loop;
        this.channel = channel;
        this.name = name;
        this.pauses = pauses;
    }

    /** Its name. */
    public String name() {
        return name;
    }

    /**
     * Puts a job, and waits so long for room; type {@code limit} if the queue stays full, {@code conflict} if it is closed. If the
     * connection is lost meanwhile the job may be there: where that matters, give it a unique word and put it again.
     */
    public Future<PutReply> put(PutJob job, Duration wait) {
        var body = new LinkedHashMap<>(job.value());
        body.put("wait", JobMessages.duration(wait));
        return ask("put", body, wait).map(reply -> JobMessages.put(JobMessages.map(reply)));
    }

    /** Puts up to 1,000 jobs; what became of each, in their order. Fails if none was put. */
    public Future<List<PutReply>> putAll(List<PutJob> jobs, Duration wait) {
        var body = new LinkedHashMap<String, Object>();
        body.put("jobs", jobs.stream().map(PutJob::value).toList());
        body.put("wait", JobMessages.duration(wait));
        return ask("put", body, wait)
                .map(reply ->
                        JobMessages.jobs(reply).stream().map(JobMessages::put).toList());
    }

    /** Takes up to so many jobs, from 1 to 1,000, and waits so long for the first; none if there is none. */
    public Future<List<TakenJob>> take(int max, Duration wait) {
        return taking(max, wait).answer();
    }

    /** The same, such that it can be withdrawn. */
    QueueRequest<List<TakenJob>> taking(int max, Duration wait) {
        Map<String, ?> body = Map.of("max", (long) max, "wait", JobMessages.duration(wait));
        return channel.askAndWait(JobMessages.address(name, "take"), body, wait.plus(Channel.PATIENCE))
                .map(JobMessages::taken);
    }

    /**
     * The job is done, with this result; {@code conflict} if the lease is no longer the job's, as for the next three. While the node
     * cannot be reached or its store does not answer, an ack, a fail and a release are said again, for as long as a lease
     * lasts; one that took effect is answered as done.
     */
    public Future<Void> ack(TakenJob job, @Nullable Object output) {
        Map<String, @Nullable Object> body = JobMessages.lease(job);
        if (output != null) {
            body.put("output", output);
        }
        return outcome("ack", job, body);
    }

    /** This try failed for that reason, a JSON value; the next one comes after the queue's back-off. */
    public Future<Void> fail(TakenJob job, @Nullable Object error) {
        return fail(job, error, null, false);
    }

    /** This try failed; {@code retryIn} is the pause before the next one, unless it is given up. */
    public Future<Void> fail(TakenJob job, @Nullable Object error, @Nullable Duration retryIn, boolean givesUp) {
        Map<String, @Nullable Object> body = JobMessages.lease(job);
        body.putAll(JobMessages.failure(error, retryIn, givesUp));
        return outcome("fail", job, body);
    }

    /** Makes the lease run so long from now at least, an hour at most. */
    public Future<Void> extend(TakenJob job, Duration by) {
        Map<String, @Nullable Object> body = JobMessages.lease(job);
        body.put("by", JobMessages.duration(by));
        return settle("extend", body);
    }

    /** Gives the job back unworked: the try does not count. */
    public Future<Void> release(TakenJob job) {
        return outcome("release", job, JobMessages.lease(job));
    }

    /** Waits until no job is scheduled, ready or leased. */
    public Future<Void> join() {
        return join(LONGEST_WAIT).compose(joined -> Boolean.TRUE.equals(joined) ? Future.succeededFuture() : join());
    }

    /** Waits for that so long at most; whether it came about. */
    public Future<Boolean> join(Duration wait) {
        return ask("join", Map.of("wait", JobMessages.duration(wait)), wait)
                .map(reply -> Boolean.TRUE.equals(JobMessages.map(reply).get("joined")));
    }

    /** Lets nobody put any more; jobs that are there are worked on. What the queue is like now. */
    public Future<Map<String, @Nullable Object>> close() {
        return ask("close", Map.of(), Duration.ZERO).map(JobMessages::map);
    }

    /** Says one thing of several jobs; {@code {id, state} or {id, error}} of each, in their order. */
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

    /** How long to wait before an outcome is said again: with jitter, and well within a lease. */
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
