package dev.muster.web;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.text.Printable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The problems with the input of one request, at most 100. Not thread-safe. */
final class BindingProblems {

    private static final int MAX_PROBLEMS = 100;
    private static final int MAX_IN_SENTENCE = 10;
    private static final int MAX_QUOTED = 60;

    private final Set<String> found = new LinkedHashSet<>();
    private final Set<String> names = new HashSet<>();
    private boolean more;

    void add(String problem) {
        if (!isFull()) {
            found.add(problem);
        } else {
            more = true;
        }
    }

    /** Adds a problem of a name. Later problems of the same name from {@link #addOfInput} are dropped. */
    void add(String name, String problem) {
        if (!isFull()) {
            names.add(name);
        }
        add(problem);
    }

    /** Whether further problems are not listed, so that composing a message is wasted. */
    boolean isFull() {
        return found.size() >= MAX_PROBLEMS;
    }

    /** Adds the problems that the plan's input schema found, except those of names that have a problem already. */
    void addOfInput(List<String> problems) {
        problems.stream().filter(problem -> !isSaid(problem)).forEach(this::add);
    }

    private boolean isSaid(String problem) {
        return names.stream()
                .anyMatch(name -> begins(problem, "input." + name) || problem.startsWith("input[\"" + name + "\"]"));
    }

    private static boolean begins(String problem, String place) {
        return problem.startsWith(place)
                && (problem.length() == place.length()
                        || !Character.isJavaIdentifierPart(problem.charAt(place.length())));
    }

    /**
     * Fails if there are problems.
     *
     * @throws MusterException of type {@code badInput}: the detail as a sentence, the field {@code problems} as a list
     */
    void throwIfAny() throws MusterException {
        if (!found.isEmpty()) {
            throw new MusterException(ErrorType.BAD_INPUT, sentence(), Map.of("problems", list()), null);
        }
    }

    private List<String> list() {
        List<String> list = new ArrayList<>(found);
        if (more) {
            list.add("and more");
        }
        return List.copyOf(list);
    }

    /** The first problems in one line. */
    private String sentence() {
        List<String> first = found.stream().limit(MAX_IN_SENTENCE).toList();
        int rest = found.size() - first.size();
        return String.join("; ", first)
                + (rest == 0
                        ? ""
                        : "; and " + rest + (more ? " or more" : "") + (rest == 1 && !more ? " other" : " others"));
    }

    static String shown(String name) {
        return name.matches("[A-Za-z_][A-Za-z0-9_]{0," + (MAX_QUOTED - 1) + "}") ? name : quoted(name);
    }

    /** A text in quotation marks, made printable for messages: one line, 60 characters at most. */
    static String quoted(String text) {
        return "\"" + Printable.beginning(text, MAX_QUOTED) + "\"";
    }
}
