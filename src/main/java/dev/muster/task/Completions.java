package dev.muster.task;

import dev.muster.loop.Timer;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of a list in the order in which they end: asyncio's {@code as_completed}.
 *
 * <p>A task that failed is given like any other. With a limit, the tasks that are unfinished when it has passed are
 * cancelled and given as timed out. A cancel of the task that waits for the next one cancels all. On the loop only, by one
 * task at a time.
 */
public final class Completions<T> {

    private final Scope scope;
    private final List<? extends Task<T>> tasks;
    private final ArrayDeque<Task<T>> ended = new ArrayDeque<>();
    private int untold;
    private int running;
    private @Nullable Timer timer;
    private @Nullable Waiter<Optional<Task<T>>> waiter;

    private Completions(Scope scope, List<? extends Task<T>> tasks, @Nullable Duration limit) {
        this.scope = scope;
        this.tasks = tasks;
        this.untold = tasks.size();
        this.running = tasks.size();
        if (limit != null && running > 0) {
            timer = scope.loop()
                    .schedule(
                            limit,
                            () -> cancelAll(CancelReason.timeout(scope.task().path(), limit)));
        }
        tasks.forEach(task -> task.onEnd(this::ended));
    }

    /**
     * Begins to watch the tasks.
     *
     * @param limit the time that they have together, or null
     */
    public static <T> Completions<T> of(Scope scope, List<? extends Task<T>> tasks, @Nullable Duration limit) {
        Joining.requireSameLoop(scope, tasks, "asCompleted");
        return new Completions<>(scope, tasks, limit);
    }

    /** The next task that has ended, or nothing once all have been given. */
    public Future<Optional<Task<T>>> next() {
        Optional<Task<T>> ready = tryNext();
        if (ready.isPresent() || untold == 0) {
            return Future.succeededFuture(ready);
        }
        if (waiter != null) {
            throw new IllegalStateException("somebody waits for the next completion already");
        }
        return scope.suspend("the next completion", parked -> {
            waiter = parked;
            return this::cancelled;
        });
    }

    /** The next task that has ended, if one has that was not given yet. */
    public Optional<Task<T>> tryNext() {
        Task<T> next = ended.poll();
        if (next != null) {
            untold--;
        }
        return Optional.ofNullable(next);
    }

    private void ended(Task<T> task) {
        ended.add(task);
        running--;
        if (running == 0 && timer != null) {
            timer.cancel();
            timer = null;
        }
        if (waiter != null) {
            var resumed = waiter;
            waiter = null;
            resumed.resume(tryNext());
        }
    }

    private boolean cancelled(CancelReason reason) {
        waiter = null;
        cancelAll(reason);
        return true;
    }

    private void cancelAll(CancelReason reason) {
        tasks.forEach(task -> task.cancel(reason));
    }
}
