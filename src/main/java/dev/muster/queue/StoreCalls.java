package dev.muster.queue;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The calls of a queue to its store. They are counted, so that the store is ended after the last one has completed. An impossible
 * result, which is a bug of the store, fails the call and is logged: no caller waits for a missing result forever, and no job is
 * worked on without a lease.
 */
final class StoreCalls {

    private static final Logger LOG = LoggerFactory.getLogger(StoreCalls.class);

    private final String queue;
    private final JobStore store;
    private int inFlight;
    private long total;
    private @Nullable Promise<Void> ending;

    StoreCalls(String queue, JobStore store) {
        this.queue = queue;
        this.store = store;
    }

    long total() {
        return total;
    }

    boolean isEnding() {
        return ending != null;
    }

    /** Calls the store; an exception becomes a failed future. The caller must call {@link #answered} afterwards. */
    <T> Future<T> call(Function<JobStore, Future<T>> operation) {
        inFlight++;
        total++;
        Future<T> answer;
        try {
            answer = operation.apply(store);
        } catch (IllegalStateException e) {
            LOG.error("the queue {} is broken: {}", queue, e.getMessage());
            answer = Future.failedFuture(e);
        } catch (RuntimeException e) {
            answer = Future.failedFuture(e);
        }
        return answer;
    }

    /** Puts jobs through {@link #call}. */
    Future<List<PutResult>> put(List<NewJob> jobs) {
        return this.<List<PutResult>>call(to -> to.put(jobs)).map(results -> {
            require(results.size() == jobs.size(), "it responded to a put of", jobs.size(), results.size());
            return results;
        });
    }

    /** Takes jobs through {@link #call}. */
    Future<List<Job>> take(int max) {
        return this.<List<Job>>call(from -> from.take(max)).map(jobs -> {
            require(jobs.size() <= max, "it responded to a take of", max, jobs.size());
            for (Job job : jobs) {
                require(!job.lease().isEmpty(), "it returned a job without a lease, of", jobs.size(), 1);
            }
            return jobs;
        });
    }

    /** Settles jobs through {@link #call}. */
    Future<List<Settled>> settle(List<Settle> batch) {
        return this.<List<Settled>>call(to -> to.settle(batch)).map(results -> {
            require(results.size() == batch.size(), "it responded to a settle of", batch.size(), results.size());
            return results;
        });
    }

    private void require(boolean holds, String what, int requested, int returned) {
        if (!holds) {
            String fault = "the store of the queue \"" + queue + "\" is broken: " + what + " " + requested
                    + " jobs with " + returned;
            LOG.error(fault);
            throw new IllegalStateException(fault);
        }
    }

    /** Marks a call as finished. Called once its result has been handled, which can include starting the next call. */
    void answered() {
        inFlight--;
        endIfQuiet();
    }

    /** Takes jobs, and marks the call as finished when its result arrives. */
    Future<List<Job>> taken(int max) {
        return take(max).onComplete((jobs, failure) -> answered());
    }

    /** Calls the store, and marks the call as finished when its result arrives. */
    <T> Future<T> once(Function<JobStore, Future<T>> operation) {
        return this.<T>call(operation).onComplete((value, failure) -> answered());
    }

    /** Ends the store once no call is in flight. Idempotent. */
    Future<Void> end() {
        if (ending == null) {
            ending = Promise.promise();
            endIfQuiet();
        }
        return ending.future();
    }

    private void endIfQuiet() {
        if (ending != null && inFlight == 0 && !ending.future().isComplete()) {
            // The count never returns to 0, so that the store is ended once.
            inFlight++;
            store.end().onComplete(ending);
        }
    }
}
