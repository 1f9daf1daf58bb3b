package dev.muster.run;

import dev.muster.config.Sizes;
import dev.muster.expr.LoopBudget;
import dev.muster.json.JsonSize;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.plan.Template;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * The evaluation of a run's expressions: on the loop if that takes only a moment, else on a worker. It also enforces the
 * limit on the size of computed values. On the run's loop.
 */
final class Computing {

    private final RunLimits limits;
    private final Runner.Offload offload;
    private final ValueSizes weights = new ValueSizes();

    Computing(RunLimits limits, Runner.Offload offload) {
        this.limits = limits;
        this.offload = offload;
    }

    /** Evaluates a template on the loop, or on a worker if it would hold the loop for too long. */
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
            // The estimate was too low, as it is for values that are referenced from many places.
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

    /**
     * Checks the size of a computed value. A literal or a plain path is not checked: its value was checked before or is
     * bounded by its source.
     */
    private Future<@Nullable Object> weighed(Scope scope, Template template, @Nullable Object value) {
        boolean isPassedOn = template instanceof Template.Literal
                || template instanceof Template.Computed computed
                        && computed.expression().isPath();
        return isPassedOn ? Future.succeededFuture(value) : weighed(scope, value);
    }

    /** Returns a composed value; fails with {@code limit} if it is too large. */
    Future<@Nullable Object> weighed(Scope scope, @Nullable Object value) {
        long weight = weights.of(value);
        if (weight == ValueSizes.UNKNOWN) {
            return offloadedWeight(scope, value, limits.valueBytes()).compose(found -> within(value, found));
        }
        return within(value, weight);
    }

    private Future<@Nullable Object> within(@Nullable Object value, long weight) {
        return weight <= limits.valueBytes()
                ? Future.succeededFuture(value)
                : Future.failedFuture(new MusterException(
                        ErrorType.LIMIT,
                        "a computed value takes more than " + Sizes.format(limits.valueBytes())
                                + " as JSON, with each part counted at every occurrence (server.limits.value)"));
    }

    /**
     * The size of a value as JSON text, computed at once on the loop, whatever it costs; of a value larger than
     * {@code most}, some number above {@code most}.
     */
    long weightNow(@Nullable Object value, long most) {
        long weight = weights.of(value);
        return weight != ValueSizes.UNKNOWN ? weight : JsonSize.of(value, most);
    }

    /** Stores the size of a value that the caller has added up. */
    void remember(@Nullable Object value, long weight) {
        weights.keep(value, weight);
    }

    /** The size of a value as JSON text; of a value larger than {@code most}, some number above {@code most}. */
    Future<Long> weight(Scope scope, @Nullable Object value, long most) {
        long weight = weights.of(value);
        return weight != ValueSizes.UNKNOWN ? Future.succeededFuture(weight) : offloadedWeight(scope, value, most);
    }

    private Future<Long> offloadedWeight(Scope scope, @Nullable Object value, long most) {
        return offload.compute(scope, () -> JsonSize.of(value, most)).map(found -> {
            weights.keep(value, (Long) found);
            return (Long) found;
        });
    }
}
