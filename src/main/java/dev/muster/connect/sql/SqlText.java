package dev.muster.connect.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A scanner of statements that only determines whether a statement is read-only or changes its session. It skips comments, quoted
 * names and strings as the database would. It does not parse.
 *
 * <p>The server's string settings are assumed to be the defaults: {@code standard_conforming_strings} on Postgres, and on MySQL an
 * {@code sql_mode} without {@code NO_BACKSLASH_ESCAPES} and {@code ANSI_QUOTES}.
 */
public final class SqlText {
    private static final Set<String> READING = Set.of("select", "values", "table", "with", "show");
    private static final Set<String> CHANGING = Set.of("into", "update", "delete", "merge");

    private static final Set<String> OF_SESSIONS = Set.of(
            "begin",
            "start",
            "set",
            "reset",
            "use",
            "lock",
            "unlock",
            "xa",
            "prepare",
            "declare",
            "listen",
            "load",
            "discard",
            "deallocate",
            "flush",
            "handler");

    /** Functions that take a lock of the session. */
    private static final Set<String> LOCKING = Set.of(
            "pg_advisory_lock",
            "pg_advisory_lock_shared",
            "pg_try_advisory_lock",
            "pg_try_advisory_lock_shared",
            "get_lock");

    private static final Set<String> BEFORE_TEMPORARY = Set.of("or", "replace", "global", "local");
    private static final Set<String> TEMPORARY = Set.of("temporary", "temp");
    private static final String ASSIGNS = ":=";

    /** How a database writes string literals, names and comments, as far as they must be skipped. */
    public enum Dialect {
        /** Dollar-quoted strings; escapes in strings prefixed with {@code e}; nested comments. */
        POSTGRES,
        /** MySQL and MariaDB: escapes in every string; {@code #} begins a comment; some comments are executed. */
        MYSQL
    }

    private final Dialect dialect;
    private final String sql;
    private int at;

    private SqlText(Dialect dialect, String sql) {
        this.dialect = dialect;
        this.sql = sql;
    }

    /**
     * Whether a statement is a query without changes of its own: a {@code select}, including one after {@code with}, that contains
     * no writing statement. The effects of functions it calls are unknown.
     */
    public static boolean isQuery(Dialect dialect, String sql) {
        List<String> words = new SqlText(dialect, sql).words();
        if (words.isEmpty() || !READING.contains(words.get(0))) {
            return false;
        }
        for (int i = 1; i < words.size(); i++) {
            boolean locks = words.get(i).equals("update") && words.get(i - 1).matches("for|key");
            if (!locks && CHANGING.contains(words.get(i)) || words.get(i).equals(";")) {
                return false;
            }
        }
        return true;
    }

    /** Whether a statement changes its session in a way that affects later statements on the connection. */
    static boolean changesSession(Dialect dialect, String sql) {
        List<String> words = new SqlText(dialect, sql).words();
        return !words.isEmpty()
                && (OF_SESSIONS.contains(words.get(0))
                        || words.contains(ASSIGNS)
                        || words.stream().anyMatch(LOCKING::contains)
                        || createsTemporary(words)
                        || setsForSession(words));
    }

    /** As {@code create temporary table}, {@code create or replace temp view} or Postgres' {@code select … into temp}. */
    private static boolean createsTemporary(List<String> words) {
        int first = words.get(0).equals("create") ? 1 : words.indexOf("into") + 1;
        if (first == 0) {
            return false;
        }
        while (first < words.size() && BEFORE_TEMPORARY.contains(words.get(first))) {
            first++;
        }
        return first < words.size() && TEMPORARY.contains(words.get(first));
    }

    /** A {@code set_config} without a later {@code true}, which would end the setting with the transaction. */
    private static boolean setsForSession(List<String> words) {
        int call = words.lastIndexOf("set_config");
        return call >= 0 && words.lastIndexOf("true") < call;
    }

    /** Whether a text holds no statement: only white space, comments and semicolons. */
    static boolean isEmpty(Dialect dialect, String sql) {
        var text = new SqlText(dialect, sql);
        while (text.at < sql.length()) {
            char c = sql.charAt(text.at);
            if (Character.isWhitespace(c) || c == ';') {
                text.at++;
            } else if (!text.skipComment(c)) {
                return false;
            }
        }
        return true;
    }

    /** A statement without surrounding white space and trailing semicolons. */
    static String withoutSemicolon(String sql) {
        String text = sql.strip();
        while (text.endsWith(";")) {
            text = text.substring(0, text.length() - 1).stripTrailing();
        }
        return text;
    }

    /**
     * The words outside quotes and comments, in lower case. {@code ;} marks the start of another statement, {@code :=} an assignment
     * to a user variable of MySQL.
     */
    private List<String> words() {
        var words = new ArrayList<String>();
        boolean ended = false;
        while (at < sql.length()) {
            char c = sql.charAt(at);
            if (skipComment(c) || skipQuoted(c)) {
                continue;
            }
            if (isLetter(c)) {
                int from = at;
                while (at < sql.length() && isPart(sql.charAt(at))) {
                    at++;
                }
                if (ended) {
                    words.add(";");
                    ended = false;
                }
                words.add(sql.substring(from, at).toLowerCase(Locale.ROOT));
            } else if (c == '@' && dialect == Dialect.MYSQL) {
                if (skipVariable(!words.isEmpty() && words.get(words.size() - 1).equals("into"))) {
                    words.add(ASSIGNS);
                }
            } else {
                ended = ended || c == ';';
                at++;
            }
        }
        return words;
    }

    /** Skips {@code @name} or {@code @@name}. Whether a user variable is assigned here. */
    private boolean skipVariable(boolean isTarget) {
        boolean ofSystem = sql.startsWith("@@", at);
        at += ofSystem ? 2 : 1;
        while (at < sql.length() && (isPart(sql.charAt(at)) || sql.charAt(at) == '.')) {
            at++;
        }
        int next = at;
        while (next < sql.length() && Character.isWhitespace(sql.charAt(next))) {
            next++;
        }
        return !ofSystem && (isTarget || sql.startsWith(ASSIGNS, next));
    }

    private static boolean isPart(char c) {
        return isLetter(c) || isDigit(c) || c == '$';
    }

    /** Whether a name may begin with a character. To both databases, every character beyond ASCII is a letter. */
    private static boolean isLetter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= 0x80;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private boolean skipComment(char c) {
        boolean mysql = dialect == Dialect.MYSQL;
        if (mysql ? c == '#' || isMySqlDashes() : sql.startsWith("--", at)) {
            int end = sql.indexOf('\n', at);
            at = end < 0 ? sql.length() : end + 1;
            return true;
        }
        if (!sql.startsWith("/*", at) || mysql && isRun()) {
            return false;
        }
        if (mysql) {
            int end = sql.indexOf("*/", at + 2);
            at = end < 0 ? sql.length() : end + 2;
            return true;
        }
        int depth = 0;
        do {
            if (sql.startsWith("/*", at)) {
                depth++;
                at += 2;
            } else if (sql.startsWith("*/", at)) {
                depth--;
                at += 2;
            } else {
                at++;
            }
        } while (depth > 0 && at < sql.length());
        return true;
    }

    /** Whether a comment starts here. MySQL requires white space after the dashes: {@code 5--1} is an expression. */
    private boolean isMySqlDashes() {
        return sql.startsWith("--", at) && (at + 2 == sql.length() || sql.charAt(at + 2) <= ' ');
    }

    /** Whether a comment is executed: {@code /*! … *}{@code /} by MySQL, {@code /*M! … *}{@code /} by MariaDB. */
    private boolean isRun() {
        return sql.startsWith("/*!", at) || sql.startsWith("/*M!", at);
    }

    private boolean skipQuoted(char c) {
        if (c == '$' && dialect == Dialect.POSTGRES) {
            return skipDollars();
        }
        boolean mysql = dialect == Dialect.MYSQL;
        if (c != '\'' && c != '"' && !(mysql && c == '`')) {
            return false;
        }
        boolean escapes = mysql ? c != '`' : c == '\'' && isAfterE();
        at++;
        while (at < sql.length() && sql.charAt(at) != c) {
            at += escapes && sql.charAt(at) == '\\' ? 2 : 1;
        }
        at++;
        return true;
    }

    /** Whether a separate {@code e} precedes the quote, and not the end of a word such as {@code like}. */
    private boolean isAfterE() {
        boolean e = at > 0 && (sql.charAt(at - 1) == 'e' || sql.charAt(at - 1) == 'E');
        return e && (at == 1 || !isPart(sql.charAt(at - 2)));
    }

    /** Skips {@code $tag$ … $tag$}; {@code $1} is a parameter. */
    private boolean skipDollars() {
        int end = at + 1;
        while (end < sql.length() && isPart(sql.charAt(end)) && sql.charAt(end) != '$') {
            end++;
        }
        boolean tag = end < sql.length() && sql.charAt(end) == '$' && !isDigit(sql.charAt(at + 1));
        if (!tag) {
            at = end;
            return true;
        }
        String mark = sql.substring(at, end + 1);
        int close = sql.indexOf(mark, end + 1);
        at = close < 0 ? sql.length() : close + mark.length();
        return true;
    }
}
