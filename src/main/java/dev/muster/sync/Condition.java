package dev.muster.sync;

import dev.muster.loop.Loop;
import dev.muster.task.CancelReason;
import dev.muster.task.Scope;
import dev.muster.task.TimedOutException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A condition that tasks wait for while they hold a lock: waiting releases the lock, and whoever goes on holds it again.
 *
 * <p>First come, first served. A notification whose task is cancelled before it goes on goes to the next. After a time-out,
 * too, the lock is held again when the wait has failed. After a cancel it is not; {@link Lock#with} copes with that. On the
 * loop only.
 */
public final class Condition {

    /**
     * A condition at one moment.
     *
     * @param waiting how many tasks wait for it
     */
    public record Statistics(int waiting) {}

    private final Loop loop;
    private final Lock lock;
    private final Waiters<Condition, Void> line = new Waiters<>("a condition", () -> {}, this::handedOver);

    /** A condition under a lock, for the tasks of this loop. */
    public Condition(Loop loop, Lock lock) {
        this.loop = Objects.requireNonNull(loop, "a loop");
        this.lock = Objects.requireNonNull(lock, "a lock");
    }

    /**
     * Waits for a notification.
     *
     * @throws IllegalStateException if the scope's task does not hold the lock
     */
    public Future<Void> await(Scope scope) {
        return await(scope, (Duration) null);
    }

    /** As {@link #await(Scope)}; fails with {@link TimedOutException} if none comes for so long. */
    public Future<Void> await(Scope scope, @Nullable Duration limit) {
        Waiters.requireLoop(loop, this);
        CancelReason reason = scope.cancelReason();
        if (reason != null) {
            return Waiters.cancelled(reason);
        }
        lock.release(scope);
        Promise<Void> back = Promise.promise();
        line.join(scope, this, limit).onComplete((nothing, failure) -> {
            if (failure != null && scope.isCancelled()) {
                back.fail(failure);
            } else {
                lock.acquire(scope).onComplete((held, lost) -> holdsAgain(back, failure, lost));
            }
        });
        return back.future();
    }

    private void holdsAgain(Promise<Void> back, @Nullable Throwable failure, @Nullable Throwable lost) {
        if (failure == null && lost != null) {
            signal(); // the notification is another one's
        }
        back.complete(null, failure == null ? lost : failure);
    }

    /** Waits until something holds, which is looked at now and after each notification. */
    public Future<Void> await(Scope scope, BooleanSupplier holds) {
        return holds.getAsBoolean() ? Future.succeededFuture() : await(scope).compose(notified -> await(scope, holds));
    }

    /** Wakes the first who waits, if anybody does. */
    public void signal() {
        Waiters.requireLoop(loop, this);
        var next = line.poll();
        if (next != null) {
            next.resume(null);
        }
    }

    /** Wakes all who wait now. */
    public void signalAll() {
        Waiters.requireLoop(loop, this);
        for (int left = line.size(); left > 0; left--) {
            signal();
        }
    }

    /** What can be told of it at this moment. */
    public Statistics statistics() {
        return new Statistics(line.size());
    }

    private void handedOver(Waiters.Place<Condition, Void> place, @Nullable Void nothing, boolean delivered) {
        if (!delivered) {
            signal();
        }
    }
}
