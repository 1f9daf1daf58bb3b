package dev.muster.plan;

import dev.muster.config.Position;

/** Positions inside an expression as positions in its file. */
final class Placing {

    private Placing() {}

    /**
     * The position in the file. Exact if the expression is on one line; otherwise the place where the expression begins.
     *
     * @param at the place where the expression's text begins
     */
    static Position in(Position at, String source, int line, int column) {
        return line == 1 && source.indexOf('\n') < 0
                ? new Position(at.file(), at.line(), at.column() + column - 1)
                : at;
    }
}
