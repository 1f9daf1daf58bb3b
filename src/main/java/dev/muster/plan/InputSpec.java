package dev.muster.plan;

import dev.muster.expr.Type;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The input of a plan: checks values, reports all their problems, and gives expressions the input's type. Immutable, and
 * safe on any thread.
 */
public interface InputSpec {

    /** The type of the variable {@code input}. */
    Type type();

    /** The known names of the input's fields; empty if the type is open. */
    default Set<String> names() {
        return type() instanceof Type.Fields known ? known.fields().keySet() : Set.of();
    }

    /** The problems of an input, each with its path, for people. Empty if the input is valid. */
    List<String> problems(@Nullable Object input);

    /** The input as a JSON Schema, for the API description. */
    Map<String, Object> schema();
}
