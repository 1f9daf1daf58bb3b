package dev.muster.sync;

import dev.muster.loop.Loop;
import dev.muster.task.Body;
import dev.muster.task.BrokenInvariantException;
import dev.muster.task.CancelReason;
import dev.muster.task.Scope;
import dev.muster.task.TimedOutException;
import io.vertx.core.Future;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A semaphore: a number of permits shared by the tasks of one loop.
 *
 * <p>Waiters are served in order: no request overtakes them, not even one for fewer permits or a try. If a task is
 * cancelled after it was granted permits but before it resumes, the permits pass to the next waiter. On the loop only.
 *
 * <p>Prefer {@link #with}, which releases on every path.
 */
public final class Semaphore {

    /**
     * The state of a semaphore at one moment.
     *
     * @param permits the total number of permits
     * @param available the number of free permits; negative while more are held than exist after a resize
     * @param waiting the number of waiting tasks
     */
    public record Statistics(int permits, int available, int waiting) {}

    private final Loop loop;
    private final Waiters<Integer, Void> line = new Waiters<>("a permit", this::grant, this::handedOver);
    private int permits;
    private int available;

    /**
     * Creates a semaphore for the tasks of this loop.
     *
     * @param permits the number of permits, at least 1
     */
    public Semaphore(Loop loop, int permits) {
        if (permits < 1) {
            throw new IllegalArgumentException("a semaphore has at least 1 permit, not " + permits);
        }
        this.loop = loop;
        this.permits = permits;
        this.available = permits;
    }

    /** Waits for a permit, which must be {@linkplain #release released}. */
    public Future<Void> acquire(Scope scope) {
        return acquire(scope, 1);
    }

    /**
     * Waits for several permits at once.
     *
     * @throws IllegalArgumentException if the count is below 1 or above the number of permits
     */
    public Future<Void> acquire(Scope scope, int count) {
        return acquire(scope, count, null);
    }

    /**
     * As {@link #acquire(Scope, int)}, with a time limit, null for none; fails with {@link TimedOutException} if it
     * passes first, and holds no permits then.
     */
    public Future<Void> acquire(Scope scope, int count, @Nullable Duration limit) {
        requireCount(count);
        CancelReason reason = scope.cancelReason();
        if (reason != null) {
            return Waiters.cancelled(reason);
        }
        return tryAcquire(count) ? Future.succeededFuture() : line.join(scope, count, limit);
    }

    /** Takes a permit if one is free and no task waits. Does not wait. */
    public boolean tryAcquire() {
        return tryAcquire(1);
    }

    /**
     * Takes several permits if enough are free and no task waits. Does not wait.
     *
     * @throws IllegalArgumentException if the count is below 1 or above the number of permits
     */
    public boolean tryAcquire(int count) {
        Waiters.requireLoop(loop, this);
        requireCount(count);
        if (available < count || !line.isEmpty()) {
            return false;
        }
        available -= count;
        return true;
    }

    /** Releases a permit. */
    public void release() {
        release(1);
    }

    /**
     * Releases permits.
     *
     * @throws IllegalStateException if more are released than are held
     */
    public void release(int count) {
        Waiters.requireLoop(loop, this);
        if (count < 1) {
            throw new IllegalArgumentException("released " + count + " permits; release at least 1");
        }
        if (count > permits - available) {
            throw new IllegalStateException("released " + count + " permits, but only " + (permits - available) + " of "
                    + permits + " are held; release once for each acquire");
        }
        available += count;
        grant();
    }

    /**
     * Changes the number of permits, for a limiter that adapts to the capacity of the other side. After a reduction, held
     * permits stay valid, and none is granted until enough have been released. A request for more permits than now exist
     * waits until the number is raised again.
     *
     * @param count at least 1
     */
    public void resize(int count) {
        Waiters.requireLoop(loop, this);
        if (count < 1) {
            throw new IllegalArgumentException("a semaphore has at least 1 permit, not " + count);
        }
        available += count - permits;
        permits = count;
        grant();
    }

    /** Runs a body while holding a permit, and releases it when the body's future has completed or the body throws. */
    public <T> Future<T> with(Scope scope, Body<T> body) {
        return with(scope, 1, body);
    }

    /** Runs a body while holding several permits. */
    public <T> Future<T> with(Scope scope, int count, Body<T> body) {
        return acquire(scope, count).compose(held -> Held.run(scope, body, () -> release(count)));
    }

    /** The current statistics. */
    public Statistics statistics() {
        return new Statistics(permits, available, line.size());
    }

    private void grant() {
        for (var head = line.first(); head != null && head.asks <= available; head = line.first()) {
            available -= head.asks;
            line.poll();
            head.resume(null);
        }
    }

    /** Frees permits that did not reach their task. */
    private void handedOver(Waiters.Place<Integer, Void> place, @Nullable Void nothing, boolean delivered) {
        if (!delivered) {
            available += place.asks;
            if (available > permits) {
                int free = available;
                available = permits;
                throw new BrokenInvariantException(
                        "no more permits are free than exist", free + " of " + permits + " permits of a semaphore");
            }
            grant();
        }
    }

    private void requireCount(int count) {
        if (count < 1 || count > permits) {
            throw new IllegalArgumentException("asked for " + count + " permits of a semaphore that has " + permits);
        }
    }
}
