package dev.muster.loop;

/** A scheduled step that can be cancelled. For use on its loop only. */
@FunctionalInterface
public interface Timer {

    /** Cancels the step. Does nothing if the step has run or was cancelled. */
    void cancel();
}
