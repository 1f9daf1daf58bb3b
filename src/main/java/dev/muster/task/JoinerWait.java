package dev.muster.task;

import io.vertx.core.Future;
import java.util.List;
import java.util.Objects;

/** The wait for several tasks under a custom {@link Joiner}. */
final class JoinerWait<T, R> extends Joining<T, R> {

    private final Joiner<T, R> joiner;
    private boolean enough;

    JoinerWait(Scope scope, List<? extends Task<? extends T>> tasks, Joiner<T, R> joiner) {
        super(scope, tasks, null);
        this.joiner = Objects.requireNonNull(joiner, "a joiner");
    }

    @Override
    void taskEnded(Task<? extends T> task) throws Exception {
        if (enough) {
            addLater(task);
            return;
        }
        enough = joiner.taskEnded(task);
        if (enough) {
            cancelAll(CancelReason.notNeeded(task.path(), task.path() + " was enough"));
        }
    }

    @Override
    boolean isDecided() {
        return enough;
    }

    @Override
    Future<R> result() {
        try {
            return Future.succeededFuture(joiner.result());
        } catch (Exception thrown) {
            return Future.failedFuture(thrown);
        }
    }
}
