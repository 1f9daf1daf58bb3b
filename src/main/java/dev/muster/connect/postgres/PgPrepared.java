package dev.muster.connect.postgres;

import dev.muster.config.Amounts;
import dev.muster.connect.postgres.PgNotes.Column;
import dev.muster.connect.postgres.PgNotes.Described;
import dev.muster.connect.sql.Prepared;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import io.vertx.sqlclient.PreparedStatement;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlResult;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A prepared statement with the real types of its parameters and columns. */
final class PgPrepared implements Prepared {
    private final String source;
    private final PreparedStatement statement;
    private final PgNotes notes;
    private final PgType[] parameters;
    private final PgType[] types;
    private final @Nullable List<String> columns;

    PgPrepared(String source, PreparedStatement statement, Described described, PgTypes known, PgNotes notes) {
        this.source = source;
        this.notes = notes;
        this.statement = statement;
        this.parameters =
                IntStream.of(described.parameters()).mapToObj(known::get).toArray(PgType[]::new);
        List<Column> found = described.columns();
        this.types = found == null
                ? new PgType[0]
                : found.stream().map(column -> known.get(column.type())).toArray(PgType[]::new);
        this.columns = found == null ? null : found.stream().map(Column::name).toList();
    }

    @Override
    public PreparedStatement statement() {
        return statement;
    }

    @Override
    public Tuple bind(List<? extends @Nullable Object> params) {
        if (params.size() != parameters.length) {
            throw new MusterException(
                    ErrorType.BAD_INPUT,
                    source + ": the statement takes " + Amounts.of(parameters.length, "parameter") + ", and params has "
                            + params.size());
        }
        Tuple tuple = Tuple.tuple();
        for (int i = 0; i < parameters.length; i++) {
            try {
                tuple.addValue(PgParameter.of(params.get(i), parameters[i]));
            } catch (IllegalArgumentException e) {
                throw new MusterException(
                        ErrorType.BAD_INPUT, source + ": parameter $" + (i + 1) + " " + e.getMessage(), e);
            }
        }
        return tuple;
    }

    @Override
    public long changed(SqlResult<?> result) {
        return notes.changed();
    }

    @Override
    public @Nullable List<String> columns() {
        return columns;
    }

    @Override
    public @Nullable Object value(Row row, int column) {
        String text = (String) row.getValue(column);
        try {
            return text == null ? null : PgValue.of(text, types[column]);
        } catch (IllegalArgumentException | StringIndexOutOfBoundsException e) {
            String name = columns == null ? "" : columns.get(column);
            throw new MusterException(
                    ErrorType.BAD_RESPONSE,
                    source + ": the column " + name + " of type " + types[column].name() + " cannot be read: "
                            + e.getMessage(),
                    e);
        }
    }
}
