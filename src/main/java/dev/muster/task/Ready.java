package dev.muster.task;

import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** The wait until a child reports that it is ready. */
final class Ready<T> {

    private @Nullable Waiter<Task<T>> waiter;
    private boolean isReady;
    private @Nullable Task<T> task;

    private Ready() {}

    static <T> Future<Task<T>> start(Scope scope, String name, ReadyBody<T> body) {
        var ready = new Ready<T>();
        Task<T> task = scope.start(name, own -> body.run(own, ready::isReady));
        ready.task = task;
        return scope.suspend(name + " to be ready", waiter -> {
            ready.waiter = waiter;
            task.onEnd(ready::ended);
            return reason -> true;
        });
    }

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
