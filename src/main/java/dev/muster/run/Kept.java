package dev.muster.run;

import org.jspecify.annotations.Nullable;

/**
 * The results of the steps that a plan's {@code checkpoint} names: those that an earlier try of the same work left, and a place
 * for those of this one. On the run's loop.
 */
public interface Kept {

    /** Of work that is tried once. */
    Kept NOTHING = new Kept() {
        @Override
        public boolean has(String step) {
            return false;
        }

        @Override
        public @Nullable Object result(String step) {
            throw new IllegalStateException("nothing is kept of " + step);
        }

        @Override
        public void keep(String step, @Nullable Object result) {}
    };

    /** Whether a step need not run again. */
    boolean has(String step);

    /** What it gave, which is its result now. */
    @Nullable
    Object result(String step);

    /** Takes what a step gave that was done. */
    void keep(String step, @Nullable Object result);
}
