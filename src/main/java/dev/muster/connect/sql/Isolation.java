package dev.muster.connect.sql;

import java.util.Optional;

/** How much a transaction sees of others: the word {@code isolation}. */
public enum Isolation {
    /** Each statement sees what was committed before it. */
    READ_COMMITTED,
    /** All statements see what was committed before the first. */
    REPEATABLE_READ,
    /** As if transactions ran one after another; one that cannot is refused. */
    SERIALIZABLE;

    static String[] words() {
        return new String[] {"read committed", "repeatable read", "serializable"};
    }

    static Optional<Isolation> of(Optional<String> word) {
        return word.map(text -> valueOf(text.replace(' ', '_').toUpperCase(java.util.Locale.ROOT)));
    }

    /** As SQL says it. */
    public String sql() {
        return name().replace('_', ' ');
    }
}
