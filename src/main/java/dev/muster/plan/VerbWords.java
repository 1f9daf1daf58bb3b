package dev.muster.plan;

import dev.muster.config.Problems;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The words of one verb, given to the parser by whoever executes it: they drive parsing, schema and documentation.
 *
 * @param verb the verb itself, {@code http} say
 * @param target what stands behind the verb
 * @param about one sentence for the documentation
 * @param words the words that may stand beside it
 * @param oneOf names of words of which exactly one is needed; empty for none
 * @param check notes what is wrong between the words of one step
 * @param effects whether this call may change something, so that a retry needs {@code idempotent: true}
 * @param canFlow whether the result of this call comes item by item, so that it can flow into {@code each}
 * @param mustFlow whether it comes in no other way, so that it may not be used whole
 * @param summary the call in a few words, for {@code explain} and progress: {@code GET /items/{id}}
 * @param example a step with this verb, as YAML, for the documentation
 */
public record VerbWords(
        String verb,
        Target target,
        String about,
        List<Word> words,
        List<String> oneOf,
        BiConsumer<VerbCall, Problems> check,
        Predicate<VerbCall> effects,
        Predicate<VerbCall> canFlow,
        Predicate<VerbCall> mustFlow,
        Function<VerbCall, String> summary,
        String example) {

    /** What stands behind a verb. */
    public enum Target {
        /** The name of a source whose kind is the verb's name, or one of the verbs of its word of type STEPS. */
        SOURCE,
        /** The name of a function. */
        FUNCTION,
        /** The name of a plan. */
        PLAN,
        /** An event-bus address. */
        ADDRESS,
        /** A value; it is the word {@value VerbWords#OWN_VALUE} of the call. */
        VALUE,
        /** A duration, or an expression that gives one; it is the word {@value VerbWords#OWN_VALUE} of the call. */
        DURATION,
        /** The name of a queue. */
        QUEUE
    }

    /** Under this name a call keeps what stands behind a verb whose target is a value. */
    public static final String OWN_VALUE = "";

    /** A verb without rules of its own; the withers below add them. */
    public static VerbWords of(String verb, Target target, String about, Word... words) {
        return new VerbWords(
                verb,
                target,
                about,
                List.of(words),
                List.of(),
                (call, problems) -> {},
                call -> false,
                call -> false,
                call -> false,
                VerbCall::target,
                "");
    }

    /** The same, needing exactly one of these words. */
    public VerbWords exactlyOneOf(String... names) {
        return new VerbWords(
                verb, target, about, words, List.of(names), check, effects, canFlow, mustFlow, summary, example);
    }

    /** The same, with a check between words. */
    public VerbWords checked(BiConsumer<VerbCall, Problems> rule) {
        return new VerbWords(verb, target, about, words, oneOf, rule, effects, canFlow, mustFlow, summary, example);
    }

    /** The same, where calls like these have effects. */
    public VerbWords withEffects(Predicate<VerbCall> which) {
        return new VerbWords(verb, target, about, words, oneOf, check, which, canFlow, mustFlow, summary, example);
    }

    /** The same, where the results of calls like these can flow. */
    public VerbWords flowing(Predicate<VerbCall> which) {
        return new VerbWords(verb, target, about, words, oneOf, check, effects, which, mustFlow, summary, example);
    }

    /** The same, where the results of calls like these can do nothing but flow. */
    public VerbWords onlyFlowing(Predicate<VerbCall> which) {
        return new VerbWords(verb, target, about, words, oneOf, check, effects, which, which, summary, example);
    }

    /** The same, with a summary. */
    public VerbWords summarized(Function<VerbCall, String> text) {
        return new VerbWords(verb, target, about, words, oneOf, check, effects, canFlow, mustFlow, text, example);
    }

    /** The same, with an example. */
    public VerbWords example(String yaml) {
        return new VerbWords(verb, target, about, words, oneOf, check, effects, canFlow, mustFlow, summary, yaml);
    }

    /** The word behind which steps stand, if there is one. */
    public Optional<Word> steps() {
        return words.stream().filter(word -> word.type() == Word.Type.STEPS).findFirst();
    }

    /** The word of this name. */
    public Optional<Word> word(String name) {
        return words.stream().filter(word -> word.name().equals(name)).findFirst();
    }
}
