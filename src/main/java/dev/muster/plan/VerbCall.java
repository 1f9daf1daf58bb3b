package dev.muster.plan;

import dev.muster.config.Position;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A call of a verb in one step, checked against the verb's specification. Immutable.
 *
 * @param words the specification of the verb
 * @param at the position of the step
 * @param target the verb's own value as text: the name of a source, function, plan or queue, or an address; empty if the
 *     target is a value or a duration
 * @param literals the values that are never computed, by word: String (TEXT, ONE_OF), Long (INTEGER), Boolean, Duration,
 *     {@code List<String>} (TEXTS), {@link UriTemplate} (URI, unless it is an expression)
 * @param values the values that are computed when the step runs, by word
 * @param steps the inner steps, if the verb has a word of type STEPS
 */
public record VerbCall(
        VerbSpec words,
        Position at,
        String target,
        Map<String, Object> literals,
        Map<String, Template> values,
        List<Step> steps)
        implements Action {

    /** A call without inner steps. */
    public VerbCall(
            VerbSpec words, Position at, String target, Map<String, Object> literals, Map<String, Template> values) {
        this(words, at, target, literals, values, List.of());
    }

    @Override
    public List<Step> children() {
        return steps;
    }

    /** The verb. */
    public String verb() {
        return words.verb();
    }

    /** Whether the call has a value for this word. */
    public boolean has(String word) {
        return literals.containsKey(word) || values.containsKey(word);
    }

    /** The value of a word of type TEXT or ONE_OF. */
    public Optional<String> text(String word) {
        return Optional.ofNullable((String) literals.get(word));
    }

    /** The value of a word of type INTEGER. */
    public Optional<Long> integer(String word) {
        return Optional.ofNullable((Long) literals.get(word));
    }

    /** The value of a word of type BOOLEAN. */
    public Optional<Boolean> bool(String word) {
        return Optional.ofNullable((Boolean) literals.get(word));
    }

    /** The value of a word of type DURATION. */
    public Optional<Duration> duration(String word) {
        return Optional.ofNullable((Duration) literals.get(word));
    }

    /** The value of a word of type URI, unless it is an expression. */
    public Optional<UriTemplate> uri(String word) {
        return Optional.ofNullable((UriTemplate) literals.get(word));
    }

    /** The values of a word of type TEXTS; empty if the word is not given. */
    @SuppressWarnings("unchecked") // the parser stores only lists of strings for words of this type
    public List<String> texts(String word) {
        return (List<String>) literals.getOrDefault(word, List.of());
    }

    /** A short description of the call, for people. */
    public String summary() {
        return words.summary().apply(this);
    }
}
