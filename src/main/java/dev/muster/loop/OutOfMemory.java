package dev.muster.loop;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The detector of exhausted memory, heap or direct buffers. After such a failure the state of the process is unknown and
 * the node can stop responding, so the program should exit and be restarted by its supervisor.
 *
 * <p>The JVM has an option for this, but it covers the heap only and cannot be set from inside a jar. Therefore code that
 * catches any throwable passes it to {@link #check}. The check does nothing until a program registers a handler with
 * {@link #onExhausted}: used as a library, Muster never ends the process. Safe on any thread.
 */
public final class OutOfMemory {

    private static final int MAX_CAUSES = 20;

    private static volatile @Nullable Consumer<OutOfMemoryError> end;

    private OutOfMemory() {}

    /**
     * Sets the handler that ends the process when memory is exhausted on any thread. Replaces an earlier handler.
     *
     * @param ending ends the process and does not return; called on the thread that ran out of memory
     */
    public static void onExhausted(Consumer<OutOfMemoryError> ending) {
        end = ending;
    }

    /**
     * Calls the handler if the throwable or one of its causes, 20 levels at most, reports exhausted memory. Otherwise, or
     * without a handler, does nothing.
     */
    public static void check(@Nullable Throwable thrown) {
        Consumer<OutOfMemoryError> ending = end;
        if (ending == null) {
            return;
        }
        Throwable cause = thrown;
        for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
            if (cause instanceof OutOfMemoryError error && isOfMemory(error)) {
                ending.accept(error);
            }
            cause = cause.getCause();
        }
    }

    /** A failure to create a thread is excluded: it recovers when other threads end. */
    private static boolean isOfMemory(OutOfMemoryError error) {
        String message = error.getMessage();
        return message == null || !message.startsWith("unable to create native thread");
    }
}
