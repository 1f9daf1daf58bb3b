package dev.muster.connect.cpu;

import dev.muster.connect.StopSignal;
import org.jspecify.annotations.Nullable;

/**
 * A function that plans call with {@code cpu: NAME}. It is installed by listing its class in
 * {@code META-INF/services/dev.muster.connect.cpu.MusterFunction}.
 *
 * <p>One object serves all calls, several at the same time.
 */
public interface MusterFunction {

    /** How a function spends most of its time; it selects the pool. */
    enum Kind {
        /** CPU-bound; one thread for each core. */
        CPU,
        /** Blocked on a file or a blocking driver; many threads, virtual if the JVM has them. */
        BLOCKING
    }

    /** The name in plans, for example {@code acme.resize}. */
    String name();

    /** One sentence for the documentation: the argument and the result. */
    String about();

    /** The kind of the function; {@link Kind#CPU} by default. */
    default Kind kind() {
        return Kind.CPU;
    }

    /** Whether ad-hoc plans may call the function; false by default. */
    default boolean adhoc() {
        return false;
    }

    /**
     * Computes the result. Runs on a thread of the function's pool.
     *
     * @param with a JSON value as package {@code dev.muster.json} defines it; shared, so it must not be changed
     * @param stop the cancel flag; long computations must poll it. The thread is interrupted as well
     * @return a JSON value, or bytes, which become Base64 text; at most {@link CpuConnector#MAX_RESULT_BYTES} as JSON
     * @throws Exception fails the step with the exception's message
     */
    @Nullable
    Object apply(@Nullable Object with, StopSignal stop) throws Exception;
}
