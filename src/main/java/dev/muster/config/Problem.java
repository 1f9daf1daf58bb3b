package dev.muster.config;

/**
 * Something wrong in a file: where, what, and what to do.
 *
 * @param at where
 * @param message what and what to do, on one line, without the position
 */
public record Problem(Position at, String message) implements Comparable<Problem> {
    /** By position, then by message. */
    @Override
    public int compareTo(Problem other) {
        int byPosition = at.compareTo(other.at);
        return byPosition != 0 ? byPosition : message.compareTo(other.message);
    }

    /** {@code file:line:column: message}. */
    @Override
    public String toString() {
        return at + ": " + message;
    }
}
