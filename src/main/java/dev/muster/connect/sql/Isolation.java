package dev.muster.connect.sql;

import java.util.Optional;

/** The isolation level of a transaction: the word {@code isolation}. */
public enum Isolation {
    /** Each statement sees what was committed before it began. */
    READ_COMMITTED,
    /** All statements see what was committed before the first of them. */
    REPEATABLE_READ,
    /** As if transactions ran one after another; a transaction that conflicts fails. */
    SERIALIZABLE;

    static String[] words() {
        return new String[] {"read committed", "repeatable read", "serializable"};
    }

    static Optional<Isolation> of(Optional<String> word) {
        return word.map(text -> valueOf(text.replace(' ', '_').toUpperCase(java.util.Locale.ROOT)));
    }

    /** The level in SQL. */
    public String sql() {
        return name().replace('_', ' ');
    }
}
