package dev.muster.client;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A queue of a node, by its name: puts, takes, and what a holder says of its jobs. Any thread; futures complete on any, failures
 * are {@link MusterError}s. Waits are as long as they say, 5 minutes at most.
 */
public final class QueueClient {

    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

    private final Channel channel;
    private final String name;

    QueueClient(Channel channel, String name) {
        this.channel = channel;
        this.name = name;
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

    /** The job is done, with this result; {@code conflict} if the lease is no longer the job's, as for the next three. */
    public Future<Void> ack(TakenJob job, @Nullable Object output) {
        Map<String, @Nullable Object> body = JobMessages.lease(job);
        if (output != null) {
            body.put("output", output);
        }
        return settle("ack", body);
    }

    /** This try failed for that reason, a JSON value; the next one comes after the queue's back-off. */
    public Future<Void> fail(TakenJob job, @Nullable Object error) {
        return fail(job, error, null, false);
    }

    /** This try failed; {@code retryIn} is the pause before the next one, unless it is given up. */
    public Future<Void> fail(TakenJob job, @Nullable Object error, @Nullable Duration retryIn, boolean givesUp) {
        Map<String, @Nullable Object> body = JobMessages.lease(job);
        body.putAll(JobMessages.failure(error, retryIn, givesUp));
        return settle("fail", body);
    }

    /** Makes the lease run so long from now at least, an hour at most. */
    public Future<Void> extend(TakenJob job, Duration by) {
        Map<String, @Nullable Object> body = JobMessages.lease(job);
        body.put("by", JobMessages.duration(by));
        return settle("extend", body);
    }

    /** Gives the job back unworked: the try does not count. */
    public Future<Void> release(TakenJob job) {
        return settle("release", JobMessages.lease(job));
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

    private Future<Void> settle(String word, Map<String, @Nullable Object> body) {
        return ask(word, body, Duration.ZERO).mapEmpty();
    }

    private Future<@Nullable Object> ask(String word, Map<String, ?> body, Duration wait) {
        return channel.ask(JobMessages.address(name, word), body, wait.plus(Channel.PATIENCE));
    }
}
