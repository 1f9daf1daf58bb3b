package dev.muster.connect.sql;

import dev.muster.config.Sizes;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collector;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one statement as JSON values, no more of them than the bounds allow. On the loop of the connection; its result
 * is read after the statement's end.
 *
 * <p>The row after the last allowed one makes it ask for the statement's end; what still comes is dropped.
 */
final class Rows {
    private final SqlSettings settings;
    private final Prepared prepared;
    private final RowsMode mode;
    private final int most;
    private final Consumer<MusterException> stop;
    private final List<@Nullable Object> values = new ArrayList<>();
    private long bytes;
    private long widestBytes;
    private @Nullable MusterException failure;

    /**
     * For one execution.
     *
     * @param stop asked once, from the connection's loop, to end the statement with this error
     */
    Rows(SqlSettings settings, Prepared prepared, RowsMode mode, Consumer<MusterException> stop) {
        this.settings = settings;
        this.prepared = prepared;
        this.mode = mode;
        this.most = switch (mode) {
            case ONE, VALUE -> 1;
            case MANY, HELD -> settings.maxRows();
            // Rows that flow are bounded by how many are fetched, and each by its size.
            case NONE, STREAM -> Integer.MAX_VALUE;
        };
        this.stop = stop;
    }

    /** What is wrong with the columns of a statement, if its rows are to become this; null where nothing is. */
    private static @Nullable String wrong(List<String> names, RowsMode mode) {
        if (mode == RowsMode.VALUE && names.size() != 1) {
            return "rows: value needs one column, and the statement has " + names.size() + ": "
                    + String.join(", ", names);
        }
        var seen = new HashSet<String>();
        for (String name : names) {
            if (!seen.add(name) && mode != RowsMode.VALUE && mode != RowsMode.NONE) {
                return "two columns of the statement are named \"" + name + "\"; name one of them with as";
            }
        }
        return null;
    }

    /**
     * Checks the columns of a statement that has not run, as far as they are known.
     *
     * @throws MusterException if its rows cannot become this
     */
    static void check(String source, Prepared prepared, RowsMode mode) {
        List<String> names = prepared.columns();
        String wrong = names == null ? null : wrong(names, mode);
        if (wrong != null) {
            throw new MusterException(ErrorType.QUERY, source + ": " + wrong);
        }
    }

    /** Checks the columns that came: of some statements they are not known before. Nothing of a wrong result is kept. */
    private void checkRun(List<String> names) {
        String wrong = failure == null ? wrong(names, mode) : null;
        if (wrong != null) {
            values.clear();
            failure = new MusterException(ErrorType.QUERY, settings.name() + ": " + wrong + " (the statement has run)");
        }
    }

    /** For the driver. */
    Collector<Row, Rows, Rows> collector() {
        return Collector.of(
                () -> this,
                Rows::add,
                (one, other) -> {
                    throw new IllegalStateException("rows come in order");
                },
                rows -> rows);
    }

    /**
     * What the step gives.
     *
     * @param columns of the result; null where there was none
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

    /** The rows as they are. */
    List<@Nullable Object> values() {
        if (failure != null) {
            throw failure;
        }
        return values;
    }

    /** About how many bytes the rows take as JSON. */
    long bytes() {
        return bytes;
    }

    /** About how many of them the widest takes. */
    long widestBytes() {
        return widestBytes;
    }

    /** Notes that a row was left out, and why. */
    void lost(MusterException why) {
        fail(why);
    }

    /** Takes a row, or drops it where a bound is passed. */
    void add(Row row) {
        if (failure != null || mode == RowsMode.NONE) {
            return;
        }
        if (values.size() == most) {
            fail(tooMany());
            return;
        }
        if (mode == RowsMode.VALUE && row.size() != 1) {
            checkRun(names(row));
            return;
        }
        try {
            Object value = mode == RowsMode.VALUE ? prepared.value(row, 0) : map(row);
            if (value instanceof Map<?, ?> map && mode != RowsMode.VALUE && map.size() != row.size()) {
                checkRun(names(row));
                return;
            }
            long size = Weigh.bytes(value);
            if (mode == RowsMode.STREAM && size > settings.maxResponse()) {
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
        if (bytes > settings.maxResponse() && mode != RowsMode.STREAM) {
            fail(new MusterException(
                    ErrorType.LIMIT,
                    settings.name() + ": the rows are larger than " + Sizes.format(settings.maxResponse())
                            + " (maxResponse of source " + settings.name() + ")"));
        }
    }

    private Map<String, @Nullable Object> map(Row row) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        // The row's own names: a server may have prepared the statement anew since, for a table that has changed.
        for (int i = 0; i < row.size(); i++) {
            map.put(row.getColumnName(i), prepared.value(row, i));
        }
        return map;
    }

    private static List<String> names(Row row) {
        return IntStream.range(0, row.size()).mapToObj(row::getColumnName).toList();
    }

    private MusterException tooMany() {
        if (mode == RowsMode.HELD) {
            return new MusterException(
                    ErrorType.LIMIT,
                    settings.name() + ": more than " + most + " rows (maxRows of source " + settings.name()
                            + "); the server opens no cursor for this statement, so that all its rows are held");
        }
        return mode == RowsMode.MANY
                ? new MusterException(
                        ErrorType.LIMIT,
                        settings.name() + ": more than " + most + " rows (maxRows of source " + settings.name()
                                + "); let them flow with rows: stream")
                : new MusterException(
                        ErrorType.BAD_RESPONSE, settings.name() + ": more than one row, where one was asked for");
    }

    private void fail(MusterException error) {
        if (failure == null) {
            failure = error;
            values.clear();
            stop.accept(error);
        }
    }
}
