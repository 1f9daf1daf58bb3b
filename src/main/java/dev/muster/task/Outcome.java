package dev.muster.task;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of a task: its final state with its value or its failure.
 *
 * @param state one of the four final states
 * @param value the result if it finished, which can be null too
 * @param failure the failure; null if it finished
 * @param <T> the result
 */
public record Outcome<T>(
        State state, @Nullable T value, @Nullable Throwable failure) {

    /**
     * Checks that the state fits the failure.
     *
     * @throws IllegalArgumentException if the state is not final, or is not the one that the failure implies
     */
    public Outcome {
        if (!state.isFinal() || (state == State.FINISHED) != (failure == null)) {
            throw new IllegalArgumentException("no outcome: " + state + " with failure " + failure);
        }
    }

    /** Whether the task finished with a value. */
    public boolean isOk() {
        return state == State.FINISHED;
    }

    /** Applies one of two functions, to the value or to the failure. */
    public <R> R match(Function<? super @Nullable T, R> ok, Function<? super Throwable, R> failed) {
        return failure == null ? ok.apply(value) : failed.apply(failure);
    }
}
