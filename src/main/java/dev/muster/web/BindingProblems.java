package dev.muster.web;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** All that is wrong with the input of one request. For one thread. */
final class BindingProblems {

    private static final int MOST = 100;
    private static final int MOST_IN_SENTENCE = 10;
    private static final int MOST_QUOTED = 60;

    private final Set<String> found = new LinkedHashSet<>();
    private final Set<String> names = new HashSet<>();
    private boolean more;

    /** Notes a problem of no name. */
    void add(String problem) {
        if (!isFull()) {
            found.add(problem);
        } else {
            more = true;
        }
    }

    /** Notes a problem of a name, of which the check of the whole input has nothing to add. */
    void add(String name, String problem) {
        if (!isFull()) {
            names.add(name);
        }
        add(problem);
    }

    /** Whether no more are told, so that finding good words for one is wasted. */
    boolean isFull() {
        return found.size() >= MOST;
    }

    /** Notes what the plan's input says, without the names that something was said of already. */
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

    boolean isEmpty() {
        return found.isEmpty();
    }

    List<String> list() {
        List<String> list = new ArrayList<>(found);
        if (more) {
            list.add("and more");
        }
        return List.copyOf(list);
    }

    /** All of them in one line, or the first of many. */
    String sentence() {
        List<String> first = found.stream().limit(MOST_IN_SENTENCE).toList();
        int rest = found.size() - first.size();
        return String.join("; ", first)
                + (rest == 0
                        ? ""
                        : "; and " + rest + (more ? " or more" : "") + (rest == 1 && !more ? " other" : " others"));
    }

    /** A name in a message. */
    static String shown(String name) {
        return name.matches("[A-Za-z_][A-Za-z0-9_]{0," + (MOST_QUOTED - 1) + "}") ? name : quoted(name);
    }

    /** A text in a message: on one line, and not longer than a line. */
    static String quoted(String text) {
        String shown = text;
        if (text.length() > MOST_QUOTED) {
            int cut = Character.isHighSurrogate(text.charAt(MOST_QUOTED - 1)) ? MOST_QUOTED - 1 : MOST_QUOTED;
            shown = text.substring(0, cut) + "…";
        }
        StringBuilder line = new StringBuilder("\"");
        shown.chars().forEach(c -> line.append(Character.isISOControl(c) ? '�' : (char) c));
        return line.append('"').toString();
    }
}
