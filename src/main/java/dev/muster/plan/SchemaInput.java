package dev.muster.plan;

import dev.muster.expr.Names;
import dev.muster.expr.Type;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.SchemaException;
import io.vertx.json.schema.Validator;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** An input that is checked by a JSON Schema. The library receives the schema without the {@link OwnKeywords}. */
final class SchemaInput implements InputSpec {

    private static final int SHOWN_AT_MOST = 100;
    private static final String UNUSABLE = "input cannot be checked by the plan's inputSchema: ";

    private final Map<String, Object> schema;
    private final OwnKeywords own;
    private final Validator validator;
    private final Type type;

    SchemaInput(Map<String, Object> schema) {
        this.schema = schema;
        this.own = new OwnKeywords(schema);
        this.validator = JsonSchemas.validator(own.rest());
        this.type = SchemaTypes.of(schema);
    }

    @Override
    public Type type() {
        return type;
    }

    @Override
    public Set<String> names() {
        return schema.get("properties") instanceof Map<?, ?> properties ? names(properties) : Set.of();
    }

    private static Set<String> names(Map<?, ?> properties) {
        Set<String> names = new LinkedHashSet<>();
        properties.keySet().forEach(name -> names.add(String.valueOf(name)));
        return names;
    }

    @Override
    public Map<String, Object> schema() {
        return schema;
    }

    @Override
    public List<String> problems(@Nullable Object input) {
        try {
            OutputUnit result = validator.validate(JsonSchemas.wrapped(input));
            List<OwnKeywords.Mismatch> mismatches = own.mismatches(input);
            boolean valid = Boolean.TRUE.equals(result.getValid());
            return valid && mismatches.isEmpty() ? List.of() : described(valid ? null : result, mismatches);
        } catch (OwnKeywords.TooMuch e) {
            return List.of(String.valueOf(e.getMessage()));
        } catch (SchemaException | ClassCastException e) {
            // The library finds an invalid keyword only when it evaluates that keyword.
            return List.of(UNUSABLE + e.getMessage());
        } catch (StackOverflowError e) {
            return List.of(UNUSABLE + "its references form an endless cycle");
        }
    }

    private static List<String> described(@Nullable OutputUnit result, List<OwnKeywords.Mismatch> mismatches) {
        Set<String> problems = new LinkedHashSet<>();
        for (OutputUnit error : result == null ? List.<OutputUnit>of() : JsonSchemas.causes(result)) {
            String place = path(error.getInstanceLocation());
            problems.add(JsonSchemas.isUnknown(error) ? place + " is unknown" : place + ": " + error.getError());
        }
        mismatches.forEach(mismatch -> problems.add(path(mismatch.place()) + ": " + mismatch.problem()));
        if (problems.isEmpty()) {
            return List.of("input does not fit the plan's inputSchema");
        }
        List<String> shown = problems.stream().limit(SHOWN_AT_MOST).collect(Collectors.toCollection(ArrayList::new));
        if (problems.size() > SHOWN_AT_MOST) {
            shown.add("and more");
        }
        return shown;
    }

    private static String path(String location) {
        StringBuilder path = new StringBuilder("input");
        for (String part : JsonSchemas.pointer(location)) {
            if (!part.isEmpty() && part.chars().allMatch(c -> c >= '0' && c <= '9')) {
                path.append('[').append(part).append(']');
            } else if (Names.isVariable(part)) {
                path.append('.').append(part);
            } else {
                path.append("[\"").append(part).append("\"]");
            }
        }
        return path.toString();
    }
}
