package dev.muster.run;

import dev.muster.config.Sizes;
import dev.muster.expr.LoopBudget;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.plan.Template;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * The computing of one run's values: here while that holds the loop for a moment only, else on a worker; and within the bound of
 * what values may become. On the run's loop.
 */
final class Computing {

    private final RunLimits limits;
    private final Offload offload;
    private final Weights weights = new Weights();

    Computing(RunLimits limits, Offload offload) {
        this.limits = limits;
        this.offload = offload;
    }

    /** Computes a template here, or on a worker if it would hold the loop. */
    Future<@Nullable Object> evaluate(Scope scope, Template template, Env env) {
        try {
            long cost = template.costHint(env);
            if (cost == 0) {
                return weighed(scope, template, template.evaluate(env));
            }
            if (cost <= limits.offloadMicros()) {
                return weighed(scope, template, LoopBudget.within(() -> template.evaluate(env)));
            }
        } catch (LoopBudget.PassedException e) {
            // The estimate was wrong, as it is of values that stand at many places.
            return offloaded(scope, template, env);
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
        return offloaded(scope, template, env);
    }

    private Future<@Nullable Object> offloaded(Scope scope, Template template, Env env) {
        var snapshot = env.snapshot(template.references());
        return offload.compute(scope, () -> template.evaluate(snapshot))
                .compose(value -> weighed(scope, template, value));
    }

    /** What is only passed on was weighed before, or came from outside within bounds. */
    private Future<@Nullable Object> weighed(Scope scope, Template template, @Nullable Object value) {
        boolean isPassedOn = template instanceof Template.Literal
                || template instanceof Template.Computed computed
                        && computed.expression().isPath();
        return isPassedOn ? Future.succeededFuture(value) : weighed(scope, value);
    }

    /** Gives a value on that was put together, if it is not too large. */
    Future<@Nullable Object> weighed(Scope scope, @Nullable Object value) {
        long weight = weights.of(value);
        if (weight == Weights.UNKNOWN) {
            return offloadedWeight(scope, value, limits.valueBytes()).compose(found -> within(value, found));
        }
        return within(value, weight);
    }

    private Future<@Nullable Object> within(@Nullable Object value, long weight) {
        return weight <= limits.valueBytes()
                ? Future.succeededFuture(value)
                : Future.failedFuture(new MusterException(
                        ErrorType.LIMIT,
                        "a value that is put together takes more than " + Sizes.format(limits.valueBytes())
                                + " as JSON, with each part counted wherever it stands (server.limits.value)"));
    }

    /** The same, at once whatever its size. */
    long weightNow(@Nullable Object value, long most) {
        long weight = weights.of(value);
        return weight != Weights.UNKNOWN ? weight : Weight.of(value, most);
    }

    /** Remembers the size of a value that somebody else has added up. */
    void remember(@Nullable Object value, long weight) {
        weights.keep(value, weight);
    }

    /** The size of a value as JSON text; of what is larger than this, something above it. */
    Future<Long> weight(Scope scope, @Nullable Object value, long most) {
        long weight = weights.of(value);
        return weight != Weights.UNKNOWN ? Future.succeededFuture(weight) : offloadedWeight(scope, value, most);
    }

    private Future<Long> offloadedWeight(Scope scope, @Nullable Object value, long most) {
        return offload.compute(scope, () -> Weight.of(value, most)).map(found -> {
            weights.keep(value, (Long) found);
            return (Long) found;
        });
    }
}
