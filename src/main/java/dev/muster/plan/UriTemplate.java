package dev.muster.plan;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A URI template (RFC 6570), parsed. Immutable. */
public interface UriTemplate {

    /** The text it was parsed from. */
    String source();

    /** The variables that it names. */
    Set<String> variables();

    /** The text with every variable expanded and escaped; values are JSON values, missing ones and null expand to nothing. */
    String expand(java.util.function.Function<String, @Nullable Object> values);
}
