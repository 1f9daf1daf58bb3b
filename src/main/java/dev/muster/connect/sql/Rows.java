package dev.muster.connect.sql;

import dev.muster.config.Sizes;
import dev.muster.json.JsonSize;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collector;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Collects the rows of one statement as JSON values, within the limits. Runs on the loop of the connection; the result is read
 * after the statement has ended.
 *
 * <p>The first row beyond a limit requests the end of the statement. All later rows are dropped.
 */
final class Rows {

    /** How the rows of a statement become a result: the word {@code rows}. */
    enum Mode {
        /** A list of all rows, limited by {@code maxRows} and {@code maxResponse}. */
        MANY,
        /** The single row, or null. */
        ONE,
        /** The single value of the single row, or null. */
        VALUE,
        /** The rows are dropped. */
        NONE,
        /** A stream of rows. */
        STREAM,
        /**
         * A stream of rows that are all held in memory first, with the limits of {@link #MANY}, because the server opens no
         * cursor. Has no word.
         */
        HELD;

        static String[] words() {
            return new String[] {"one", "many", "value", "none", "stream"};
        }

        static Mode of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }

    private final SqlSettings settings;
    private final Prepared prepared;
    private final Mode mode;
    private final int maxRows;
    private final Consumer<MusterException> stop;
    private final List<@Nullable Object> values = new ArrayList<>();
    private long bytes;
    private long widestBytes;
    private @Nullable MusterException failure;

    /**
     * Creates a collector for one execution.
     *
     * @param stop called at most once, on the connection's loop, to end the statement with this error
     */
    Rows(SqlSettings settings, Prepared prepared, Mode mode, Consumer<MusterException> stop) {
        this.settings = settings;
        this.prepared = prepared;
        this.mode = mode;
        this.maxRows = switch (mode) {
            case ONE, VALUE -> 1;
            case MANY, HELD -> settings.maxRows();
            // Streamed rows are limited by the fetch size, and each row by its size.
            case NONE, STREAM -> Integer.MAX_VALUE;
        };
        this.stop = stop;
    }

    /** Why the columns of a statement do not fit this mode; null if they do. */
    private static @Nullable String wrong(List<String> names, Mode mode) {
        if (mode == Mode.VALUE && names.size() != 1) {
            return "rows: value needs one column, and the statement has " + names.size() + ": "
                    + String.join(", ", names);
        }
        var seen = new HashSet<String>();
        for (String name : names) {
            if (!seen.add(name) && mode != Mode.VALUE && mode != Mode.NONE) {
                return "two columns of the statement are named \"" + name + "\"; name one of them with as";
            }
        }
        return null;
    }

    /**
     * Checks the columns of a statement before execution, as far as they are known.
     *
     * @throws MusterException if the rows do not fit this mode
     */
    static void check(String source, Prepared prepared, Mode mode) {
        List<String> names = prepared.columns();
        String wrong = names == null ? null : wrong(names, mode);
        if (wrong != null) {
            throw new MusterException(ErrorType.QUERY, source + ": " + wrong);
        }
    }

    /** Checks the columns of the result, because those of some statements are unknown before execution. A misfit discards all rows. */
    private void checkRun(List<String> names) {
        String wrong = failure == null ? wrong(names, mode) : null;
        if (wrong != null) {
            values.clear();
            failure = new MusterException(ErrorType.QUERY, settings.name() + ": " + wrong + " (the statement has run)");
        }
    }

    Collector<Row, Rows, Rows> collector() {
        return Collector.of(
                () -> this,
                Rows::add,
                (left, right) -> {
                    throw new IllegalStateException("rows come in order");
                },
                rows -> rows);
    }

    /**
     * The result of the step.
     *
     * @param columns column names of the result; null if there was no result set
     * @param changed number of rows changed, which is the result if there was no result set
     */
    @Nullable
    Object result(@Nullable List<String> columns, long changed) {
        if (columns != null) {
            checkRun(columns);
        }
        if (failure != null) {
            throw failure;
        }
        if (columns == null) {
            return changed;
        }
        return switch (mode) {
            case ONE, VALUE -> values.isEmpty() ? null : values.get(0);
            case NONE -> null;
            default -> values;
        };
    }

    List<@Nullable Object> values() {
        if (failure != null) {
            throw failure;
        }
        return values;
    }

    /** The approximate size of the rows as JSON, in bytes. */
    long bytes() {
        return bytes;
    }

    /** The approximate size of the widest row as JSON, in bytes. */
    long widestBytes() {
        return widestBytes;
    }

    /** Adds a row, or drops it if a limit is exceeded. */
    void add(Row row) {
        if (failure != null || mode == Mode.NONE) {
            return;
        }
        if (values.size() == maxRows) {
            fail(tooMany());
            return;
        }
        if (mode == Mode.VALUE && row.size() != 1) {
            checkRun(names(row));
            return;
        }
        try {
            Object value = mode == Mode.VALUE ? prepared.value(row, 0) : map(row);
            if (value instanceof Map<?, ?> map && mode != Mode.VALUE && map.size() != row.size()) {
                checkRun(names(row));
                return;
            }
            long size = JsonSize.held(value);
            if (mode == Mode.STREAM && size > settings.maxResponse()) {
                fail(settings.rowTooLarge());
                return;
            }
            bytes += size;
            widestBytes = Math.max(widestBytes, size);
            values.add(value);
        } catch (MusterException e) {
            fail(e);
            return;
        }
        if (bytes > settings.maxResponse() && mode != Mode.STREAM) {
            fail(new MusterException(
                    ErrorType.LIMIT,
                    settings.name() + ": the rows are larger than " + Sizes.format(settings.maxResponse())
                            + " (maxResponse of source " + settings.name() + ")"));
        }
    }

    private Map<String, @Nullable Object> map(Row row) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        // The row has its own names: the server can prepare the statement again if a table has changed.
        for (int i = 0; i < row.size(); i++) {
            map.put(row.getColumnName(i), prepared.value(row, i));
        }
        return map;
    }

    private static List<String> names(Row row) {
        return IntStream.range(0, row.size()).mapToObj(row::getColumnName).toList();
    }

    private MusterException tooMany() {
        if (mode == Mode.HELD) {
            return new MusterException(
                    ErrorType.LIMIT,
                    settings.name() + ": more than " + maxRows + " rows (maxRows of source " + settings.name()
                            + "); the server opens no cursor for this statement, so all its rows are kept in memory");
        }
        return mode == Mode.MANY
                ? new MusterException(
                        ErrorType.LIMIT,
                        settings.name() + ": more than " + maxRows + " rows (maxRows of source " + settings.name()
                                + "); stream them with rows: stream")
                : new MusterException(
                        ErrorType.BAD_RESPONSE, settings.name() + ": more than one row, where one was requested");
    }

    /** Ends the statement because of a row that was dropped or exceeds a limit. The first reason counts. */
    void fail(MusterException error) {
        if (failure == null) {
            failure = error;
            values.clear();
            stop.accept(error);
        }
    }
}
