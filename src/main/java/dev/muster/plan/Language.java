package dev.muster.plan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The words of the plan language: registered verbs and policies, and the built-in combinators and policies. Immutable.
 *
 * @param verbs the verbs, each word once
 * @param policies the registered policies, each word once
 */
public record Language(List<VerbSpec> verbs, List<PolicySpec> policies) {

    /** The built-in combinators, sorted. */
    public static final Set<String> COMBINATORS =
            Collections.unmodifiableSet(new TreeSet<>(Set.of("gather", "each", "race", "wait", "sequence", "group")));

    /** The built-in policies of every step, sorted. */
    public static final Set<String> POLICIES = Collections.unmodifiableSet(new TreeSet<>(
            Set.of("when", "optional", "default", "finally", "timeout", "retry", "idempotent", "after", "stream")));

    /** Checks that each word has one meaning. */
    public Language {
        verbs = List.copyOf(verbs);
        policies = List.copyOf(policies);
        Set<String> taken = new TreeSet<>(COMBINATORS);
        taken.addAll(POLICIES);
        List<String> added = new ArrayList<>();
        verbs.forEach(verb -> added.add(verb.verb()));
        policies.forEach(policy -> added.add(policy.policy()));
        for (String word : added) {
            if (!taken.add(word)) {
                throw new IllegalArgumentException("the word " + word + " would be ambiguous in a plan");
            }
        }
    }

    /** A language without registered policies. */
    public static Language of(VerbSpec... verbs) {
        return new Language(List.of(verbs), List.of());
    }

    /** The verb with this word. */
    public Optional<VerbSpec> verb(String word) {
        return verbs.stream().filter(verb -> verb.verb().equals(word)).findFirst();
    }

    /** The registered policy with this word. */
    public Optional<PolicySpec> policy(String word) {
        return policies.stream().filter(policy -> policy.policy().equals(word)).findFirst();
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

    /** All policies, sorted. */
    public Set<String> policyWords() {
        Set<String> words = new TreeSet<>(POLICIES);
        policies.forEach(policy -> words.add(policy.policy()));
        return words;
    }
}
