package dev.muster.config;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A piece of a YAML or JSON file that knows where it stands: a scalar, a sequence or a mapping. Immutable. */
public sealed interface Node permits Scalar, Sequence, Mapping {
    /** Where it begins. */
    Position at();

    /** The same as a plain value, one of those that package {@code json} lists. */
    @Nullable
    Object toValue();

    /** What it is, for a message: {@code a map}, {@code a list}, {@code text}, {@code a number}, … */
    String describe();

    /** Answers by what the node is. */
    default <T extends @Nullable Object> T match(
            Function<? super Scalar, ? extends T> scalar,
            Function<? super Sequence, ? extends T> sequence,
            Function<? super Mapping, ? extends T> mapping) {
        if (this instanceof Scalar it) {
            return scalar.apply(it);
        }
        if (this instanceof Sequence it) {
            return sequence.apply(it);
        }
        return mapping.apply((Mapping) this);
    }
}
