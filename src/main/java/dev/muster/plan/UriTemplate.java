package dev.muster.plan;

import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A parsed URI template (RFC 6570). Immutable, and safe on any thread. */
public interface UriTemplate {

    /** The text of the template. */
    String source();

    /** The names of the variables. */
    Set<String> variables();

    /**
     * Expands the template, with values escaped. Values are JSON values; a missing value and null expand to nothing.
     *
     * @throws MusterException if a value cannot be expanded
     */
    String expand(Function<String, @Nullable Object> values);
}
