package dev.muster.web;

import dev.muster.plan.Plan;
import dev.muster.plan.Template;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The OpenAPI operation of an exposed plan: the parameters and body that {@link InputBinding} reads, and the responses. */
final class PlanOperation {

    private static final List<Integer> PROBLEMS =
            List.of(400, 401, 403, 406, 408, 409, 413, 429, 499, 500, 502, 503, 504);
    private static final Set<String> BY_QUERY = Set.of("GET", "DELETE");
    private static final String RUN_HEADER = "#/components/headers/run";
    private static final String PARTIAL_HEADER = "#/components/headers/partial";
    private static final String EVENT = "#/components/schemas/Event";

    private final Plan plan;
    private final Plan.Expose expose;
    private final String path;
    private final InputBinding binding;
    private final InputSchema input;
    private final List<String> variables;

    /** The operation of a plan under a path of the document. Another plan can have named the variables of that path. */
    PlanOperation(Plan plan, String path) {
        this.plan = plan;
        this.expose = Objects.requireNonNull(plan.expose());
        this.path = path;
        this.binding = InputBinding.of(plan);
        this.input = new InputSchema(plan);
        this.variables = Endpoint.variables(Endpoints.segments(expose.path()));
    }

    /** The schemas that the operation refers to, by name. */
    Map<String, Object> schemas() {
        return input.shared();
    }

    Map<String, @Nullable Object> value() {
        Map<String, @Nullable Object> value = new LinkedHashMap<>();
        value.put("operationId", "plan." + plan.name());
        value.put("tags", List.of("endpoints"));
        value.put("summary", "Runs the plan " + plan.name());
        value.put("description", description());
        value.put("x-muster-plan", plan.name());
        if (plan.isPublic()) {
            value.put("security", List.of());
        }
        boolean byQuery = BY_QUERY.contains(expose.method());
        value.put("parameters", parameters(byQuery));
        body(byQuery).ifPresent(body -> value.put("requestBody", body));
        value.put("responses", responses());
        return value;
    }

    private String description() {
        String answer =
                "The response is the output; with `Accept: application/x-ndjson` or `text/event-stream` the events of the"
                        + " run as they happen.";
        return BY_QUERY.contains(expose.method()) || binding.names().size() == variables.size()
                ? answer
                : answer + " Names of the body that are not objects can also be query parameters.";
    }

    private List<Object> parameters(boolean byQuery) {
        List<Object> parameters = new ArrayList<>();
        List<String> shown = Endpoint.variables(Endpoints.segments(path));
        for (int i = 0; i < variables.size(); i++) {
            String name = variables.get(i);
            Map<String, @Nullable Object> parameter = parameter(shown.get(i), "path", true, input.ofSegment(name));
            if (!shown.get(i).equals(name)) {
                parameter.put("description", "The input `" + name + "` of the plan.");
            }
            parameters.add(parameter);
        }
        if (byQuery) {
            binding.names().stream()
                    .filter(name -> !variables.contains(name) && binding.takesText(name))
                    .forEach(name -> parameters.add(
                            parameter(name, "query", input.required().contains(name), input.ofText(name))));
            if (binding.isOpen()) {
                parameters.add(others());
            }
        }
        parameters.add(Map.of("$ref", "#/components/parameters/deadline"));
        parameters.add(Map.of("$ref", "#/components/parameters/grpcTimeout"));
        parameters.add(Map.of("$ref", "#/components/parameters/envoyTimeout"));
        parameters.add(Map.of("$ref", "#/components/parameters/traceparent"));
        parameters.add(Map.of("$ref", "#/components/parameters/tracestate"));
        return parameters;
    }

    private static Map<String, @Nullable Object> parameter(String name, String in, boolean required, Object schema) {
        Map<String, @Nullable Object> parameter = new LinkedHashMap<>();
        parameter.put("name", name);
        parameter.put("in", in);
        if (required) {
            parameter.put("required", true);
        }
        parameter.put("schema", schema);
        return parameter;
    }

    private Map<String, @Nullable Object> others() {
        String name = "others";
        while (binding.names().contains(name)) {
            name += "_";
        }
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", "object");
        schema.put("additionalProperties", input.others());
        Map<String, @Nullable Object> parameter = parameter(name, "query", false, schema);
        parameter.put("description", "Any other names, each as a parameter of its own.");
        parameter.put("style", "form");
        parameter.put("explode", true);
        return parameter;
    }

    private Optional<Map<String, @Nullable Object>> body(boolean byQuery) {
        Set<String> names = new LinkedHashSet<>(binding.names());
        names.removeIf(name -> variables.contains(name) || byQuery && binding.takesText(name));
        if (names.isEmpty() && (byQuery || !binding.isOpen())) {
            return Optional.empty();
        }
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put("required", names.stream().anyMatch(input.required()::contains));
        body.put("content", Map.of("application/json", Map.of("schema", input.ofBody(names))));
        return Optional.of(body);
    }

    private Map<String, @Nullable Object> responses() {
        Map<String, Object> headers = new LinkedHashMap<>();
        headers.put("Muster-Run", Map.of("$ref", RUN_HEADER));
        headers.put("Muster-Partial", Map.of("$ref", PARTIAL_HEADER));
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("application/json", Map.of("schema", outputSchema()));
        content.put("application/x-ndjson", Map.of("schema", Map.of("$ref", EVENT)));
        content.put("text/event-stream", Map.of("schema", Map.of("type", "string")));
        Map<String, Object> done = new LinkedHashMap<>();
        done.put("description", "The output of the plan.");
        done.put("headers", headers);
        done.put("content", content);
        Map<String, @Nullable Object> responses = new TreeMap<>();
        responses.put("200", done);
        PROBLEMS.stream()
                .filter(status -> !plan.isPublic() || status != 401 && status != 403)
                .forEach(status -> responses.put(
                        String.valueOf(status), Map.of("$ref", "#/components/responses/problem" + status)));
        return responses;
    }

    /**
     * The schema of the plan's output as far as it is known before a run: the shape of the template and its literal values. A plan
     * without {@code output} returns the map of all step results.
     */
    private Map<String, Object> outputSchema() {
        Template output = plan.output();
        if (output != null) {
            return schema(output);
        }
        Map<String, Object> results = new LinkedHashMap<>();
        plan.steps().forEach(step -> results.put(step.name(), Map.of()));
        return object(results);
    }

    private static Map<String, Object> schema(Template template) {
        if (template instanceof Template.Literal literal) {
            return schemaOfValue(literal.value());
        }
        if (template instanceof Template.MapOf map) {
            Map<String, Object> entries = new LinkedHashMap<>();
            map.entries().forEach((name, value) -> entries.put(name, schema(value)));
            return object(entries);
        }
        return template instanceof Template.ListOf ? Map.of("type", "array") : Map.of();
    }

    private static Map<String, Object> schemaOfValue(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> entries = new LinkedHashMap<>();
            map.forEach((name, entry) -> entries.put(String.valueOf(name), schemaOfValue(entry)));
            return object(entries);
        }
        if (value instanceof List) {
            return Map.of("type", "array");
        }
        return value == null ? Map.of("type", "null") : Map.of("const", value);
    }

    private static Map<String, Object> object(Map<String, Object> entries) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", "object");
        schema.put("properties", entries);
        if (!entries.isEmpty()) {
            schema.put("required", new ArrayList<>(entries.keySet()));
        }
        return schema;
    }
}
