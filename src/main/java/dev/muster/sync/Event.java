package dev.muster.sync;

import dev.muster.loop.Loop;
import dev.muster.task.CancelReason;
import dev.muster.task.Scope;
import dev.muster.task.TimedOutException;
import io.vertx.core.Future;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A flag that tasks of one loop wait for.
 *
 * <p>{@link #set} wakes all who wait, and they go on even if it is cleared before their turn comes. On the loop only.
 */
public final class Event {

    /**
     * An event at one moment.
     *
     * @param isSet whether it is set
     * @param waiting how many tasks wait for it
     */
    public record Statistics(boolean isSet, int waiting) {}

    private final Loop loop;
    private final Waiters<Boolean, Void> line = new Waiters<>("an event");
    private boolean isSet;

    /** An event that is not set, for the tasks of this loop. */
    public Event(Loop loop) {
        this.loop = loop;
    }

    /** Sets it and wakes all who wait. Setting it again does nothing. */
    public void set() {
        Waiters.requireLoop(loop, this);
        isSet = true;
        for (var next = line.poll(); next != null; next = line.poll()) {
            next.resume(null);
        }
    }

    /** Clears it: from now on tasks wait for the next {@link #set}. */
    public void clear() {
        Waiters.requireLoop(loop, this);
        isSet = false;
    }

    /** Whether it is set. */
    public boolean isSet() {
        return isSet;
    }

    /** Waits until it is set; does not wait if it is. */
    public Future<Void> await(Scope scope) {
        return await(scope, null);
    }

    /** As {@link #await(Scope)}; fails with {@link TimedOutException} if it is not set for so long. */
    public Future<Void> await(Scope scope, @Nullable Duration limit) {
        Waiters.requireLoop(loop, this);
        CancelReason reason = scope.cancelReason();
        if (reason != null) {
            return Waiters.cancelled(reason);
        }
        return isSet ? Future.succeededFuture() : line.join(scope, true, limit);
    }

    /** What can be told of it at this moment. */
    public Statistics statistics() {
        return new Statistics(isSet, line.size());
    }
}
