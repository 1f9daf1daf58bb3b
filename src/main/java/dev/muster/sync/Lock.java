package dev.muster.sync;

import dev.muster.loop.Loop;
import dev.muster.task.Body;
import dev.muster.task.CancelReason;
import dev.muster.task.Scope;
import dev.muster.task.Task;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * A lock that a task holds, not a thread: it may be held over a wait, and keeps the other tasks of the loop out.
 *
 * <p>First come, first served. A task that is cancelled before it goes on does not get the lock, it goes to the next. It
 * is not re-entrant: a child is another task than its parent, and the holder that asks again is told so at once instead of
 * waiting for itself. On the loop only.
 *
 * <p>Prefer {@link #with}, which releases on every path.
 */
public final class Lock {

    /**
     * A lock at one moment.
     *
     * @param holder the path of the task that holds it, or null
     * @param waiting how many tasks are in line
     */
    public record Statistics(@Nullable String holder, int waiting) {}

    private final Loop loop;
    private final Waiters<Task<?>, Void> line = new Waiters<>("a lock");
    private @Nullable Task<?> holder;

    /** A lock for the tasks of this loop. */
    public Lock(Loop loop) {
        this.loop = loop;
    }

    /**
     * Waits for the lock; the scope's task then holds it and must {@link #release} it.
     *
     * @throws IllegalStateException if this task holds it already
     */
    public Future<Void> acquire(Scope scope) {
        CancelReason reason = scope.cancelReason();
        if (reason != null) {
            return Waiters.cancelled(reason);
        }
        return tryAcquire(scope)
                ? Future.succeededFuture()
                : line.join(scope, scope.task()).compose(granted -> keep(scope));
    }

    /**
     * Takes the lock if it is free.
     *
     * @throws IllegalStateException if this task holds it already
     */
    public boolean tryAcquire(Scope scope) {
        Waiters.requireLoop(loop, this);
        if (holder == scope.task()) {
            throw new IllegalStateException("task " + holder.path()
                    + " holds this lock already and would wait for itself; release it first, or hold it further out");
        }
        if (holder != null) {
            return false;
        }
        holder = scope.task();
        return true;
    }

    /**
     * Gives the lock to the next in line, or to nobody.
     *
     * @throws IllegalStateException if the scope's task does not hold it
     */
    public void release(Scope scope) {
        Waiters.requireLoop(loop, this);
        if (holder != scope.task()) {
            throw new IllegalStateException("task " + scope.task().path() + " does not hold this lock; "
                    + (holder == null ? "nobody does" : holder.path() + " does"));
        }
        var next = line.poll();
        holder = next == null ? null : next.asks;
        if (next != null) {
            next.resume(null);
        }
    }

    /** Runs a body while its task holds the lock, and releases it when the body's future has completed or it throws. */
    public <T> Future<T> with(Scope scope, Body<T> body) {
        return acquire(scope).compose(held -> Held.run(scope, body, () -> release(scope)));
    }

    /** Whether somebody holds it. */
    public boolean isHeld() {
        return holder != null;
    }

    /** What can be told of it at this moment. */
    public Statistics statistics() {
        return new Statistics(holder == null ? null : holder.path(), line.size());
    }

    private Future<Void> keep(Scope scope) {
        CancelReason reason = scope.cancelReason();
        if (reason == null) {
            return Future.succeededFuture();
        }
        release(scope);
        return Waiters.cancelled(reason);
    }
}
