package dev.muster.web;

import dev.muster.plan.Plan;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The endpoint of an exposed plan, with everything that is computed ahead of its requests. */
final class Endpoint {

    private final Plan plan;
    private final InputBinding binding;
    private final List<String> variables;
    private final Endpoints.Match plain;
    private final boolean hasEffects;

    Endpoint(Plan plan, List<String> segments, boolean hasEffects) {
        this.plan = plan;
        this.hasEffects = hasEffects;
        this.binding = InputBinding.of(plan);
        this.variables = variables(segments);
        this.plain = new Endpoints.Match(plan, binding, Map.of());
    }

    Plan plan() {
        return plan;
    }

    InputBinding binding() {
        return binding;
    }

    /** Whether a run can change something. HEAD is then not served, because clients send it to look only. */
    boolean hasEffects() {
        return hasEffects;
    }

    /** The names of the path variables, in order. */
    List<String> variables() {
        return variables;
    }

    Endpoints.Found match(String path, int[] starts) {
        if (variables.isEmpty()) {
            return plain;
        }
        Map<String, String> values = new LinkedHashMap<>(variables.size() * 2);
        for (int i = 0; i < variables.size(); i++) {
            String name = variables.get(i);
            try {
                int end = PathNode.endOfSegment(path, starts[i]);
                values.put(name, PercentText.decode(path, starts[i], end, false));
            } catch (PercentText.MalformedException e) {
                return new Endpoints.Malformed(plan, "the path's {" + name + "} " + e.reason());
            }
        }
        return new Endpoints.Match(plan, binding, values);
    }

    /** The names of the variables of a plan's path, in order. */
    static List<String> variables(List<String> segments) {
        return segments.stream()
                .filter(Endpoint::isVariable)
                .map(segment -> segment.substring(1, segment.length() - 1))
                .toList();
    }

    /** Whether a segment of a plan's path is a variable, {@code {name}}. */
    static boolean isVariable(String segment) {
        return segment.startsWith("{");
    }
}
