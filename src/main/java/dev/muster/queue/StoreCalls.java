package dev.muster.queue;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The calls of one queue to its store: counted, so that the store is ended after the last one has been answered. */
final class StoreCalls {

    private final JobStore store;
    private int inFlight;
    private long total;
    private @Nullable Promise<Void> ending;

    StoreCalls(JobStore store) {
        this.store = store;
    }

    long total() {
        return total;
    }

    boolean isEnding() {
        return ending != null;
    }

    /** Calls; an exception is a failed future. */
    <T> Future<T> call(Function<JobStore, Future<T>> operation) {
        inFlight++;
        total++;
        Future<T> answer;
        try {
            answer = operation.apply(store);
        } catch (RuntimeException e) {
            answer = Future.failedFuture(e);
        }
        return answer;
    }

    /** To be called when what follows an answer has been done, which may be another call. */
    void answered() {
        inFlight--;
        endIfQuiet();
    }

    /** Calls, for whom the answer alone counts. */
    <T> Future<T> once(Function<JobStore, Future<T>> operation) {
        return this.<T>call(operation).onComplete((value, failure) -> answered());
    }

    /** Ends the store once no call is in flight. */
    Future<Void> end() {
        if (ending == null) {
            ending = Promise.promise();
            endIfQuiet();
        }
        return ending.future();
    }

    private void endIfQuiet() {
        if (ending != null && inFlight == 0 && !ending.future().isComplete()) {
            // So that it is never quiet, and ended, again.
            inFlight++;
            store.end().onComplete(ending);
        }
    }
}
