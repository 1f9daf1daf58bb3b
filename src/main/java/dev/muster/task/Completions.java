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
 * The tasks of a list in the order of completion: asyncio's {@code as_completed}.
 *
 * <p>A failed task is returned like any other. If a limit passes, the unfinished tasks are cancelled and returned as
 * timed out. A cancel of the task that waits for the next completion cancels all of them. Close the object to leave
 * before the end: it then stops watching the tasks, and its limit is dropped. The end of the scope's task closes it too.
 * For use on the loop, by one task at a time.
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
     * Starts watching the tasks.
     *
     * @param limit the time limit for all tasks together, or null for none
     * @throws IllegalArgumentException if a task lives on another loop
     */
    public static <T> Completions<T> of(Scope scope, List<? extends Task<T>> tasks, @Nullable Duration limit) {
        Joining.requireSameLoop(scope, tasks, "asCompleted");
        return new Completions<>(scope, tasks, limit);
    }

    /**
     * Waits for the next task to end; returns empty once all tasks have been returned, or after {@link #close}. In a
     * cancelled scope it fails at once and cancels the tasks.
     *
     * @throws IllegalStateException if a call of this method is already waiting
     */
    public Future<Optional<Task<T>>> next() {
        CancelReason reason = scope.cancelReason();
        if (reason != null) {
            cancelAll(reason);
            return Future.failedFuture(new CancelledException(reason));
        }
        if (waiter != null) {
            throw new IllegalStateException("another task already waits for the next completion");
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

    /** The next task that has ended and was not returned yet, if there is one. Does not wait. */
    public Optional<Task<T>> tryNext() {
        Task<T> next = ended.poll();
        if (next != null) {
            untold--;
        }
        return Optional.ofNullable(next);
    }

    /** Stops watching. The tasks keep running without a limit, and a waiting {@link #next} returns empty. */
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

    /** The wait for the next completion. If the waiting task is cancelled before it resumes, the completion is put back. */
    private final class Next implements Handover<Optional<Task<T>>> {

        @Override
        public boolean undo(CancelReason reason) {
            waiter = null;
            cancelAll(reason);
            return true;
        }

        @Override
        @SuppressWarnings("NullableOptional") // the value of a waiter may be null in general
        public void handedOver(@Nullable Optional<Task<T>> completion, boolean delivered) {
            if (!delivered && completion != null && completion.isPresent()) {
                untold++;
                ended.addFirst(completion.get());
                cancelAll(CancelReason.notNeeded(scope.task().path(), "its completions were left"));
            }
        }
    }
}
