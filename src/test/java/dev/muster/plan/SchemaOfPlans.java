package dev.muster.plan;

import dev.muster.config.Yaml;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.Validator;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The published schema of the fixture's language, held against plans. */
final class SchemaOfPlans {

    private static final Validator VALIDATOR = JsonSchemas.validator(PlanSchema.of(Fixture.LANGUAGE));

    private SchemaOfPlans() {}

    /** What the schema finds wrong with a plan; empty if it fits. */
    static List<String> problems(String yaml) {
        Object value =
                Yaml.read("p.yaml", yaml.getBytes(StandardCharsets.UTF_8)).toValue();
        OutputUnit result = VALIDATOR.validate(JsonSchemas.wrapped(value));
        if (Boolean.TRUE.equals(result.getValid())) {
            return List.of();
        }
        return result.getErrors().stream()
                .map(error -> error.getInstanceLocation() + ": " + error.getError())
                .toList();
    }
}
