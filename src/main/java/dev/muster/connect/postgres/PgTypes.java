package dev.muster.connect.postgres;

import dev.muster.connect.sql.SqlResource;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/** The types of the database behind a connection: built-in types and types that were looked up. Safe on any thread. */
final class PgTypes {
    private static final String LOOK_UP = SqlResource.text(PgTypes.class, "types.sql");
    private static final int MAX_FOUND = 10_000;

    private final Map<Integer, PgType> found = new ConcurrentHashMap<>();

    /** The type of an object identifier; {@link PgType#UNKNOWN} unless it is built in or was {@linkplain #learn learned}. */
    PgType get(int oid) {
        PgType builtIn = PgType.builtIn(oid);
        return builtIn != null ? builtIn : found.getOrDefault(oid, PgType.UNKNOWN);
    }

    /** Looks up unknown types. Arrays and domains can refer to further unknown types, which are looked up as well. */
    Future<Void> learn(SqlConnection connection, Set<Integer> oids) {
        Set<Integer> unknown = new TreeSet<>(oids);
        unknown.removeIf(oid -> PgType.builtIn(oid) != null || found.containsKey(oid));
        if (unknown.isEmpty()) {
            return Future.succeededFuture();
        }
        if (found.size() > MAX_FOUND) {
            found.clear();
        }
        String list =
                PgStatements.array(unknown.stream().map(Integer::toUnsignedLong).toList());
        return PgStatements.ask(connection, LOOK_UP, Tuple.of(list)).compose(rows -> {
            List<Answer> answers = new ArrayList<>();
            rows.forEach(row -> answers.add(Answer.of(row)));
            Set<Integer> others = new TreeSet<>();
            answers.stream().filter(answer -> answer.other != 0).forEach(answer -> others.add(answer.other));
            return learn(connection, others).onSuccess(learned -> answers.forEach(this::add));
        });
    }

    private void add(Answer answer) {
        found.put(
                answer.oid,
                switch (answer.kind) {
                    case "array" -> PgType.arrayOf(get(answer.other));
                    case "domain" -> get(answer.other);
                    default -> new PgType(answer.name, PgType.Kind.OTHER, null, answer.delimiter);
                });
    }

    private record Answer(int oid, int other, String kind, String name, char delimiter) {
        static Answer of(Row row) {
            return new Answer(
                    Integer.parseUnsignedInt(text(row, 0)),
                    Integer.parseUnsignedInt(text(row, 1)),
                    text(row, 2),
                    text(row, 3),
                    text(row, 4).charAt(0));
        }

        private static String text(Row row, int column) {
            return Objects.requireNonNull((String) row.getValue(column));
        }
    }
}
