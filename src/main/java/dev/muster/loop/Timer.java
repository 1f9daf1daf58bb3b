package dev.muster.loop;

/** A step that waits for its time. Used on its loop only. */
@FunctionalInterface
public interface Timer {

    /** Forgets the step. Does nothing once the step has run; may be called twice. */
    void cancel();
}
