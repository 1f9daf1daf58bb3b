package dev.muster.connect.cpu;

import dev.muster.connect.StopSignal;
import org.jspecify.annotations.Nullable;

/**
 * A function that plans call by {@code cpu: NAME}: installed by naming its class in {@code
 * META-INF/services/dev.muster.connect.cpu.MusterFunction}.
 *
 * <p>One object serves all calls, several at once.
 */
public interface MusterFunction {

    /** What a function mostly does with its time, which decides about the pool it runs on. */
    enum Kind {
        /** It computes: a thread a core. */
        CPU,
        /** It waits, for a file or a driver that blocks: many threads, virtual where the JVM has them. */
        BLOCKING
    }

    /** The name in plans: {@code acme.resize}. */
    String name();

    /** One sentence for the documentation: what it takes and what it gives. */
    String about();

    /** What it mostly does with its time; it computes, unless it says otherwise. */
    default Kind kind() {
        return Kind.CPU;
    }

    /** Whether plans that are not saved may call it; not unless it says so. */
    default boolean adhoc() {
        return false;
    }

    /**
     * Computes.
     *
     * @param with a JSON value, as package {@code dev.muster.json} lists them; shared, so not to be changed
     * @param stop asked now and then by a function that computes for long; its thread is interrupted too
     * @return a JSON value, or bytes, which become Base64 text
     * @throws Exception the step fails with the message
     */
    @Nullable
    Object apply(@Nullable Object with, StopSignal stop) throws Exception;
}
