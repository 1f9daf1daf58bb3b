package dev.muster.config;

/**
 * A place in a file.
 *
 * @param file the file as the user knows it
 * @param line from 1
 * @param column from 1, in code points
 */
public record Position(String file, int line, int column) implements Comparable<Position> {
    /** The beginning of a file. */
    public static Position start(String file) {
        return new Position(file, 1, 1);
    }

    /** By file, line and column. */
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
