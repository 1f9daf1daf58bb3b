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
 * A lock that a task holds, not a thread: it may be held over a wait, and keeps the other tasks of the loop out.
 *
 * <p>First come, first served. A task that is cancelled before it goes on does not get the lock, it goes to the next. It
 * is not re-entrant: a child is another task than its parent, and the holder that asks again is told so at once instead of
 * waiting for itself. A task that ends while it holds the lock has released it. On the loop only.
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
    private final Waiters<Task<?>, Void> line = new Waiters<>("a lock", () -> {}, this::handedOver);
    private @Nullable Task<?> holder;

    /** The holder whose end is watched, as others wait for it. */
    private @Nullable Task<?> watched;

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
        return acquire(scope, null);
    }

    /** As {@link #acquire(Scope)}; fails with {@link TimedOutException} if others hold it for so long. */
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

    /** Where others wait, the end of the holder is its release; where nobody does, whoever comes next looks. */
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

    /** Runs a body while its task holds the lock, and releases it when the body's future has completed or it throws. */
    public <T> Future<T> with(Scope scope, Body<T> body) {
        return acquire(scope).compose(held -> Held.run(scope, body, () -> release(scope)));
    }

    /** Whether somebody holds it. */
    public boolean isHeld() {
        return holder != null && !holder.isDone();
    }

    /** What can be told of it at this moment. */
    public Statistics statistics() {
        return new Statistics(isHeld() && holder != null ? holder.path() : null, line.size());
    }

    /** A lock that did not reach its task goes to the next. */
    private void handedOver(Waiters.Place<Task<?>, Void> place, @Nullable Void nothing, boolean delivered) {
        if (!delivered && holder == place.asks) {
            passOn();
        }
    }
}
