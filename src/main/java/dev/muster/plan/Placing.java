package dev.muster.plan;

import dev.muster.config.Position;

/** Places inside an expression as places of its file. */
final class Placing {

    private Placing() {}

    /**
     * The place in the file, exact as long as the expression stands on one line; else the line on which it begins.
     *
     * @param at where the expression's text begins
     */
    static Position in(Position at, String source, int line, int column) {
        return line == 1 && source.indexOf('\n') < 0
                ? new Position(at.file(), at.line(), at.column() + column - 1)
                : at;
    }
}
