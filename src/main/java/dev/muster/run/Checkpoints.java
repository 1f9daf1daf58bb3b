package dev.muster.run;

import org.jspecify.annotations.Nullable;

/**
 * The results of the steps named in a plan's {@code checkpoint}: those left by an earlier attempt at the same job, and
 * storage for those of this one. On the run's loop.
 */
public interface Checkpoints {

    /** No checkpoints, for work that is attempted once. */
    Checkpoints NOTHING = new Checkpoints() {
        @Override
        public boolean has(String step) {
            return false;
        }

        @Override
        public @Nullable Object result(String step) {
            throw new IllegalStateException("no checkpoint is kept of " + step);
        }

        @Override
        public void keep(String step, @Nullable Object result) {}
    };

    /** Whether the result of a step is known, so that the step need not run again. */
    boolean has(String step);

    /**
     * The known result of a step.
     *
     * @throws IllegalStateException if it is not known and this is {@link #NOTHING}
     */
    @Nullable
    Object result(String step);

    /** Stores the result of a step that is done. */
    void keep(String step, @Nullable Object result);
}
