package dev.muster.connect.mongo;

/** The parse mode: how MongoDB reads text in a part of a command. */
enum ParseMode {
    /** As text, for example in a document to insert. */
    DATA,
    /** A filter: as text, except that {@code $expr} contains expressions. */
    FILTER,
    /** An expression: text that begins with {@code $} is a field or a variable. */
    EXPRESSION;

    /** The mode of the value of a key. */
    ParseMode below(String key) {
        return switch (key) {
            case "$expr" -> EXPRESSION;
            case "$match", "$geoNear" -> FILTER;
            case "$literal", "$jsonSchema" -> DATA;
            default -> this;
        };
    }
}
