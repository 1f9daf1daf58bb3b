package dev.muster.plan;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.SchemaRepository;
import io.vertx.json.schema.Validator;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Validators of JSON Schema 2020-12, and their errors. */
final class JsonSchemas {

    private static final String BASE = "https://json-schema.org/draft/2020-12/";
    private static final List<String> META = List.of(
            "meta/core",
            "meta/applicator",
            "meta/unevaluated",
            "meta/validation",
            "meta/meta-data",
            "meta/format-annotation",
            "meta/content");

    private JsonSchemas() {}

    /** The validator of schemas themselves, by the meta-schema. Created on first use. */
    private static final class Meta {
        static final Validator VALIDATOR = load();

        private static Validator load() {
            SchemaRepository repository = SchemaRepository.create(options());
            META.forEach(name -> repository.dereference(BASE + name, JsonSchema.of(resource(name))));
            JsonSchema schema = JsonSchema.of(resource("schema"));
            repository.dereference(BASE + "schema", schema);
            return repository.validator(BASE + "schema");
        }

        private static JsonObject resource(String name) {
            try (InputStream in = Validator.class.getResourceAsStream("/json-schema.org/draft/2020-12/" + name)) {
                if (in == null) {
                    throw new IllegalStateException("the schema of schemas is not on the class path: " + name);
                }
                return new JsonObject(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static JsonSchemaOptions options() {
        return new JsonSchemaOptions()
                .setBaseUri("https://muster.invalid/")
                .setDraft(Draft.DRAFT202012)
                .setOutputFormat(OutputFormat.Basic);
    }

    /** The errors of a schema; empty if the schema is valid. */
    static List<OutputUnit> problems(Map<String, ?> schema) {
        OutputUnit result = Meta.VALIDATOR.validate(wrapped(schema));
        return Boolean.TRUE.equals(result.getValid()) ? List.of() : causes(result);
    }

    /** The validator of a schema. Safe on any thread. */
    static Validator validator(Map<String, ?> schema) {
        return Validator.create(JsonSchema.of((JsonObject) copied(schema)), options());
    }

    /** A copy of a schema. The library writes into its argument, and expects bounds to be integers of 32 bits. */
    private static @Nullable Object copied(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            JsonObject copy = new JsonObject();
            map.forEach((key, item) -> copy.put(String.valueOf(key), copied(item)));
            return copy;
        }
        if (value instanceof List<?> list) {
            JsonArray copy = new JsonArray();
            list.forEach(item -> copy.add(copied(item)));
            return copy;
        }
        return value instanceof Long number && number == number.intValue() ? (Object) number.intValue() : value;
    }

    /** A JSON value in the library's own types. */
    @SuppressWarnings("unchecked") // keys of JSON values are strings
    static @Nullable Object wrapped(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return new JsonObject((Map<String, Object>) map);
        }
        return value instanceof List<?> list ? new JsonArray(list) : value;
    }

    /** The errors without those that only report errors further down. */
    static List<OutputUnit> causes(OutputUnit result) {
        List<OutputUnit> all = result.getErrors() == null ? List.of() : result.getErrors();
        Set<String> wrongInside = new HashSet<>();
        for (OutputUnit error : all) {
            if (!isUnknown(error)) {
                String place = String.valueOf(error.getInstanceLocation());
                for (int end = place.length(); end > 0; end = place.lastIndexOf('/', end - 1)) {
                    wrongInside.add(place.substring(0, end));
                }
            }
        }
        List<OutputUnit> causes = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            OutputUnit error = all.get(i);
            String keyword = String.valueOf(error.getKeywordLocation());
            boolean followed = i + 1 < all.size()
                    && String.valueOf(all.get(i + 1).getKeywordLocation()).startsWith(keyword + "/");
            boolean follows = isUnknown(error) && wrongInside.contains(error.getInstanceLocation());
            if (!followed && !follows && error.getError() != null) {
                causes.add(error);
            }
        }
        return causes;
    }

    /** Whether an error reports an unknown property. The library also reports known properties as unknown if they have other errors. */
    static boolean isUnknown(OutputUnit error) {
        String keyword = String.valueOf(error.getKeywordLocation());
        return keyword.endsWith("/additionalProperties") || keyword.endsWith("/unevaluatedProperties");
    }

    /** The parts of a JSON pointer such as {@code #/items/0}, unescaped. */
    static List<String> pointer(@Nullable String location) {
        if (location == null || location.indexOf('/') < 0) {
            return List.of();
        }
        List<String> parts = new ArrayList<>();
        for (String part : location.substring(location.indexOf('/') + 1).split("/", -1)) {
            parts.add(part.replace("~1", "/").replace("~0", "~"));
        }
        return parts;
    }
}
