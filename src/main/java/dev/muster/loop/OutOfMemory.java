package dev.muster.loop;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The watch for memory that is exhausted, be it the heap or direct buffers. After such a failure nobody knows what was left half done, and a node
 * that goes on may answer nothing, so a program ends then, and whoever watches it starts it anew.
 *
 * <p>The JVM can do this by an option of its own for the heap only, and an option is no part of a jar. So whoever catches anything that may
 * have been thrown shows it to {@link #check}. That does nothing until a program says by {@link #onExhausted} how it ends: as a library Muster
 * ends nobody's process. Safe on every thread.
 */
public final class OutOfMemory {

    private static final int MOST_CAUSES = 20;

    private static volatile @Nullable Consumer<OutOfMemoryError> end;

    private OutOfMemory() {}

    /**
     * From now on memory that is exhausted ends the process, on whichever thread; what ended it before counts no more.
     *
     * @param ending ends it, and does not return; on the thread that ran out of memory
     */
    public static void onExhausted(Consumer<OutOfMemoryError> ending) {
        end = ending;
    }

    /** Ends the process if this says, itself or by a cause, that memory is exhausted; returns in every other case. */
    public static void check(@Nullable Throwable thrown) {
        Consumer<OutOfMemoryError> ending = end;
        if (ending == null) {
            return;
        }
        Throwable cause = thrown;
        for (int i = 0; cause != null && i < MOST_CAUSES; i++) {
            if (cause instanceof OutOfMemoryError error && isOfMemory(error)) {
                ending.accept(error);
            }
            cause = cause.getCause();
        }
    }

    /** A thread that the system does not give is another matter: others may end meanwhile. */
    private static boolean isOfMemory(OutOfMemoryError error) {
        String message = error.getMessage();
        return message == null || !message.startsWith("unable to create native thread");
    }
}
