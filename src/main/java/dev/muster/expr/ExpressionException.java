package dev.muster.expr;

import java.util.List;

/** An expression that cannot be compiled, or whose evaluation failed; all errors found are in {@link #problems()}. */
public final class ExpressionException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<ExpressionProblem> problems;

    ExpressionException(ExpressionProblem problem) {
        this(List.of(problem));
    }

    ExpressionException(List<ExpressionProblem> problems) {
        super(problems.get(0).message());
        this.problems = List.copyOf(problems);
    }

    /** Every problem found, in the order of the text; never empty. Evaluation finds one. */
    public List<ExpressionProblem> problems() {
        return problems;
    }

    /** The first problem's kind. */
    public ExpressionProblem.Kind kind() {
        return problems.get(0).kind();
    }

    /** The first problem's line within the expression, from 1. */
    public int line() {
        return problems.get(0).line();
    }

    /** The first problem's column within its line, from 1. */
    public int column() {
        return problems.get(0).column();
    }
}
