package dev.muster.expr;

/** A position in a source: line and column, both from 1, the column in code points. */
record Place(int line, int column) {

    static final Place START = new Place(1, 1);

    /** The position of a code point, counted from 0. */
    static Place ofCodePoint(String source, int codePoint) {
        int line = 1;
        int column = 1;
        int index = 0;
        for (int seen = 0; seen < codePoint && index < source.length(); seen++) {
            int c = source.codePointAt(index);
            index += Character.charCount(c);
            line += c == '\n' ? 1 : 0;
            column = c == '\n' ? 1 : column + 1;
        }
        return new Place(line, column);
    }

    /** The position of a char, counted from 0. */
    static Place ofChar(String source, int index) {
        return ofCodePoint(source, source.codePointCount(0, index));
    }

    ExpressionProblem problem(ExpressionProblem.Kind kind, String message) {
        return new ExpressionProblem(kind, line, column, message);
    }
}
