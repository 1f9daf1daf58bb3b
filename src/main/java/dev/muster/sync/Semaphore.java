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
 * A number of permits that tasks of one loop share; who finds too few waits in line.
 *
 * <p>First come, first served: nobody overtakes those who wait, not even one who asks for fewer permits or only tries. A
 * task that is cancelled before it goes on does not get its permits, they go to the next. On the loop only.
 *
 * <p>Prefer {@link #with}, which releases on every path.
 */
public final class Semaphore {

    /**
     * A semaphore at one moment.
     *
     * @param permits how many there are
     * @param available how many nobody holds; below 0 as long as more are held than there are since a resize
     * @param waiting how many tasks are in line
     */
    public record Statistics(int permits, int available, int waiting) {}

    private final Loop loop;
    private final Waiters<Integer, Void> line = new Waiters<>("a permit", this::grant, this::handedOver);
    private int permits;
    private int available;

    /** A semaphore with this many permits, at least 1, for the tasks of this loop. */
    public Semaphore(Loop loop, int permits) {
        if (permits < 1) {
            throw new IllegalArgumentException("a semaphore has at least 1 permit, not " + permits);
        }
        this.loop = loop;
        this.permits = permits;
        this.available = permits;
    }

    /** Waits for a permit; whoever gets it must {@link #release} it. */
    public Future<Void> acquire(Scope scope) {
        return acquire(scope, 1);
    }

    /**
     * Waits for several permits at once.
     *
     * @throws IllegalArgumentException if there never are that many
     */
    public Future<Void> acquire(Scope scope, int count) {
        return acquire(scope, count, null);
    }

    /** As {@link #acquire(Scope, int)}; fails with {@link TimedOutException} if they are not free for so long, and holds none then. */
    public Future<Void> acquire(Scope scope, int count, @Nullable Duration limit) {
        requireCount(count);
        CancelReason reason = scope.cancelReason();
        if (reason != null) {
            return Waiters.cancelled(reason);
        }
        return tryAcquire(count) ? Future.succeededFuture() : line.join(scope, count, limit);
    }

    /** Takes a permit if one is free and nobody waits. */
    public boolean tryAcquire() {
        return tryAcquire(1);
    }

    /** Takes several permits if so many are free and nobody waits. */
    public boolean tryAcquire(int count) {
        Waiters.requireLoop(loop, this);
        requireCount(count);
        if (available < count || !line.isEmpty()) {
            return false;
        }
        available -= count;
        return true;
    }

    /** Gives a permit back. */
    public void release() {
        release(1);
    }

    /**
     * Gives permits back.
     *
     * @throws IllegalStateException if more are given back than are held
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
     * Changes how many permits there are: a limiter whose size follows what the other side can bear. With fewer, those that
     * are held stay valid, and nobody gets one before enough are back; whoever waits for more than there are now waits until
     * there are more again.
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

    /** Runs a body while it holds a permit, and releases it when the body's future has completed or the body throws. */
    public <T> Future<T> with(Scope scope, Body<T> body) {
        return with(scope, 1, body);
    }

    /** Runs a body while it holds several permits. */
    public <T> Future<T> with(Scope scope, int count, Body<T> body) {
        return acquire(scope, count).compose(held -> Held.run(scope, body, () -> release(count)));
    }

    /** What can be told of it at this moment. */
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

    /** Permits that did not reach their task are free again. */
    private void handedOver(Waiters.Place<Integer, Void> place, @Nullable Void nothing, boolean delivered) {
        if (!delivered) {
            available += place.asks;
            if (available > permits) {
                int free = available;
                available = permits;
                throw new BrokenInvariantException(
                        "no more permits are free than there are", free + " of " + permits + " permits of a semaphore");
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
