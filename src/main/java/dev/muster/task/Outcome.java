package dev.muster.task;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How a task ended: its final state with the value, or with the failure.
 *
 * @param state one of the four final states
 * @param value the result, if it finished; a finished task's result may be null too
 * @param failure the error, unless it finished
 * @param <T> the result
 */
public record Outcome<T>(
        State state, @Nullable T value, @Nullable Throwable failure) {

    /** Checks that state and failure fit each other. */
    public Outcome {
        if (!state.isFinal() || (state == State.FINISHED) != (failure == null)) {
            throw new IllegalArgumentException("no outcome: " + state + " with failure " + failure);
        }
    }

    /** Whether there is a value. */
    public boolean isOk() {
        return state == State.FINISHED;
    }

    /** One of two functions, by how it ended. */
    public <R> R match(Function<? super @Nullable T, R> ok, Function<? super Throwable, R> failed) {
        return failure == null ? ok.apply(value) : failed.apply(failure);
    }
}
