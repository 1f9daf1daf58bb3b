package dev.muster.plan;

import dev.muster.config.Problems;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The specification of a verb. It drives parsing, schema and documentation. The component that executes the verb provides
 * it. Immutable.
 *
 * @param verb the verb's own word, such as {@code http}
 * @param target the kind of the verb's own value
 * @param about one sentence for the documentation
 * @param words the words beside the verb
 * @param oneOf names of words of which exactly one is needed; empty for none
 * @param check the check across the words of one step; adds problems
 * @param effects whether a call can have side effects, so that a retry needs {@code idempotent: true}
 * @param canFlow whether the result of a call can be streamed item by item, to an {@code each} or to the caller
 * @param mustFlow whether the result of a call can only be streamed, so that it cannot be used whole
 * @param summary a short description of a call, for {@code explain} and progress, such as {@code GET /items/{id}}
 * @param example a step with this verb, as YAML, for the documentation
 */
public record VerbSpec(
        String verb,
        Target target,
        String about,
        List<Option> words,
        List<String> oneOf,
        BiConsumer<VerbCall, Problems> check,
        Predicate<VerbCall> effects,
        Predicate<VerbCall> canFlow,
        Predicate<VerbCall> mustFlow,
        Function<VerbCall, String> summary,
        String example) {

    /** The kind of a verb's own value. */
    public enum Target {
        /** The name of a source. Its kind is the verb's name, or one of the verbs of the word of type STEPS. */
        SOURCE,
        /** The name of a function. */
        FUNCTION,
        /** The name of a plan. */
        PLAN,
        /** An event-bus address. */
        ADDRESS,
        /** Any value. It is the word {@value #OWN_VALUE} of the call. */
        VALUE,
        /** A duration, or an expression that gives one. It is the word {@value #OWN_VALUE} of the call. */
        DURATION,
        /** The name of a queue. */
        QUEUE
    }

    /** The word under which a call keeps the verb's own value if the target is a value or a duration. */
    public static final String OWN_VALUE = "";

    /** A verb without further rules. The methods below add them. */
    public static VerbSpec of(String verb, Target target, String about, Option... words) {
        return new VerbSpec(
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

    /** The same verb, with exactly one of these words required. */
    public VerbSpec exactlyOneOf(String... names) {
        return new VerbSpec(
                verb, target, about, words, List.of(names), check, effects, canFlow, mustFlow, summary, example);
    }

    /** The same verb, with a check across its words. */
    public VerbSpec checked(BiConsumer<VerbCall, Problems> rule) {
        return new VerbSpec(verb, target, about, words, oneOf, rule, effects, canFlow, mustFlow, summary, example);
    }

    /** The same verb, with side effects for the calls that match. */
    public VerbSpec withEffects(Predicate<VerbCall> which) {
        return new VerbSpec(verb, target, about, words, oneOf, check, which, canFlow, mustFlow, summary, example);
    }

    /** The same verb, with results that can be streamed for the calls that match. */
    public VerbSpec flowing(Predicate<VerbCall> which) {
        return new VerbSpec(verb, target, about, words, oneOf, check, effects, which, mustFlow, summary, example);
    }

    /** The same verb, with results that can only be streamed for the calls that match. */
    public VerbSpec onlyFlowing(Predicate<VerbCall> which) {
        return new VerbSpec(verb, target, about, words, oneOf, check, effects, which, which, summary, example);
    }

    /** The same verb, with a summary. */
    public VerbSpec summarized(Function<VerbCall, String> text) {
        return new VerbSpec(verb, target, about, words, oneOf, check, effects, canFlow, mustFlow, text, example);
    }

    /** The same verb, with an example. */
    public VerbSpec example(String yaml) {
        return new VerbSpec(verb, target, about, words, oneOf, check, effects, canFlow, mustFlow, summary, yaml);
    }

    /** The word of type STEPS, if there is one. */
    public Optional<Option> steps() {
        return words.stream().filter(word -> word.type() == Option.Type.STEPS).findFirst();
    }

    /** The word with this name. */
    public Optional<Option> word(String name) {
        return words.stream().filter(word -> word.name().equals(name)).findFirst();
    }
}
