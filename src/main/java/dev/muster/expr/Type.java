package dev.muster.expr;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The type of a value that is not known yet, so that errors are found when a plan is checked. Immutable. */
public sealed interface Type {

    /** Any value; checked at evaluation. */
    Type ANY = Simple.ANY;

    Type STRING = Simple.STRING;

    /** A whole number of 64 bits. */
    Type INTEGER = Simple.INTEGER;

    /** A whole number or a decimal. */
    Type NUMBER = Simple.NUMBER;

    Type BOOLEAN = Simple.BOOLEAN;

    /** The types without parts. */
    enum Simple implements Type {
        ANY,
        STRING,
        INTEGER,
        NUMBER,
        BOOLEAN
    }

    /** A list of elements of one type. */
    record ListOf(Type element) implements Type {}

    /** A map from any string to values of one type. */
    record MapOf(Type value) implements Type {}

    /** A map with known keys; any other key is an error. Whether a key is present is checked at evaluation. */
    record Fields(Map<String, Type> fields) implements Type {
        public Fields {
            fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        }
    }

    /** The type, or null. */
    record Nullable(Type type) implements Type {}

    static Type listOf(Type element) {
        return new ListOf(element);
    }

    static Type mapOf(Type value) {
        return new MapOf(value);
    }

    static Type fields(Map<String, Type> fields) {
        return new Fields(fields);
    }

    static Type nullable(Type type) {
        return type instanceof Nullable ? type : new Nullable(type);
    }
}
