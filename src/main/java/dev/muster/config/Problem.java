package dev.muster.config;

import dev.muster.text.Utf8;

/**
 * An error in a file: where, what, and what to do. Problems are ordered by position, then by message.
 *
 * @param at the position
 * @param message what is wrong and what to do, without the position; shortened to one line of at most 1,000 characters
 */
public record Problem(Position at, String message) implements Comparable<Problem> {
    private static final int MAX_CHARACTERS = 1_000;

    /** Shortens the message, since it can quote large parts of a file. */
    public Problem {
        String line = message.length() <= MAX_CHARACTERS ? message : Utf8.beginning(message, MAX_CHARACTERS - 1) + "…";
        message = line.replaceAll("\\R", " ");
    }

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
