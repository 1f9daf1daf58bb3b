package dev.muster.expr;

import java.util.List;

/** The failure of a compilation or an evaluation. {@link #problems()} has all errors. */
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

    /** All errors, in the order of the text; never empty. An evaluation reports one. */
    public List<ExpressionProblem> problems() {
        return problems;
    }

    /** The kind of the first error. */
    public ExpressionProblem.Kind kind() {
        return problems.get(0).kind();
    }

    /** The line of the first error within the expression, from 1. */
    public int line() {
        return problems.get(0).line();
    }

    /** The column of the first error within its line, from 1, in code points. */
    public int column() {
        return problems.get(0).column();
    }
}
