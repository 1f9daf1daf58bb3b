package dev.muster.config;

import java.util.Set;

/**
 * How a text of the configuration that holds secrets may be shown.
 *
 * @param shown the text with {@code ***} in the place of each secret, as it was written: not found by what it holds
 * @param values the secrets in it
 */
public record SecretText(String shown, Set<String> values) {
    /** What stands in the place of a secret. */
    public static final String MASK = "***";
}
