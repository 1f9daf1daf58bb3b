package dev.muster.expr;

import dev.cel.common.CelErrorCode;
import dev.cel.common.exceptions.CelRuntimeException;

/** An error inside a function of Muster. It passes through CEL, which adds the position. */
final class Failure extends CelRuntimeException {

    private static final long serialVersionUID = 1L;

    private final ExpressionProblem.Kind kind;
    private final String text;

    Failure(ExpressionProblem.Kind kind, String message) {
        super(new IllegalArgumentException(message), CelErrorCode.INVALID_ARGUMENT);
        this.kind = kind;
        this.text = message;
    }

    ExpressionProblem.Kind kind() {
        return kind;
    }

    String text() {
        return text;
    }
}
