package dev.muster.plan;

import dev.muster.expr.Type;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a plan takes: checks an input, says all that is wrong with it, and gives expressions their types. */
public interface InputSpec {

    /** The type of the variable {@code input}. */
    Type type();

    /** The names that an input may have, as far as they are known. */
    default Set<String> names() {
        return type() instanceof Type.Fields known ? known.fields().keySet() : Set.of();
    }

    /** Everything that is wrong with an input, in plain words that name the place; empty if it fits. */
    List<String> problems(@Nullable Object input);

    /** The same as a JSON Schema, for the API's description. */
    Map<String, Object> schema();
}
