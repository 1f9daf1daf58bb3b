package dev.muster.run;

import dev.muster.config.Sizes;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;

/** The limit on the size of a run's output. */
final class Output {

    private Output() {}

    static void check(long weight, RunLimits limits) {
        if (weight > limits.outputBytes()) {
            throw tooLarge("the output", limits);
        }
    }

    static MusterException tooLarge(String what, RunLimits limits) {
        return new MusterException(
                ErrorType.LIMIT,
                what + ": more than " + Sizes.format(limits.outputBytes()) + " (server.limits.output)");
    }
}
