package dev.muster.sync;

import dev.muster.loop.Loop;
import dev.muster.task.Body;
import dev.muster.task.CancelReason;
import dev.muster.task.Scope;
import dev.muster.task.Task;
import dev.muster.task.TimedOutException;
import io.vertx.core.Future;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A lock held by a task, not by a thread: it can be held across a wait and excludes the other tasks of the loop.
 *
 * <p>Waiters are served in order. If a task is cancelled after it was granted the lock but before it resumes, the lock
 * passes to the next waiter. The lock is not re-entrant: a child is a different task from its parent, and a second
 * request by the holder fails at once instead of waiting for itself. The end of the holding task releases the lock. On
 * the loop only.
 *
 * <p>Prefer {@link #with}, which releases on every path.
 */
public final class Lock {

    /**
     * The state of a lock at one moment.
     *
     * @param holder the path of the holding task, or null
     * @param waiting the number of waiting tasks
     */
    public record Statistics(@Nullable String holder, int waiting) {}

    private final Loop loop;
    private final Waiters<Task<?>, Void> line = new Waiters<>("a lock", () -> {}, this::handedOver);
    private @Nullable Task<?> holder;

    /** The holder whose end is being watched because other tasks wait. */
    private @Nullable Task<?> watched;

    /** Creates a lock for the tasks of this loop. */
    public Lock(Loop loop) {
        this.loop = loop;
    }

    /**
     * Waits for the lock. The scope's task then holds it and must {@link #release} it.
     *
     * @throws IllegalStateException if this task holds the lock already
     */
    public Future<Void> acquire(Scope scope) {
        return acquire(scope, null);
    }

    /** As {@link #acquire(Scope)}, with a time limit, null for none; fails with {@link TimedOutException} if it passes first. */
    public Future<Void> acquire(Scope scope, @Nullable Duration limit) {
        CancelReason reason = scope.cancelReason();
        if (reason != null) {
            return Waiters.cancelled(reason);
        }
        if (tryAcquire(scope)) {
            return Future.succeededFuture();
        }
        Future<Void> granted = line.join(scope, scope.task(), limit);
        watchHolder();
        return granted;
    }

    /**
     * Takes the lock if it is free. Does not wait.
     *
     * @throws IllegalStateException if this task holds the lock already
     */
    public boolean tryAcquire(Scope scope) {
        Waiters.requireLoop(loop, this);
        if (holder == scope.task()) {
            throw new IllegalStateException(
                    "task " + holder.path()
                            + " already holds this lock and would wait for itself; release it first, or acquire it further out");
        }
        if (holder != null && holder.isDone() && line.isEmpty()) {
            holder = null;
        }
        if (holder != null) {
            return false;
        }
        holder = scope.task();
        return true;
    }

    /**
     * Releases the lock and passes it to the first waiter, if any.
     *
     * @throws IllegalStateException if the scope's task does not hold the lock
     */
    public void release(Scope scope) {
        Waiters.requireLoop(loop, this);
        if (holder != scope.task()) {
            throw new IllegalStateException("task " + scope.task().path() + " does not hold this lock; "
                    + (holder == null ? "no task does" : holder.path() + " does"));
        }
        passOn();
    }

    private void passOn() {
        var next = line.poll();
        holder = next == null ? null : next.asks;
        if (next != null) {
            next.resume(null);
            watchHolder();
        }
    }

    /**
     * Watches the end of the holder while other tasks wait, because that end releases the lock. Without waiters the next
     * request checks it.
     */
    private void watchHolder() {
        Task<?> held = holder;
        if (held != null && watched != held && !line.isEmpty()) {
            watched = held;
            held.afterEnd(() -> {
                watched = watched == held ? null : watched;
                if (holder == held) {
                    passOn();
                }
            });
        }
    }

    /** Runs a body while its task holds the lock, and releases the lock when the body's future has completed or the body throws. */
    public <T> Future<T> with(Scope scope, Body<T> body) {
        return acquire(scope).compose(held -> Held.run(scope, body, () -> release(scope)));
    }

    /** Whether a live task holds the lock. */
    public boolean isHeld() {
        return holder != null && !holder.isDone();
    }

    /** The current statistics. */
    public Statistics statistics() {
        return new Statistics(isHeld() && holder != null ? holder.path() : null, line.size());
    }

    /** Passes the lock on if it did not reach its task. */
    private void handedOver(Waiters.Place<Task<?>, Void> place, @Nullable Void nothing, boolean delivered) {
        if (!delivered && holder == place.asks) {
            passOn();
        }
    }
}
