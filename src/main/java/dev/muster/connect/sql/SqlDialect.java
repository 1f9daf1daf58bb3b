package dev.muster.connect.sql;

/** How a database writes string literals, names and comments, as far as {@link SqlText} needs to skip them. */
public enum SqlDialect {
    /** Dollar-quoted strings; escapes in strings prefixed with {@code e}; nested comments. */
    POSTGRES,

    /** MySQL and MariaDB: escapes in every string; {@code #} begins a comment; some comments are executed. */
    MYSQL
}
