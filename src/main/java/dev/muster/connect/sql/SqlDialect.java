package dev.muster.connect.sql;

/** How a database writes texts, names and comments, as far as {@link SqlText} has to pass over them. */
public enum SqlDialect {
    /** Texts in dollars and with escapes where an {@code e} stands before them; comments within comments. */
    POSTGRES,

    /** MySQL and MariaDB: escapes in every text; {@code #} begins a comment, and some comments are run. */
    MYSQL
}
