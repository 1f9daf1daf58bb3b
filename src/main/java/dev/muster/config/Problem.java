package dev.muster.config;

import dev.muster.json.Utf8;

/**
 * Something wrong in a file: where, what, and what to do.
 *
 * @param at where
 * @param message what and what to do, without the position; made one line of at most 1,000 characters
 */
public record Problem(Position at, String message) implements Comparable<Problem> {
    private static final int MOST_CHARACTERS = 1_000;

    /** Keeps what was quoted from a file from flooding a terminal. */
    public Problem {
        String line =
                message.length() <= MOST_CHARACTERS ? message : Utf8.beginning(message, MOST_CHARACTERS - 1) + "…";
        message = line.replaceAll("\\R", " ");
    }

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
