package dev.muster.connect.mongo;

import dev.muster.config.Problems;
import dev.muster.plan.Option;
import dev.muster.plan.Template;
import dev.muster.plan.VerbCall;
import dev.muster.plan.VerbSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The words of the verb {@code mongo}, and the checks between them. */
final class MongoOptions {
    static final String FIND = "find";
    static final String AGGREGATE = "aggregate";
    static final String INSERT = "insert";
    static final String UPDATE = "update";
    static final String DELETE = "delete";
    static final String COUNT = "count";

    static final String FILTER = "filter";
    static final String PROJECTION = "projection";
    static final String SORT = "sort";
    static final String SKIP = "skip";
    static final String LIMIT = "limit";
    static final String PIPELINE = "pipeline";
    static final String DOCUMENTS = "documents";
    static final String ORDERED = "ordered";
    static final String CHANGES = "changes";
    static final String REPLACEMENT = "replacement";
    static final String UPSERT = "upsert";
    static final String MANY = "many";
    static final String ARRAY_FILTERS = "arrayFilters";
    static final String HINT = "hint";
    static final String COLLATION = "collation";
    static final String LET = "let";
    static final String BATCH_SIZE = "batchSize";
    static final String ALLOW_DISK_USE = "allowDiskUse";

    private static final List<String> OPERATIONS = List.of(FIND, AGGREGATE, INSERT, UPDATE, DELETE, COUNT);

    /** The words that each operation takes. */
    private static final Map<String, Set<String>> GO_WITH = Map.of(
            FIND,
            Set.of(FILTER, PROJECTION, SORT, SKIP, LIMIT, HINT, COLLATION, LET, BATCH_SIZE, ALLOW_DISK_USE),
            AGGREGATE,
            Set.of(PIPELINE, HINT, COLLATION, LET, BATCH_SIZE, ALLOW_DISK_USE),
            INSERT,
            Set.of(DOCUMENTS, ORDERED),
            UPDATE,
            Set.of(FILTER, CHANGES, PIPELINE, REPLACEMENT, UPSERT, MANY, ARRAY_FILTERS, HINT, COLLATION, LET),
            DELETE,
            Set.of(FILTER, MANY, HINT, COLLATION, LET),
            COUNT,
            Set.of(FILTER, SKIP, LIMIT, HINT, COLLATION));

    private static final Set<String> WRITING_STAGES = Set.of("$out", "$merge");
    private static final Set<String> WAITING_STAGES = Set.of("$changeStream");

    private MongoOptions() {}

    static VerbSpec of() {
        return VerbSpec.of(
                        MongoSettings.KIND,
                        VerbSpec.Target.SOURCE,
                        "Finds, aggregates and changes documents in MongoDB; the result is documents or counts.",
                        Option.of(FIND, Option.Type.TEXT, "The collection to read documents from."),
                        Option.of(AGGREGATE, Option.Type.TEXT, "The collection to run a pipeline on."),
                        Option.of(
                                INSERT,
                                Option.Type.TEXT,
                                "The collection to insert documents into; the result is {inserted, ids}. Has effects."),
                        Option.of(
                                UPDATE,
                                Option.Type.TEXT,
                                "The collection to change documents in; the result is {matched, modified, upsertedId}."
                                        + " Has effects."),
                        Option.of(
                                DELETE,
                                Option.Type.TEXT,
                                "The collection to delete documents from; the result is {deleted}. Has effects."),
                        Option.of(COUNT, Option.Type.TEXT, "The collection to count documents in."),
                        Option.of(
                                FILTER,
                                Option.Type.VALUE,
                                "The selected documents: a map. Computed values in it cannot have keys that begin with $."
                                        + " Needed by update and delete; {} means all."),
                        Option.of(PROJECTION, Option.Type.VALUES, "The fields in the results of find."),
                        Option.of(
                                SORT, Option.Type.VALUES, "The fields that find sorts by: 1 ascending, -1 descending."),
                        Option.of(SKIP, Option.Type.VALUE, "The number of documents that find and count skip."),
                        Option.of(
                                LIMIT,
                                Option.Type.VALUE,
                                "The maximum number of documents that find returns and count counts."),
                        Option.of(
                                PIPELINE,
                                Option.Type.LIST,
                                "The stages of aggregate, or of an update. With $out or $merge it has effects."),
                        Option.of(DOCUMENTS, Option.Type.VALUE, "The documents to insert: a list, or one document."),
                        Option.of(
                                ORDERED, Option.Type.BOOLEAN, "Whether insert ends at the first error; default true."),
                        Option.of(
                                CHANGES,
                                Option.Type.VALUES,
                                "The change of each document: a map of operators such as $set."),
                        Option.of(
                                REPLACEMENT,
                                Option.Type.VALUE,
                                "The document that replaces the first one found, instead of changes."),
                        Option.of(
                                UPSERT,
                                Option.Type.BOOLEAN,
                                "Whether update inserts a document if none is found; default false."),
                        Option.of(
                                MANY,
                                Option.Type.BOOLEAN,
                                "Whether update and delete apply to every selected document; default false: only the first one."),
                        Option.of(ARRAY_FILTERS, Option.Type.LIST, "The elements that $[name] in changes refers to."),
                        Option.of(HINT, Option.Type.VALUE, "The index to use: its name, or its keys."),
                        Option.of(COLLATION, Option.Type.VALUES, "How text is compared: {locale: de, strength: 2}."),
                        Option.of(LET, Option.Type.VALUES, "Variables for expressions in the command, as $$name."),
                        Option.of(
                                BATCH_SIZE,
                                Option.Type.INTEGER,
                                "The number of documents to fetch at a time; default: the source's fetch."),
                        Option.of(
                                ALLOW_DISK_USE,
                                Option.Type.BOOLEAN,
                                "Whether the server may use its disk for large sorts and groups."))
                .exactlyOneOf(OPERATIONS.toArray(String[]::new))
                .checked(MongoOptions::check)
                .withEffects(MongoOptions::writes)
                .flowing(call -> reads(call) && !call.has(COUNT))
                .summarized(call -> operation(call) + " " + collection(call))
                .example("""
                        reviews:
                          mongo: reviews
                          find: reviews
                          filter: {productId: = input.id, stars: {$gte: 4}}
                          sort: {at: -1}
                          limit: 20
                        """);
    }

    /** Returns the operation of a call; the parser ensures that there is exactly one. */
    static String operation(VerbCall call) {
        return OPERATIONS.stream().filter(call::has).findFirst().orElse(FIND);
    }

    /** The number of documents to fetch at a time; empty if the step leaves it to the source. */
    static Optional<Integer> batchSize(VerbCall call) {
        return call.integer(BATCH_SIZE).filter(size -> size > 0).map(size -> (int) Math.min(size, Integer.MAX_VALUE));
    }

    static String collection(VerbCall call) {
        return call.text(operation(call)).orElse("");
    }

    static boolean writes(VerbCall call) {
        return !reads(call);
    }

    /** Whether an aggregation writes its documents into a collection. */
    static boolean writesOut(VerbCall call) {
        return call.has(AGGREGATE) && hasStage(call, WRITING_STAGES);
    }

    /** Whether an aggregation waits for future documents. */
    static boolean awaits(VerbCall call) {
        return call.has(AGGREGATE) && hasStage(call, WAITING_STAGES);
    }

    private static boolean hasStage(VerbCall call, Set<String> names) {
        return stages(call.values().get(PIPELINE)).stream()
                .anyMatch(stage -> keys(stage).stream().anyMatch(names::contains));
    }

    private static boolean reads(VerbCall call) {
        return call.has(FIND) || call.has(COUNT) || call.has(AGGREGATE) && !writesOut(call);
    }

    private static void check(VerbCall call, Problems problems) {
        String operation = operation(call);
        String collection = collection(call);
        if (collection.isEmpty() || collection.indexOf('\0') >= 0 || collection.contains("$")) {
            problems.add(call.at(), operation + " takes the name of a collection, which is not empty and has no $");
        }
        Set<String> fitting = GO_WITH.getOrDefault(operation, Set.of());
        for (Option word : call.words().words()) {
            String name = word.name();
            if (call.has(name) && !name.equals(operation) && !fitting.contains(name)) {
                problems.add(call.at(), name + " goes with " + operationsWith(name) + ", not with " + operation);
            }
        }
        needs(call, operation, problems);
        ValueChecks.check(call, problems);
    }

    private static void needs(VerbCall call, String operation, Problems problems) {
        switch (operation) {
            case AGGREGATE -> need(call, PIPELINE, problems);
            case INSERT -> need(call, DOCUMENTS, problems);
            case DELETE -> need(call, FILTER, problems);
            case UPDATE -> {
                need(call, FILTER, problems);
                long ways = List.of(CHANGES, PIPELINE, REPLACEMENT).stream()
                        .filter(call::has)
                        .count();
                if (ways != 1) {
                    problems.add(call.at(), "update needs exactly one of changes, pipeline, replacement");
                }
                if (call.has(REPLACEMENT) && call.bool(MANY).orElse(false)) {
                    problems.add(call.at(), "replacement is for one document; leave many out");
                }
                if (call.has(ARRAY_FILTERS) && !call.has(CHANGES)) {
                    problems.add(call.at(), "arrayFilters goes with changes");
                }
            }
            default -> {}
        }
    }

    private static void need(VerbCall call, String word, Problems problems) {
        if (!call.has(word)) {
            String hint = word.equals(FILTER) ? "; {} means all" : "";
            problems.add(call.at(), operation(call) + " needs " + word + hint);
        }
    }

    private static String operationsWith(String word) {
        List<String> fitting = OPERATIONS.stream()
                .filter(operation -> GO_WITH.getOrDefault(operation, Set.of()).contains(word))
                .toList();
        return String.join(", ", fitting);
    }

    /** The stages of a pipeline; empty if it is not written as a list. */
    static List<Template> stages(@Nullable Template pipeline) {
        if (pipeline instanceof Template.ListOf list) {
            return list.items();
        }
        if (pipeline instanceof Template.Literal literal && literal.value() instanceof List<?> list) {
            return list.stream().<Template>map(Template.Literal::new).toList();
        }
        return List.of();
    }

    /** The keys of a map that is written in the plan; empty for any other template. */
    static Set<String> keys(Template template) {
        if (template instanceof Template.MapOf map) {
            return map.entries().keySet();
        }
        if (template instanceof Template.Literal literal && literal.value() instanceof Map<?, ?> map) {
            return map.keySet().stream().map(String::valueOf).collect(Collectors.toSet());
        }
        return Set.of();
    }
}
