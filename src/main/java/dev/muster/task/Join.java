package dev.muster.task;

import io.vertx.core.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The wait for the end of one task, on this loop or another one. */
final class Join<T> implements Parking<T>, Consumer<Task<T>>, Undo {

    private final TaskNode<T> task;
    private @Nullable Waiter<T> waiter;

    Join(TaskNode<T> task) {
        this.task = task;
    }

    /**
     * Rejects a join that could never complete.
     *
     * @throws IllegalStateException if the joined task is the waiting one or an ancestor of it
     */
    static void requireOther(TaskNode<?> joined, TaskNode<?> waiting) {
        if (joined.depth() > waiting.depth() || joined.tasks != waiting.tasks) {
            return;
        }
        Named at = waiting;
        while (at != null && at.depth() > joined.depth()) {
            at = at.above();
        }
        if (at == joined) {
            throw new IllegalStateException("task " + waiting.path() + " cannot join "
                    + (joined == waiting ? "itself" : "the task " + joined.path() + ", which is above it")
                    + ": a parent cannot end before its child");
        }
    }

    @Override
    public Undo park(Waiter<T> waiter) {
        this.waiter = waiter;
        task.onEnd(this);
        return this;
    }

    @Override
    public void accept(Task<T> ended) {
        if (waiter == null) {
            return;
        }
        LaterFailures later = task.laterFailures();
        if (later.count() > 0) {
            TaskNode<?> reader = waiter.task;
            if (reader.loop().inLoop()) {
                Ending.setLater(reader, later);
            } else {
                reader.loop().execute(() -> Ending.setLater(reader, later));
            }
        }
        waiter.complete(task.value, task.failure);
    }

    /**
     * Takes the wait back. If the task has already ended, its observers are about to be called, so its outcome still
     * reaches the waiter.
     */
    @Override
    public boolean undo(CancelReason reason) {
        if (task.loop().inLoop()) {
            return task.forget(this);
        }
        if (waiter == null) {
            return true;
        }
        Waiter<T> own = waiter;
        try {
            task.loop().execute(() -> {
                if (task.forget(this)) {
                    own.fail(new CancelledException(reason));
                }
            });
            return false;
        } catch (RuntimeException gone) {
            return true; // the other loop was closed and will never report the end
        }
    }

    /** Starts a child and waits until it reports that it is ready. */
    static <T> Future<Task<T>> untilReady(Scope scope, String name, ReadyBody<T> body) {
        var ready = new Ready<T>();
        Task<T> task = scope.start(name, own -> body.run(own, ready::isReady));
        ready.task = task;
        return scope.suspend(name + " to be ready", waiter -> {
            ready.waiter = waiter;
            task.onEnd(ready::ended);
            return reason -> true;
        });
    }

    /** The wait until a child reports that it is ready. */
    private static final class Ready<T> {

        private @Nullable Waiter<Task<T>> waiter;
        private boolean isReady;
        private @Nullable Task<T> task;

        private void isReady() {
            isReady = true;
            if (waiter != null) {
                waiter.resume(task);
            }
        }

        private void ended(Task<T> ended) {
            if (waiter == null || isReady) {
                return;
            }
            if (ended.state() == State.FINISHED) {
                waiter.fail(new IllegalStateException("task " + ended.path() + " ended before it was ready"));
            } else {
                waiter.fail(ended.failure());
            }
        }
    }
}
