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
 * <p>{@link #set} wakes all waiters; they resume even if the flag is cleared before their turn. On the loop only.
 */
public final class Event {

    /**
     * The state of an event at one moment.
     *
     * @param isSet whether the flag is set
     * @param waiting the number of waiting tasks
     */
    public record Statistics(boolean isSet, int waiting) {}

    private final Loop loop;
    private final Waiters<Boolean, Void> line = new Waiters<>("an event");
    private boolean isSet;

    /** Creates an event that is not set, for the tasks of this loop. */
    public Event(Loop loop) {
        this.loop = loop;
    }

    /** Sets the flag and wakes all waiters. Setting it again does nothing. */
    public void set() {
        Waiters.requireLoop(loop, this);
        isSet = true;
        for (var next = line.poll(); next != null; next = line.poll()) {
            next.resume(null);
        }
    }

    /** Clears the flag: from now on tasks wait for the next {@link #set}. */
    public void clear() {
        Waiters.requireLoop(loop, this);
        isSet = false;
    }

    /** Whether the flag is set. */
    public boolean isSet() {
        return isSet;
    }

    /** Waits until the flag is set; completes at once if it is. */
    public Future<Void> await(Scope scope) {
        return await(scope, null);
    }

    /** As {@link #await(Scope)}, with a time limit, null for none; fails with {@link TimedOutException} if it passes first. */
    public Future<Void> await(Scope scope, @Nullable Duration limit) {
        Waiters.requireLoop(loop, this);
        CancelReason reason = scope.cancelReason();
        if (reason != null) {
            return Waiters.cancelled(reason);
        }
        return isSet ? Future.succeededFuture() : line.join(scope, true, limit);
    }

    /** The current statistics. */
    public Statistics statistics() {
        return new Statistics(isSet, line.size());
    }
}
