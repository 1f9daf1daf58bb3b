package dev.muster.plan;

import dev.muster.config.Position;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A verb as it stands in one step, checked against its words.
 *
 * @param words the verb's words
 * @param at where the step stands
 * @param target what stands behind the verb, as text: the name of a source, function or plan, an address; empty where the
 *     target is a value
 * @param literals what is never computed, by word: String (TEXT, ONE_OF), Long (INTEGER), Boolean, Duration, {@code
 *     List<String>} (TEXTS), {@link UriTemplate} (URI, unless it is an expression)
 * @param values what is computed when the step runs, by word
 * @param steps the steps written inside, where the verb has a word of type STEPS
 */
public record VerbCall(
        VerbWords words,
        Position at,
        String target,
        Map<String, Object> literals,
        Map<String, Template> values,
        List<Step> steps)
        implements Action {

    /** A call without steps inside. */
    public VerbCall(
            VerbWords words, Position at, String target, Map<String, Object> literals, Map<String, Template> values) {
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

    /** Whether a word was given. */
    public boolean has(String word) {
        return literals.containsKey(word) || values.containsKey(word);
    }

    /** The text behind a word of type TEXT or ONE_OF. */
    public Optional<String> text(String word) {
        return Optional.ofNullable((String) literals.get(word));
    }

    /** The number behind a word of type INTEGER. */
    public Optional<Long> integer(String word) {
        return Optional.ofNullable((Long) literals.get(word));
    }

    /** The truth behind a word of type BOOLEAN. */
    public Optional<Boolean> bool(String word) {
        return Optional.ofNullable((Boolean) literals.get(word));
    }

    /** The duration behind a word of type DURATION. */
    public Optional<Duration> duration(String word) {
        return Optional.ofNullable((Duration) literals.get(word));
    }

    /** The template behind a word of type URI, unless that is an expression. */
    public Optional<UriTemplate> uri(String word) {
        return Optional.ofNullable((UriTemplate) literals.get(word));
    }

    /** The texts behind a word of type TEXTS; none where it is not given. */
    @SuppressWarnings("unchecked") // the parser puts nothing else there
    public List<String> texts(String word) {
        return (List<String>) literals.getOrDefault(word, List.of());
    }

    /** The call in a few words. */
    public String summary() {
        return words.summary().apply(this);
    }
}
