package dev.muster.plan;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The words of the plan language: registered verbs, and the built-in combinators and policies. Immutable.
 *
 * @param verbs the verbs, each word once
 */
public record Language(List<VerbSpec> verbs) {

    /** The combinators, sorted. */
    public static final Set<String> COMBINATORS =
            Collections.unmodifiableSet(new TreeSet<>(Set.of("gather", "each", "race", "wait", "sequence", "group")));

    /** The policies of every step, sorted. */
    public static final Set<String> POLICIES = Collections.unmodifiableSet(new TreeSet<>(
            Set.of("when", "optional", "default", "finally", "timeout", "retry", "idempotent", "after", "stream")));

    /** Checks that each word has one meaning. */
    public Language {
        verbs = List.copyOf(verbs);
        Set<String> taken = new TreeSet<>(COMBINATORS);
        taken.addAll(POLICIES);
        for (VerbSpec verb : verbs) {
            if (!taken.add(verb.verb())) {
                throw new IllegalArgumentException("the word " + verb.verb() + " would be ambiguous in a plan");
            }
        }
    }

    /** A language with these verbs. */
    public static Language of(VerbSpec... verbs) {
        return new Language(List.of(verbs));
    }

    /** The verb with this word. */
    public Optional<VerbSpec> verb(String word) {
        return verbs.stream().filter(verb -> verb.verb().equals(word)).findFirst();
    }

    /** Whether a word is a verb or a combinator, so that a step can be made with it. */
    public boolean isHead(String word) {
        return COMBINATORS.contains(word) || verb(word).isPresent();
    }

    /** All verbs and combinators, sorted. */
    public Set<String> heads() {
        Set<String> heads = new TreeSet<>(COMBINATORS);
        verbs.forEach(verb -> heads.add(verb.verb()));
        return heads;
    }
}
