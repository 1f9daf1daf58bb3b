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
 * A condition variable under a lock: waiting releases the lock, and the task holds it again when the wait ends.
 *
 * <p>Waiters are served in order. If a task is cancelled after its notification but before it resumes, the notification
 * passes to the next waiter. After a time-out the lock is held again as well. After a cancel it is not; {@link Lock#with}
 * handles that case. On the loop only.
 */
public final class Condition {

    /**
     * The state of a condition at one moment.
     *
     * @param waiting the number of waiting tasks
     */
    public record Statistics(int waiting) {}

    private final Loop loop;
    private final Lock lock;
    private final Waiters<Condition, Void> line = new Waiters<>("a condition", () -> {}, this::handedOver);

    /** Creates a condition under a lock, for the tasks of this loop. */
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

    /** As {@link #await(Scope)}, with a time limit, null for none; fails with {@link TimedOutException} if it passes first. */
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
            signal(); // the notification passes to the next waiter
        }
        back.complete(null, failure == null ? lost : failure);
    }

    /** Waits until a predicate holds; it is evaluated now and after each notification. Needs the lock only if it has to wait. */
    public Future<Void> await(Scope scope, BooleanSupplier holds) {
        return holds.getAsBoolean() ? Future.succeededFuture() : await(scope).compose(notified -> await(scope, holds));
    }

    /** Wakes the first waiter, if there is one. */
    public void signal() {
        Waiters.requireLoop(loop, this);
        var next = line.poll();
        if (next != null) {
            next.resume(null);
        }
    }

    /** Wakes all current waiters. */
    public void signalAll() {
        Waiters.requireLoop(loop, this);
        for (int left = line.size(); left > 0; left--) {
            signal();
        }
    }

    /** The current statistics. */
    public Statistics statistics() {
        return new Statistics(line.size());
    }

    private void handedOver(Waiters.Place<Condition, Void> place, @Nullable Void nothing, boolean delivered) {
        if (!delivered) {
            signal();
        }
    }
}
