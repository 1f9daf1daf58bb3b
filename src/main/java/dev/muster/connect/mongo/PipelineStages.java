package dev.muster.connect.mongo;

import dev.muster.plan.Template;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The stages of a pipeline as written in the plan. */
final class PipelineStages {
    private static final Set<String> OUT = Set.of("$out", "$merge");
    private static final Set<String> NEWS = Set.of("$changeStream");

    private PipelineStages() {}

    /** Whether a stage writes into a collection. */
    static boolean writeOut(@Nullable Template pipeline) {
        return any(pipeline, OUT);
    }

    /** Whether a stage waits for future changes. */
    static boolean awaitNews(@Nullable Template pipeline) {
        return any(pipeline, NEWS);
    }

    private static boolean any(@Nullable Template pipeline, Set<String> stages) {
        return of(pipeline).stream()
                .anyMatch(stage -> MongoOptions.keys(stage).stream().anyMatch(stages::contains));
    }

    /** The stages; empty if the pipeline is not written as a list. */
    static List<Template> of(@Nullable Template pipeline) {
        if (pipeline instanceof Template.ListOf list) {
            return list.items();
        }
        if (pipeline instanceof Template.Literal literal && literal.value() instanceof List<?> list) {
            return list.stream().<Template>map(Template.Literal::new).collect(Collectors.toList());
        }
        return List.of();
    }
}
