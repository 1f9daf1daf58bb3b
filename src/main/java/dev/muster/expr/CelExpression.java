package dev.muster.expr;

import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelVariableResolver;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An expression that CEL evaluates. Immutable, and safe on any thread. */
final class CelExpression implements Expression {

    private final String source;
    private final Set<String> references;
    private final CelRuntime.Program program;
    private final ExpressionLimits limits;
    private final Cost cost;
    private final CelErrors failures;

    CelExpression(
            String source,
            Set<String> references,
            CelRuntime.Program program,
            ExpressionLimits limits,
            Cost cost,
            CelErrors failures) {
        this.limits = limits;
        this.source = source;
        this.references = references;
        this.program = program;
        this.cost = cost;
        this.failures = failures;
    }

    @Override
    public String source() {
        return source;
    }

    @Override
    public Set<String> references() {
        return references;
    }

    @Override
    public boolean isPath() {
        return false;
    }

    @Override
    public @Nullable Object evaluate(Bindings bindings) {
        Walk walk = Walk.current();
        if (walk != null) {
            return evaluate(bindings, walk);
        }
        Walk.set(new Walk(limits.visits()));
        try {
            return evaluate(bindings, Walk.here());
        } catch (Walk.End end) {
            throw new ExpressionException(Place.START.problem(
                    ExpressionProblem.Kind.LIMIT,
                    end.isInterrupted()
                            ? "the evaluation was stopped because its result is no longer needed"
                            : "the expression visits more than " + limits.visits()
                                    + " values, each counted at every occurrence, the limit of"
                                    + " server.limits.visits"));
        } finally {
            Walk.set(null);
        }
    }

    private @Nullable Object evaluate(Bindings bindings, Walk walk) {
        ToCel inward = new ToCel(walk);
        CelVariableResolver variables =
                name -> Optional.of(inward.convert(bindings.get(name.startsWith(".") ? name.substring(1) : name)));
        try {
            return new FromCel(inward).convert(program.eval(variables));
        } catch (CelEvaluationException e) {
            throw failures.translate(e);
        } catch (Failure e) {
            throw new ExpressionException(Place.START.problem(e.kind(), e.text()));
        } catch (StackOverflowError e) {
            throw new ExpressionException(Place.START.problem(
                    ExpressionProblem.Kind.LIMIT, "the values are nested too deeply to be evaluated"));
        }
    }

    @Override
    public long costHint(Bindings bindings) {
        return cost.of(references, bindings);
    }

    @Override
    public String toString() {
        return source;
    }
}
