package dev.muster.task;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The wait for the first success of several tasks; it cancels the others and completes when they have ended too.
 *
 * <p>If all fail, it fails with one {@link CombinedException}. On the loop only. Tasks are checked as by {@link Gather}.
 */
public final class Race {

    private Race() {}

    /**
     * Waits for the first success. A cancel of the waiting task cancels all tasks. An empty race fails with a
     * {@link CombinedException}.
     */
    public static <T> Future<T> run(Scope scope, List<? extends Task<? extends T>> tasks) {
        return new Running<T>(scope, tasks).run("race");
    }

    private static final class Running<T> extends Joining<T, T> {
        private final List<Throwable> failures = new ArrayList<>();
        private long failed;
        private @Nullable Task<? extends T> winner;

        Running(Scope scope, List<? extends Task<? extends T>> tasks) {
            super(scope, tasks, null);
        }

        @Override
        void taskEnded(Task<? extends T> task) {
            if (winner != null) {
                return;
            }
            if (task.state() == State.FINISHED) {
                winner = task;
                cancelAll(CancelReason.notNeeded(task.name(), task.name() + " won the race"));
            } else {
                Throwable failure = task.failure();
                failed++;
                if (failures.size() <= LaterFailures.MAX_KEPT) {
                    failures.add(failure);
                }
            }
        }

        @Override
        boolean isDecided() {
            return winner != null;
        }

        @Override
        Future<T> result() {
            return winner == null
                    ? Future.failedFuture(new CombinedException("all tasks of the race failed", failures, failed))
                    : Future.succeededFuture(winner.result());
        }
    }
}
