package dev.muster.config;

import dev.muster.json.Utf8;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A typed reader of a map that collects what is wrong and reads on. For one thread.
 *
 * <p>A getter answers empty, or the given default, when the entry is missing <em>or wrong</em>; a wrong one is noted as
 * a problem at its position. A {@code require} method notes a missing one too and then answers a stand-in (empty text,
 * the least number, no time), which {@link Problems#throwIfAny} keeps from ever being used. An entry without a value
 * ({@code pool:}) is wrong for every type. At the end, {@link #unknownWords} notes what nobody asked for.
 */
public final class Fields {
    private static final String TORN = "; between { and } a text with a comma needs quotes";

    private final Mapping mapping;
    private final String what;
    private final Problems problems;
    private final Set<String> asked = new TreeSet<>();

    /**
     * Of a map.
     *
     * @param what what the map is, for messages: {@code the source "catalog"}
     */
    public Fields(Mapping mapping, String what, Problems problems) {
        this.mapping = mapping;
        this.what = what;
        this.problems = problems;
    }

    /** What the map is. */
    public String what() {
        return what;
    }

    /** The map itself. */
    public Mapping mapping() {
        return mapping;
    }

    /** Where the problems go. */
    public Problems problems() {
        return problems;
    }

    /** Whether there is an entry of that name; counts as asked for. */
    public boolean has(String name) {
        asked.add(name);
        return mapping.has(name);
    }

    /** Whatever stands under a name. */
    public Optional<Node> node(String name) {
        asked.add(name);
        return Optional.ofNullable(mapping.get(name));
    }

    /** Text. A number or a truth value without quotes is no text. */
    public Optional<String> string(String name) {
        return scalar(name, "text (in quotes, if it looks like something else)", Fields::textOf);
    }

    /** The text of an entry as a message may repeat it; empty if it is missing or no scalar. */
    public String shown(String name) {
        return mapping.get(name) instanceof Scalar scalar ? scalar.shown() : "";
    }

    /** An item of the list under a name as a message may repeat it. */
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

    /** The secrets that stand in some entries, or in all where none is named. */
    public OwnSecrets secrets(String... names) {
        Set<String> secrets = new HashSet<>();
        for (Mapping.Entry entry : mapping.entries()) {
            if (names.length == 0 || Set.of(names).contains(entry.name())) {
                addSecrets(entry.value(), secrets);
            }
        }
        return new OwnSecrets(secrets);
    }

    /** Text, or the default. */
    public String string(String name, String otherwise) {
        return string(name).orElse(otherwise);
    }

    /** Text that must be there and not empty; the stand-in is empty. */
    public String requireString(String name) {
        return required(name, "text", string(name).filter(text -> !isEmpty(name, text)), "");
    }

    /** A whole number in a range, ends included. */
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

    /** A whole number in a range that must be there; the stand-in is the least. */
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

    /** A duration, or {@code 0} without a unit, which is no time. */
    public Optional<Duration> durationOrZero(String name) {
        return parsed(
                name,
                "a duration, such as 300ms, 5s, 2m or 1h, or 0",
                text -> text.equals("0") ? Duration.ZERO : Durations.parse(text));
    }

    /** A duration that must be there; the stand-in is none. */
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

    /** One of some words. */
    public Optional<String> oneOf(String name, Collection<String> words) {
        asked.add(name);
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

    /** One of some words, or the default. */
    public String oneOf(String name, Collection<String> words, String otherwise) {
        return oneOf(name, words).orElse(otherwise);
    }

    /** A map. */
    public Optional<Mapping> mapping(String name) {
        return typed(name, "a map", Mapping.class);
    }

    /** A map that must be there; the stand-in is empty. */
    public Mapping requireMapping(String name) {
        return required(name, "a map", mapping(name), Mapping.empty(mapping.at()));
    }

    /** A map, opened for reading; it is then {@code NAME of WHAT} in messages. */
    public Optional<Fields> fields(String name) {
        return mapping(name).map(inner -> new Fields(inner, name + " of " + what, problems));
    }

    /** A list. */
    public Optional<Sequence> sequence(String name) {
        return typed(name, "a list", Sequence.class);
    }

    /** A list that must be there; the stand-in is empty. */
    public Sequence requireSequence(String name) {
        return required(name, "a list", sequence(name), new Sequence(mapping.at(), List.of()));
    }

    /** A list of texts; items that are none are noted and left out. */
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

    /** Something that must be there. */
    public Optional<Node> requireNode(String name) {
        Optional<Node> node = node(name);
        if (node.isEmpty()) {
            missing(name, "a value");
        }
        return node;
    }

    /** Notes a problem with an entry, at its value if there is one, else at the map. */
    public void problem(String name, String message) {
        Node node = mapping.get(name);
        problems.add(node == null ? mapping.at() : node.at(), message);
    }

    /** Notes every entry that nobody asked for and that is none of the words given, with a suggestion. */
    public void unknownWords(Set<String> alsoKnown) {
        Set<String> known = new TreeSet<>(asked);
        known.addAll(alsoKnown);
        Set<String> free = new HashSet<>(known);
        free.removeAll(mapping.names());
        for (Mapping.Entry entry : mapping.entries()) {
            String word = entry.name();
            if (!known.contains(word)) {
                String hint = isTorn(entry) ? TORN : Suggest.didYouMean(word, free);
                String words = hint.isEmpty() && !known.isEmpty()
                        ? "; known are " + known.stream().collect(Collectors.joining(", "))
                        : hint;
                problems.add(entry.key().at(), "unknown word \"" + word + "\" in " + what + words);
            }
        }
    }

    /**
     * Whether one of these words stands there misspelt, as a word that nobody has asked for so far. {@link #unknownWords} tells so,
     * and that the word itself is missing merely follows from it.
     */
    public boolean hasMisspelt(Collection<String> words, Set<String> alsoKnown) {
        return mapping.names().stream()
                .filter(word -> !asked.contains(word) && !alsoKnown.contains(word))
                .anyMatch(word -> Suggest.closest(word, words).isPresent());
    }

    /** Whether it looks like what follows a comma in {@code {sql: select a, b from c}}. */
    private static boolean isTorn(Mapping.Entry entry) {
        return entry.name().contains(" ") && entry.value() instanceof Scalar rest && rest.value() == null;
    }

    /** Notes every entry that nobody asked for. */
    public void unknownWords() {
        unknownWords(Set.of());
    }

    private <T> Optional<T> scalar(String name, String expected, Function<Scalar, @Nullable T> read) {
        asked.add(name);
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
        asked.add(name);
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
                // The message repeats the text.
                wrong(name, node, expected, "");
            }
            return Optional.empty();
        }
    }

    private <T extends Node> Optional<T> typed(String name, String expected, Class<T> type) {
        asked.add(name);
        Node node = mapping.get(name);
        if (node != null && !type.isInstance(node)) {
            wrong(name, node, expected, "");
        }
        return Optional.ofNullable(node).filter(type::isInstance).map(type::cast);
    }

    private <T> T required(String name, String expected, Optional<T> value, T standIn) {
        if (!mapping.has(name)) {
            missing(name, expected);
        }
        return value.orElse(standIn);
    }

    private boolean isEmpty(String name, String text) {
        if (text.isEmpty()) {
            problem(name, name + " of " + what + " must not be empty");
        }
        return text.isEmpty();
    }

    private void missing(String name, String expected) {
        problems.add(mapping.at(), what + " needs \"" + name + "\": " + expected);
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

    /** What the scalar says; text without quotes may have come from a variable, and is then read anew. */
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
