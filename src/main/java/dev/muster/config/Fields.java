package dev.muster.config;

import dev.muster.text.Utf8;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A typed reader of a map. It collects problems and continues. For one thread.
 *
 * <p>A getter returns empty, or the given default, if the entry is missing <em>or invalid</em>; an invalid entry is noted as
 * a problem at its position. A {@code require} method also notes a missing entry, and then returns a placeholder (empty
 * text, the least number, a zero duration). {@link Problems#throwIfAny} ensures that the placeholder is never used. An entry
 * without a value ({@code pool:}) is invalid for every type. At the end, {@link #unknownWords} notes the entries that were
 * not read.
 */
public final class Fields {
    private static final String TORN = "; between { and } a text with a comma needs quotes";

    private final Mapping mapping;
    private final String what;
    private final Problems problems;
    private final Set<String> namesRead = new TreeSet<>();

    /**
     * A reader of a map.
     *
     * @param what the name of the map in messages, such as {@code the source "catalog"}
     */
    public Fields(Mapping mapping, String what, Problems problems) {
        this.mapping = mapping;
        this.what = what;
        this.problems = problems;
    }

    /** The name of the map in messages. */
    public String what() {
        return what;
    }

    /** The map that is read. */
    public Mapping mapping() {
        return mapping;
    }

    /** The collector of the problems. */
    public Problems problems() {
        return problems;
    }

    /** Whether the map has an entry of that name; the entry counts as read. */
    public boolean has(String name) {
        namesRead.add(name);
        return mapping.has(name);
    }

    /** The node of an entry, of any type. */
    public Optional<Node> node(String name) {
        namesRead.add(name);
        return Optional.ofNullable(mapping.get(name));
    }

    /** A text. An unquoted number or boolean is not a text. */
    public Optional<String> string(String name) {
        return scalar(name, "text (in quotes, if it looks like something else)", Fields::textOf);
    }

    /** The text of an entry for messages, with secrets masked. Empty if the entry is missing or not a scalar. */
    public String shown(String name) {
        return mapping.get(name) instanceof Scalar scalar ? scalar.shown() : "";
    }

    /** An item of a list for messages, with secrets masked. */
    public String shownItem(String name, String text) {
        return mapping.get(name) instanceof Sequence list
                ? list.items().stream()
                        .filter(item ->
                                item instanceof Scalar scalar && scalar.text().equals(text))
                        .map(item -> ((Scalar) item).shown())
                        .findFirst()
                        .orElse(text)
                : text;
    }

    /** The secrets in the named entries, or in all entries if no name is given. */
    public OwnSecrets secrets(String... names) {
        Set<String> secrets = new HashSet<>();
        for (Mapping.Entry entry : mapping.entries()) {
            if (names.length == 0 || Set.of(names).contains(entry.name())) {
                addSecrets(entry.value(), secrets);
            }
        }
        return new OwnSecrets(secrets);
    }

    /** A text, or the default. */
    public String string(String name, String otherwise) {
        return string(name).orElse(otherwise);
    }

    /** A required text that is not empty; the placeholder is empty. */
    public String requireString(String name) {
        return required(name, "text", string(name).filter(text -> !isEmpty(name, text)), "");
    }

    /** A whole number from {@code least} to {@code most}, both included. */
    public Optional<Long> integer(String name, long least, long most) {
        String range = most == Long.MAX_VALUE ? "of at least " + least : "from " + least + " to " + most;
        return scalar(name, "a whole number " + range, scalar -> {
            Object value = typed(scalar);
            return value instanceof Long number && number >= least && number <= most ? number : null;
        });
    }

    /** A whole number in a range, or the default. */
    public int integer(String name, int least, int most, int otherwise) {
        return integer(name, (long) least, (long) most).map(Long::intValue).orElse(otherwise);
    }

    /** A required whole number in a range; the placeholder is {@code least}. */
    public long requireInteger(String name, long least, long most) {
        return required(name, "a whole number", integer(name, least, most), least);
    }

    /** {@code true} or {@code false}. */
    public Optional<Boolean> bool(String name) {
        return scalar(name, "true or false", scalar -> typed(scalar) instanceof Boolean truth ? truth : null);
    }

    /** {@code true} or {@code false}, or the default. */
    public boolean bool(String name, boolean otherwise) {
        return bool(name).orElse(otherwise);
    }

    /** A duration such as {@code 300ms}. */
    public Optional<Duration> duration(String name) {
        return parsed(name, "a duration, such as 300ms, 5s, 2m or 1h", Durations::parse);
    }

    /** A duration, or the default. */
    public Duration duration(String name, Duration otherwise) {
        return duration(name).orElse(otherwise);
    }

    /** A duration, or {@code 0} without a unit for zero. */
    public Optional<Duration> durationOrZero(String name) {
        return parsed(
                name,
                "a duration, such as 300ms, 5s, 2m or 1h, or 0",
                text -> text.equals("0") ? Duration.ZERO : Durations.parse(text));
    }

    /** A required duration; the placeholder is zero. */
    public Duration requireDuration(String name) {
        return required(name, "a duration", duration(name), Duration.ZERO);
    }

    /** A size in bytes, such as {@code 64KiB} or a plain number. */
    public Optional<Long> size(String name) {
        return parsed(name, "a size, such as 64KiB or 16MiB", Sizes::parse);
    }

    /** A size in bytes, or the default. */
    public long size(String name, long otherwise) {
        return size(name).orElse(otherwise);
    }

    /** One of the given words. */
    public Optional<String> oneOf(String name, Collection<String> words) {
        namesRead.add(name);
        Node node = mapping.get(name);
        if (node instanceof Scalar scalar && words.contains(scalar.text())) {
            return Optional.of(scalar.text());
        }
        if (node != null) {
            String hint = node instanceof Scalar scalar ? Suggest.didYouMean(scalar.shown(), words) : "";
            wrong(name, node, "one of " + String.join(", ", words), hint);
        }
        return Optional.empty();
    }

    /** One of the given words, or the default. */
    public String oneOf(String name, Collection<String> words, String otherwise) {
        return oneOf(name, words).orElse(otherwise);
    }

    /** A map. */
    public Optional<Mapping> mapping(String name) {
        return typed(name, "a map", Mapping.class);
    }

    /** A required map; the placeholder is empty. */
    public Mapping requireMapping(String name) {
        return required(name, "a map", mapping(name), Mapping.empty(mapping.at()));
    }

    /** A reader of an inner map. In messages it is {@code NAME of WHAT}. */
    public Optional<Fields> fields(String name) {
        return mapping(name).map(inner -> new Fields(inner, name + " of " + what, problems));
    }

    /** A list. */
    public Optional<Sequence> sequence(String name) {
        return typed(name, "a list", Sequence.class);
    }

    /** A list of texts. Other items are noted as problems and omitted. */
    public Optional<List<String>> strings(String name) {
        return sequence(name)
                .map(list -> list.items().stream()
                        .map(item -> {
                            String text = item instanceof Scalar scalar ? textOf(scalar) : null;
                            if (text == null) {
                                problems.add(item.at(), "each item of " + name + " of " + what + " must be text");
                            }
                            return Optional.ofNullable(text);
                        })
                        .flatMap(Optional::stream)
                        .toList());
    }

    /** Notes a problem with an entry, at its value; at the map if the entry is missing. */
    public void problem(String name, String message) {
        Node node = mapping.get(name);
        problems.add(node == null ? mapping.at() : node.at(), message);
    }

    /** Notes every entry that was not read and is not in {@code alsoKnown}, with a suggestion. */
    public void unknownWords(Set<String> alsoKnown) {
        Set<String> known = new TreeSet<>(namesRead);
        known.addAll(alsoKnown);
        Set<String> free = new HashSet<>(known);
        free.removeAll(mapping.names());
        for (Mapping.Entry entry : mapping.entries()) {
            String word = entry.name();
            if (!known.contains(word)) {
                String hint = isTorn(entry) ? TORN : Suggest.didYouMean(word, free);
                String words = hint.isEmpty() && !known.isEmpty() ? "; known are " + String.join(", ", known) : hint;
                problems.add(entry.key().at(), "unknown word \"" + word + "\" in " + what + words);
            }
        }
    }

    /**
     * Whether an entry that was not read looks like a misspelling of one of these words. {@link #unknownWords} reports the
     * misspelling, so a second error about the missing word is not needed.
     */
    public boolean hasMisspelt(Collection<String> words, Set<String> alsoKnown) {
        return mapping.names().stream()
                .filter(word -> !namesRead.contains(word) && !alsoKnown.contains(word))
                .anyMatch(word -> Suggest.closest(word, words).isPresent());
    }

    /** Whether the entry looks like the text after a comma in {@code {sql: select a, b from c}}. */
    private static boolean isTorn(Mapping.Entry entry) {
        return entry.name().contains(" ") && entry.value() instanceof Scalar rest && rest.value() == null;
    }

    /** Notes every entry that was not read. */
    public void unknownWords() {
        unknownWords(Set.of());
    }

    private <T> Optional<T> scalar(String name, String expected, Function<Scalar, @Nullable T> read) {
        namesRead.add(name);
        Node node = mapping.get(name);
        if (node == null) {
            return Optional.empty();
        }
        T value = node instanceof Scalar scalar ? read.apply(scalar) : null;
        if (value == null) {
            wrong(name, node, expected, "");
        }
        return Optional.ofNullable(value);
    }

    private <T> Optional<T> parsed(String name, String expected, Function<String, T> parse) {
        namesRead.add(name);
        Node node = mapping.get(name);
        if (!(node instanceof Scalar scalar) || scalar.value() == null) {
            if (node != null) {
                wrong(name, node, expected, "");
            }
            return Optional.empty();
        }
        try {
            return Optional.of(parse.apply(scalar.text()));
        } catch (IllegalArgumentException e) {
            if (scalar.secret() == null) {
                problems.add(node.at(), name + " of " + what + ": " + e.getMessage());
            } else {
                // The message of the exception repeats the text, which is secret.
                wrong(name, node, expected, "");
            }
            return Optional.empty();
        }
    }

    private <T extends Node> Optional<T> typed(String name, String expected, Class<T> type) {
        namesRead.add(name);
        Node node = mapping.get(name);
        if (node != null && !type.isInstance(node)) {
            wrong(name, node, expected, "");
        }
        return Optional.ofNullable(node).filter(type::isInstance).map(type::cast);
    }

    private <T> T required(String name, String expected, Optional<T> value, T placeholder) {
        if (!mapping.has(name)) {
            problems.add(mapping.at(), what + " needs \"" + name + "\": " + expected);
        }
        return value.orElse(placeholder);
    }

    private boolean isEmpty(String name, String text) {
        if (text.isEmpty()) {
            problem(name, name + " of " + what + " must not be empty");
        }
        return text.isEmpty();
    }

    private void wrong(String name, Node node, String expected, String hint) {
        String given = node instanceof Scalar scalar && scalar.value() != null
                ? "\"" + shortened(scalar.shown()) + "\""
                : node.describe();
        problems.add(node.at(), name + " of " + what + " must be " + expected + ", not " + given + hint);
    }

    private static void addSecrets(Node node, Set<String> secrets) {
        if (node instanceof Scalar scalar && scalar.secret() != null) {
            secrets.addAll(scalar.secret().values());
        } else if (node instanceof Sequence sequence) {
            sequence.items().forEach(item -> addSecrets(item, secrets));
        } else if (node instanceof Mapping inner) {
            inner.entries().forEach(entry -> addSecrets(entry.value(), secrets));
        }
    }

    private static String shortened(String text) {
        return text.length() <= 60 ? text : Utf8.beginning(text, 60) + "…";
    }

    private static @Nullable String textOf(Scalar scalar) {
        return scalar.value() instanceof String text ? text : null;
    }

    /** The value of the scalar. Unquoted text can come from a variable, so its type is determined again. */
    private static @Nullable Object typed(Scalar scalar) {
        if (!scalar.isText() || scalar.quoted()) {
            return scalar.value();
        }
        try {
            return CoreSchema.value(scalar.text());
        } catch (IllegalArgumentException e) {
            return scalar.text();
        }
    }
}
