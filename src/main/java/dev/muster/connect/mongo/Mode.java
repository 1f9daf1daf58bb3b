package dev.muster.connect.mongo;

/** How MongoDB reads the text in a part of a command. */
enum Mode {
    /** As text, as in a document to insert. */
    DATA,
    /** As text, but {@code $expr} leads to expressions: a filter. */
    FILTER,
    /** As an expression: text that begins with {@code $} is a field or a variable. */
    EXPRESSION;

    /** The mode behind a key. */
    Mode below(String key) {
        return switch (key) {
            case "$expr" -> EXPRESSION;
            case "$match", "$geoNear" -> FILTER;
            case "$literal", "$jsonSchema" -> DATA;
            default -> this;
        };
    }
}
