package dev.muster.plan;

import java.util.List;
import java.util.Optional;

/**
 * The specification of a registered policy, such as {@code cache: {ttl: 5s}} or {@code rate: NAME}. The component that
 * executes the policy provides it. Immutable.
 *
 * <p>A step keeps the policy in {@link Policies#more}: a map of the values of its words, or one text. Computed words are
 * templates in that map; the others are literals, as {@link VerbCall#literals} lists them.
 *
 * @param policy the policy's own word
 * @param about one sentence for the documentation and the schema
 * @param words the words of the policy's map; empty if the policy is one text that is never computed, such as a name
 * @param example the policy as YAML, for the documentation
 */
public record PolicySpec(String policy, String about, List<Option> words, String example) {

    /** A policy that is a map of words. */
    public static PolicySpec of(String policy, String about, Option... words) {
        if (words.length == 0) {
            throw new IllegalArgumentException("the policy " + policy + " has no words");
        }
        return new PolicySpec(policy, about, List.of(words), "");
    }

    /** A policy that is one text. */
    public static PolicySpec text(String policy, String about) {
        return new PolicySpec(policy, about, List.of(), "");
    }

    /** The same policy, with an example. */
    public PolicySpec example(String yaml) {
        return new PolicySpec(policy, about, words, yaml);
    }

    /** Whether the policy is one text instead of a map. */
    public boolean isText() {
        return words.isEmpty();
    }

    /** The word with this name. */
    public Optional<Option> word(String name) {
        return words.stream().filter(word -> word.name().equals(name)).findFirst();
    }
}
