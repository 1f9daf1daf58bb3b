package dev.muster.config;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A node of a YAML or JSON file, with its position: a scalar, a sequence or a mapping. Immutable, and safe on any thread. */
public sealed interface Node permits Scalar, Sequence, Mapping {
    /** The position at which the node begins. */
    Position at();

    /** The node as a plain JSON value, of the types that package {@code json} lists. */
    @Nullable
    Object toValue();

    /** The kind of the node for messages: {@code a map}, {@code a list}, {@code text}, {@code a number}, … */
    String describe();

    /** Applies the function for the node's type. */
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
