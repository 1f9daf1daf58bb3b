package dev.muster.web;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Builds the input of one request. For one use; not thread-safe. */
final class Binder {

    private static final String PATH = "the path";
    private static final String QUERY = "the query";

    private final InputBinding binding;
    private final Map<String, String> path;
    private final BindingProblems problems = new BindingProblems();
    private final Set<String> ofQuery = new HashSet<>(0);
    private Map<String, @Nullable Object> input = new LinkedHashMap<>();
    private boolean whole = true;

    Binder(InputBinding binding, Map<String, String> path) {
        this.binding = binding;
        this.path = path;
        path.forEach((name, text) -> value(name, text, PATH));
    }

    BindingProblems problems() {
        return problems;
    }

    Map<String, @Nullable Object> input() {
        return input;
    }

    /** Whether everything that was sent is in the input. Otherwise a missing name does not mean that the caller left it out. */
    boolean isWhole() {
        return whole;
    }

    void query(@Nullable String query) {
        if (query == null) {
            return;
        }
        int from = 0;
        while (from <= query.length()) {
            int and = query.indexOf('&', from);
            int to = and < 0 ? query.length() : and;
            if (to > from) {
                pair(query, from, to);
            }
            from = to + 1;
        }
    }

    void body(Object body) {
        if (!(body instanceof Map<?, ?> map)) {
            noBody("the body must be a JSON object");
            return;
        }
        if (input.isEmpty() && path.isEmpty() && ofQuery.isEmpty()) {
            @SuppressWarnings("unchecked") // keys of JSON values are strings
            Map<String, @Nullable Object> values = (Map<String, @Nullable Object>) map;
            input = values;
            return;
        }
        map.forEach((key, value) -> {
            String name = String.valueOf(key);
            if (path.containsKey(name) || ofQuery.contains(name)) {
                twice(name, path.containsKey(name) ? PATH : QUERY, "the body");
            } else {
                input.put(name, value);
            }
        });
    }

    /** Notes that the request has no usable body. */
    void noBody(String why) {
        problems.add(why);
        whole = false;
    }

    private void pair(String query, int from, int to) {
        int equals = query.indexOf('=', from);
        int end = equals < 0 || equals > to ? to : equals;
        String name;
        try {
            name = PercentText.decode(query, from, end, true);
        } catch (PercentText.MalformedException e) {
            problems.add("a name in the query " + e.reason());
            return;
        }
        if (name.isEmpty()) {
            problems.add("a value in the query has no name");
            return;
        }
        try {
            text(name, end == to ? "" : PercentText.decode(query, end + 1, to, true));
        } catch (PercentText.MalformedException e) {
            problems.add(name, BindingProblems.shown(name) + " in the query " + e.reason());
        }
    }

    private void text(String name, String text) {
        ParameterType type = binding.type(name);
        if (path.containsKey(name)) {
            twice(name, PATH, QUERY);
        } else if (type == null) {
            String shown = BindingProblems.shown(name) + " in the query";
            problems.add(problems.isFull() ? shown : binding.unknown(shown, name));
        } else if (ofQuery.add(name) || type.item() != null) {
            value(name, text, QUERY);
        } else {
            problems.add(name, BindingProblems.shown(name) + " occurs more than once in the query");
        }
    }

    private void value(String name, String text, String place) {
        ParameterType type = binding.type(name);
        if (type == null || !type.takesText()) {
            problems.add(
                    name, BindingProblems.shown(name) + " in " + place + " would be an object; send it in the body");
            return;
        }
        Object before = input.get(name);
        ParameterType one = type.item() != null && (before != null || type.isList()) ? type.item() : type;
        Optional<Object> value = one.parse(text);
        if (value.isEmpty()) {
            problems.add(
                    name,
                    BindingProblems.shown(name) + " in " + place + " must be " + one.describe() + ", not "
                            + (text.isEmpty() ? "empty" : BindingProblems.quoted(text)));
        } else if (one == type) {
            input.put(name, value.get());
        } else {
            list(name, before).add(value.get());
        }
    }

    /** The list of the values of a name; a single earlier value becomes its first item. */
    private List<Object> list(String name, @Nullable Object before) {
        if (before instanceof ListOfText list) {
            return list;
        }
        ListOfText list = new ListOfText();
        if (before != null) {
            list.add(before);
        }
        input.put(name, list);
        return list;
    }

    private void twice(String name, String one, String other) {
        problems.add(name, BindingProblems.shown(name) + " occurs in both " + one + " and " + other);
    }

    /** A list of repeated query values, as opposed to a list that came in the body. */
    private static final class ListOfText extends ArrayList<Object> {
        private static final long serialVersionUID = 1L;
    }
}
