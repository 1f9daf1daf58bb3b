package dev.muster.expr;

import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelVariableResolver;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An expression that CEL evaluates. */
final class CelExpression implements Expression {

    private final String source;
    private final Set<String> references;
    private final CelRuntime.Program program;
    private final Cost cost;
    private final CelErrors failures;

    CelExpression(String source, Set<String> references, CelRuntime.Program program, Cost cost, CelErrors failures) {
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
        Inward inward = new Inward();
        CelVariableResolver variables =
                name -> Optional.of(inward.convert(bindings.get(name.startsWith(".") ? name.substring(1) : name)));
        try {
            return new Outward(inward).convert(program.eval(variables));
        } catch (CelEvaluationException e) {
            throw failures.translate(e);
        } catch (Failure e) {
            throw new ExpressionException(Place.START.problem(e.kind(), e.text()));
        } catch (StackOverflowError e) {
            throw new ExpressionException(Place.START.problem(
                    ExpressionProblem.Kind.LIMIT, "the values are nested too deeply to be worked on"));
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
