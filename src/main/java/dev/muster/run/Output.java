package dev.muster.run;

import dev.muster.config.Sizes;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import org.jspecify.annotations.Nullable;

/** The bound on what a run gives. */
final class Output {

    /** An output that counts. */
    private static final long LARGE = 16 << 10;

    private Output() {}

    static @Nullable Object bounded(@Nullable Object output, long weight, RunLimits limits, MemoryBudget.Share memory) {
        if (weight > limits.outputBytes()) {
            throw tooLarge("the output", limits);
        }
        if (weight > LARGE) {
            memory.takes(weight);
        }
        return output;
    }

    static MusterException tooLarge(String what, RunLimits limits) {
        return new MusterException(
                ErrorType.LIMIT,
                what + ": more than " + Sizes.format(limits.outputBytes()) + " (server.limits.output)");
    }
}
