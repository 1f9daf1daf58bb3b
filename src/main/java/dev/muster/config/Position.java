package dev.muster.config;

/**
 * A position in a file. Positions are ordered by file, line and column.
 *
 * @param file the name of the file as the user knows it
 * @param line the line, from 1
 * @param column the column, from 1, in code points
 */
public record Position(String file, int line, int column) implements Comparable<Position> {
    /** The first character of a file. */
    public static Position start(String file) {
        return new Position(file, 1, 1);
    }

    /** The position {@code columns} further in the same line. */
    public Position shifted(int columns) {
        return new Position(file, line, column + columns);
    }

    @Override
    public int compareTo(Position other) {
        int byFile = file.compareTo(other.file);
        if (byFile != 0) {
            return byFile;
        }
        int byLine = Integer.compare(line, other.line);
        return byLine != 0 ? byLine : Integer.compare(column, other.column);
    }

    /** {@code file:line:column}. */
    @Override
    public String toString() {
        return file + ":" + line + ":" + column;
    }
}
