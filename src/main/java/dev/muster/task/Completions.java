package dev.muster.task;

import dev.muster.loop.Timer;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of a list in the order in which they end: asyncio's {@code as_completed}.
 *
 * <p>A task that failed is given like any other. With a limit, the tasks that are unfinished when it has passed are
 * cancelled and given as timed out. A cancel of the task that waits for the next one cancels all. Whoever leaves before the
 * end closes it: then it watches nothing any more, and its limit holds no more. The end of the scope's task closes it too.
 * On the loop only, by one task at a time.
 */
public final class Completions<T> implements AutoCloseable {

    private final Scope scope;
    private final List<Task<T>> tasks;
    private final ArrayDeque<Task<T>> ended = new ArrayDeque<>();
    private final Consumer<Task<T>> observer = this::ended;
    private int untold;
    private int running;
    private boolean closed;
    private @Nullable Timer timer;
    private @Nullable Waiter<Optional<Task<T>>> waiter;

    private Completions(Scope scope, List<? extends Task<T>> tasks, @Nullable Duration limit) {
        this.scope = scope;
        this.tasks = List.copyOf(tasks);
        this.untold = tasks.size();
        this.running = tasks.size();
        if (limit != null && running > 0) {
            timer = scope.loop()
                    .schedule(
                            limit,
                            () -> cancelAll(CancelReason.timeout(scope.task().path(), limit)));
        }
        this.tasks.forEach(task -> task.onEnd(observer));
        scope.task().afterEnd(this::close);
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

    /**
     * The next task that has ended, or nothing once all have been given or it was closed. Fails at once in a scope that is
     * cancelled.
     */
    public Future<Optional<Task<T>>> next() {
        CancelReason reason = scope.cancelReason();
        if (reason != null) {
            cancelAll(reason);
            return Future.failedFuture(new CancelledException(reason));
        }
        if (waiter != null) {
            throw new IllegalStateException("somebody waits for the next completion already");
        }
        Optional<Task<T>> ready = tryNext();
        if (ready.isPresent() || untold == 0 || closed) {
            return Future.succeededFuture(ready);
        }
        return scope.suspend("the next completion", parked -> {
            waiter = parked;
            return new Next();
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

    /** Stops watching: the tasks run on, without a limit, and whoever waits for the next one gets nothing. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        dropTimer();
        for (Task<T> task : tasks) {
            ((TaskNode<T>) task).forget(observer);
        }
        resume();
    }

    private void ended(Task<T> task) {
        running--;
        if (running == 0) {
            dropTimer();
        }
        if (!closed) {
            ended.add(task);
            resume();
        }
    }

    private void resume() {
        if (waiter != null) {
            var resumed = waiter;
            waiter = null;
            resumed.resume(tryNext());
        }
    }

    private void dropTimer() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    private void cancelAll(CancelReason reason) {
        TreeCancel.run(tasks, reason);
    }

    /** The wait for the next one: what it was given comes back where the waiting task is cancelled before it goes on. */
    private final class Next implements Handover<Optional<Task<T>>> {

        @Override
        public boolean undo(CancelReason reason) {
            waiter = null;
            cancelAll(reason);
            return true;
        }

        @Override
        @SuppressWarnings("NullableOptional") // what a waiter is resumed with may be null in general
        public void handedOver(@Nullable Optional<Task<T>> given, boolean delivered) {
            if (!delivered && given != null && given.isPresent()) {
                untold++;
                ended.addFirst(given.get());
                cancelAll(CancelReason.notNeeded(scope.task().path(), "its completions were left"));
            }
        }
    }
}
