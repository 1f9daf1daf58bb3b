package dev.muster.plan;

import static dev.muster.plan.SchemaWords.map;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The JSON Schema (2020-12) of plans, generated from the words of a language.
 *
 * <p>Every plan that the parser accepts is valid by the schema. The schema rejects unknown words and wrong types. Checks
 * that need names, expressions or the configuration are left to the parser.
 */
public final class PlanSchema {

    private static final String IDENTIFIER = "^[A-Za-z_][A-Za-z0-9_]*$";

    private final Language language;

    private PlanSchema(Language language) {
        this.language = language;
    }

    /** The schema, as a new JSON value. */
    public static Map<String, Object> of(Language language) {
        return new PlanSchema(language).plan();
    }

    private Map<String, Object> plan() {
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put(
                "plan",
                map(
                        "type",
                        "string",
                        "pattern",
                        "^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$",
                        "description",
                        "The plan's name."));
        properties.put("description", map("type", "string"));
        properties.put("input", map("$ref", "#/$defs/input", "description", "The input of the plan: names and types."));
        properties.put(
                "inputSchema",
                map("type", "object", "description", "The input of the plan, as a JSON Schema (2020-12)."));
        properties.put(
                "expose",
                map(
                        "type",
                        "string",
                        "pattern",
                        "^(" + String.join("|", Plan.Expose.METHODS) + ") +/\\S*$",
                        "description",
                        "The endpoint: GET /products/{id}."));
        properties.put(
                "public",
                map("type", "boolean", "description", "Whether the endpoint is open without authentication."));
        properties.put("adhoc", map("type", "boolean", "description", "Whether ad-hoc plans may use it."));
        properties.put(TriggerReader.WORD, SchemaWords.trigger());
        properties.put(
                TriggerReader.CHECKPOINT,
                map(
                        "type",
                        "array",
                        "items",
                        map("type", "string"),
                        "description",
                        "Steps whose results are kept for a further attempt at the same job."));
        properties.put("timeout", map("$ref", "#/$defs/duration", "description", "The time limit of a run."));
        properties.put(
                "steps", map("$ref", "#/$defs/mapOrList", "description", "A map runs concurrently, a list in order."));
        properties.put("output", map("description", "The output of a run; its = strings are computed."));
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.put("title", "Muster plan");
        schema.put("type", "object");
        schema.put("properties", properties);
        schema.put("required", List.of("plan"));
        schema.put("anyOf", List.of(map("required", List.of("steps")), map("required", List.of("output"))));
        schema.put("not", map("required", List.of("input", "inputSchema")));
        schema.put("additionalProperties", false);
        schema.put("$defs", definitions());
        return schema;
    }

    private Map<String, Object> definitions() {
        Map<String, Object> defs = new LinkedHashMap<>();
        SchemaWords.definitions(defs);
        defs.put("name", map("pattern", IDENTIFIER, "not", map("enum", List.of("caller", "input", "run"))));
        defs.put("steps", steps());
        defs.put("list", map("type", "array", "items", map("$ref", "#/$defs/entry")));
        defs.put("mapOrList", SchemaWords.anyOf("steps", "list"));
        defs.put("someSteps", filled("steps", "minProperties"));
        defs.put("someList", filled("list", "minItems"));
        defs.put("someMapOrList", SchemaWords.anyOf("someSteps", "someList"));
        defs.put("entry", entry());
        defs.put("retry", SchemaWords.retry());
        language.heads().forEach(head -> defs.put("step-" + head, head(head)));
        defs.put("step", step());
        return defs;
    }

    /** A step's schema is chosen by its verb or combinator, so that an editor reports the errors of that one only. */
    private Map<String, Object> step() {
        List<Object> heads = new ArrayList<>();
        List<Object> cases = new ArrayList<>();
        for (String head : language.heads()) {
            heads.add(map("required", List.of(head)));
            cases.add(map("if", isHead(head), "then", map("$ref", "#/$defs/step-" + head)));
        }
        return map("type", "object", "anyOf", heads, "allOf", cases);
    }

    /** The condition that a word is the step's verb or combinator, not a word of another verb. */
    private Map<String, Object> isHead(String head) {
        List<Object> owners = new ArrayList<>();
        for (VerbSpec verb : language.verbs()) {
            if (!verb.verb().equals(head) && verb.word(head).isPresent()) {
                owners.add(map("required", List.of(verb.verb())));
            }
        }
        Map<String, Object> condition = map("required", List.of(head));
        if (!owners.isEmpty()) {
            condition.put("not", map("anyOf", owners));
        }
        return condition;
    }

    private static Map<String, Object> steps() {
        return map(
                "type",
                "object",
                "propertyNames",
                map("$ref", "#/$defs/name"),
                "additionalProperties",
                map("$ref", "#/$defs/step"));
    }

    private static Map<String, Object> filled(String definition, String bound) {
        return map("$ref", "#/$defs/" + definition, bound, 1L);
    }

    /** An item of a list of steps: a step, or a map with one key that is the step's name. */
    private Map<String, Object> entry() {
        TreeSet<String> words = new TreeSet<>(language.heads());
        words.addAll(Language.POLICIES);
        Map<String, Object> named = new LinkedHashMap<>();
        named.put("type", "object");
        named.put("minProperties", 1L);
        named.put("maxProperties", 1L);
        named.put(
                "propertyNames",
                map("allOf", List.of(map("$ref", "#/$defs/name"), map("not", map("enum", List.copyOf(words))))));
        named.put("additionalProperties", map("$ref", "#/$defs/step"));
        return map("anyOf", List.of(map("$ref", "#/$defs/step"), named));
    }

    private Map<String, Object> head(String head) {
        return language.verb(head).map(this::verb).orElseGet(() -> combinator(head));
    }

    private Map<String, Object> verb(VerbSpec verb) {
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put(verb.verb(), SchemaWords.target(verb.target()));
        verb.words().forEach(word -> properties.put(word.name(), SchemaWords.of(word)));
        List<String> required = new ArrayList<>(List.of(verb.verb()));
        verb.words().stream().filter(Option::required).map(Option::name).forEach(required::add);
        Map<String, Object> schema = step(verb.about(), properties, required);
        if (!verb.oneOf().isEmpty()) {
            List<Object> choices = new ArrayList<>();
            verb.oneOf().forEach(word -> choices.add(map("required", List.of(word))));
            schema.put("oneOf", choices);
        }
        return schema;
    }

    private Map<String, Object> combinator(String word) {
        Map<String, Object> properties = new LinkedHashMap<>();
        List<String> required = new ArrayList<>(List.of(word));
        if (word.equals("each")) {
            required.add("do");
        }
        SchemaWords.combinator(word, properties);
        return step("", properties, required);
    }

    private Map<String, Object> step(String about, Map<String, Object> properties, List<String> required) {
        SchemaWords.policies(properties);
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", "object");
        if (!about.isEmpty()) {
            schema.put("description", about);
        }
        schema.put("properties", properties);
        schema.put("required", required);
        schema.put("additionalProperties", false);
        return schema;
    }
}
