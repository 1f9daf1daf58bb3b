package dev.muster.queue;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** A store of one queue under test, with its time in the test's hand. */
public interface StoreFixture {

    /** What an operator turns on and off for a whole queue. */
    enum Switch {
        PAUSED,
        CLOSED;

        public Future<Void> turn(JobStore store, boolean on) {
            if (this == PAUSED) {
                return on ? store.pause() : store.resume();
            }
            return on ? store.close() : store.reopen();
        }
    }

    /** Does something with the store on its loop, and gives what its future completes with; throws what it fails with. */
    <T> T call(Function<JobStore, Future<T>> operation);

    /** Lets the store's time pass; what it brings about has happened, and hints of it have been told, when this returns. */
    void advance(Duration by);

    /** Waits for a hint: gives the store its turns until the condition holds, and fails if it never does. */
    void until(String what, BooleanSupplier condition);

    /** Whether jobs that are done or cancelled are known for a while. */
    boolean keepsFinished();

    /** Ends the store and checks that it has left nothing running. */
    void end();

    /** How often a job that can be taken may be passed over. */
    default int mostTries() {
        return 1;
    }
}
