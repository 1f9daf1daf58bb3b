package dev.muster.web;

import dev.muster.json.Json;
import dev.muster.plan.Plan;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The OpenAPI 3.1 document of the whole API: the fixed part from {@code openapi.json} beside this class, and one path for each
 * exposed plan. The same plans always give the same document. Safe on any thread; takes some milliseconds for a thousand plans.
 */
final class OpenApi {

    private static final Set<String> OF_CALLERS =
            Set.of("security", "securitySchemes", "401", "403", "problem401", "problem403");

    private OpenApi() {}

    /**
     * The document as JSON.
     *
     * @param plans the plans; those without {@code expose} are left out
     * @param hasCallers whether callers are configured, so that requests need credentials unless the plan is public
     */
    static Buffer document(Collection<Plan> plans, boolean hasCallers) {
        return Buffer.buffer(Json.writeBytes(value(plans, hasCallers)));
    }

    /** The document as a JSON value. */
    static Map<String, @Nullable Object> value(Collection<Plan> plans, boolean hasCallers) {
        Map<String, @Nullable Object> document = new LinkedHashMap<>(fixed());
        Map<String, @Nullable Object> paths = new LinkedHashMap<>();
        Map<String, @Nullable Object> components = copy(document.get("components"));
        Map<String, @Nullable Object> schemas = copy(components.get("schemas"));
        Map<List<String>, String> pathsByShape = new LinkedHashMap<>();
        plans.stream()
                .filter(plan -> plan.expose() != null)
                .sorted(Comparator.comparing(plan -> expose(plan).path() + " " + plan.name()))
                .forEach(plan -> {
                    // Paths that differ only in the names of their variables are one path of the document.
                    String path = pathsByShape.computeIfAbsent(
                            shape(plan), shape -> expose(plan).path());
                    PlanOperation operation = new PlanOperation(plan, path);
                    Map<String, @Nullable Object> item = copy(paths.getOrDefault(path, Map.of()));
                    item.put(expose(plan).method().toLowerCase(Locale.ROOT), operation.value());
                    paths.put(path, item);
                    schemas.putAll(operation.schemas());
                });
        paths.putAll(copy(document.get("paths")));
        components.put("schemas", schemas);
        document.put("paths", paths);
        document.put("components", components);
        return hasCallers ? document : withoutCallers(document);
    }

    private static Plan.Expose expose(Plan plan) {
        return Objects.requireNonNull(plan.expose());
    }

    private static List<String> shape(Plan plan) {
        return Endpoints.segments(expose(plan).path()).stream()
                .map(segment -> Endpoint.isVariable(segment) ? "{}" : segment)
                .toList();
    }

    /** Removes authentication and its error responses. Schemas are left alone: the names in them belong to plans. */
    private static Map<String, @Nullable Object> withoutCallers(Map<?, ?> part) {
        Map<String, @Nullable Object> rest = new LinkedHashMap<>();
        part.forEach((key, value) -> {
            String name = String.valueOf(key);
            boolean ofSchemas = name.equals("schemas") || name.equals("schema");
            if (!OF_CALLERS.contains(name)) {
                rest.put(name, value instanceof Map<?, ?> map && !ofSchemas ? withoutCallers(map) : value);
            }
        });
        return rest;
    }

    @SuppressWarnings("unchecked") // keys of JSON values are strings
    private static Map<String, @Nullable Object> copy(@Nullable Object map) {
        return new LinkedHashMap<>((Map<String, @Nullable Object>) Objects.requireNonNull(map));
    }

    private static Map<String, @Nullable Object> fixed() {
        try (InputStream in = OpenApi.class.getResourceAsStream("openapi.json")) {
            return copy(Json.parse(Objects.requireNonNull(in).readAllBytes()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
