package dev.muster.task;

import dev.muster.loop.Nanos;
import dev.muster.loop.Timer;
import io.vertx.core.Completable;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A movable time limit on the waits of one task: asyncio's {@code timeout()} with {@code reschedule()}.
 *
 * <p>While it is open it applies to every wait that the task itself starts. When it passes, such a wait is undone and
 * fails with {@link TimedOutException}; further waits fail at once, until the limit is closed. The task is not cancelled:
 * code that handles the failure continues. Children of the task are not limited, but a wait for them is. Limits nest;
 * closing a limit closes those opened after it. The end of the body closes all. On the loop only.
 */
public final class Limit implements AutoCloseable, Completable<Object> {

    private final TaskNode<?> task;
    private final @Nullable Limit outer;
    private @Nullable Timer timer;
    private @Nullable CancelReason passed;
    private boolean closed;

    Limit(TaskNode<?> task, @Nullable Limit outer, Duration limit) {
        this.task = task;
        this.outer = outer;
        set(Objects.requireNonNull(limit, "a limit"));
    }

    /**
     * Moves the limit to this long from now, earlier or later.
     *
     * @throws IllegalStateException if it has passed or was closed
     */
    public void move(Duration fromNow) {
        Objects.requireNonNull(fromNow, "a limit");
        if (closed || passed != null) {
            throw new IllegalStateException("the limit of " + task + " " + (closed ? "was closed" : "has passed")
                    + "; it can no longer be moved");
        }
        dropTimer();
        set(fromNow);
    }

    /** Whether the limit passed while it was open. */
    public boolean hasPassed() {
        return passed != null;
    }

    /** Closes the limit: later waits are not subject to it. A second call does nothing. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        dropTimer();
        Extras extras = task.extras();
        for (Limit open = extras.limit; open != null; open = open.outer) {
            if (open == this) {
                for (Limit inner = extras.limit; inner != this && inner != null; inner = inner.outer) {
                    inner.closed = true;
                    inner.dropTimer();
                }
                extras.limit = outer;
                return;
            }
        }
    }

    /** Closes this limit and the enclosing ones. */
    void closeAll() {
        for (Limit open = this; open != null; open = open.outer) {
            open.close();
        }
    }

    /** Closes the limit at the end of the single wait that it applies to. */
    @Override
    public void complete(@Nullable Object value, @Nullable Throwable failure) {
        close();
    }

    /** The reason for which waits under this limit fail: of this limit if it has passed, else of the nearest enclosing one; or null. */
    @Nullable
    CancelReason passedReason() {
        for (Limit open = this; open != null; open = open.outer) {
            if (open.passed != null && !open.closed) {
                return open.passed;
            }
        }
        return null;
    }

    private void set(Duration limit) {
        timer = task.loop().schedule(Nanos.of(limit), () -> pass(limit));
    }

    private void pass(Duration limit) {
        timer = null;
        if (closed || passed != null) {
            return;
        }
        CancelReason reason = CancelReason.timeout(task.path(), limit);
        passed = reason;
        for (Waiter<?> waiter = task.firstWaiter; waiter != null; ) {
            Waiter<?> following = waiter.next;
            if (isUnder(waiter.limit)) {
                waiter.cancel(reason);
            }
            waiter = following;
        }
    }

    private boolean isUnder(@Nullable Limit of) {
        for (Limit open = of; open != null; open = open.outer) {
            if (open == this) {
                return true;
            }
        }
        return false;
    }

    private void dropTimer() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }
}
