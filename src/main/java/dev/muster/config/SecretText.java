package dev.muster.config;

import java.util.Set;

/**
 * A text of the configuration that holds secrets.
 *
 * @param shown the text with {@code ***} for each secret; masked by position, not by a search for the values
 * @param values the secrets in the text
 */
public record SecretText(String shown, Set<String> values) {
    /** The mask of a secret. */
    public static final String MASK = "***";
}
