package dev.muster.plan;

import java.util.List;
import java.util.Optional;

/**
 * A policy of others, given to the parser by whoever executes it: {@code cache: {ttl: 5s}} or {@code rate: NAME}.
 *
 * <p>A step keeps it in {@link Policies#more}: a map of what its words say, or the one text. Computed words are templates
 * of that map; the others are literals in it, as {@link VerbCall#literals} lists them.
 *
 * @param policy the policy's own word
 * @param about one sentence for the documentation and the schema
 * @param words what may stand in its map; empty where it is one text, a name say, that is never computed
 * @param example the policy as YAML, for the documentation
 */
public record PolicyWords(String policy, String about, List<Word> words, String example) {

    /** A policy that is a map of words. */
    public static PolicyWords of(String policy, String about, Word... words) {
        if (words.length == 0) {
            throw new IllegalArgumentException("the policy " + policy + " has no words");
        }
        return new PolicyWords(policy, about, List.of(words), "");
    }

    /** A policy that is one text. */
    public static PolicyWords text(String policy, String about) {
        return new PolicyWords(policy, about, List.of(), "");
    }

    /** The same, with an example. */
    public PolicyWords example(String yaml) {
        return new PolicyWords(policy, about, words, yaml);
    }

    /** Whether it is one text instead of a map. */
    public boolean isText() {
        return words.isEmpty();
    }

    /** The word of this name. */
    public Optional<Word> word(String name) {
        return words.stream().filter(word -> word.name().equals(name)).findFirst();
    }
}
