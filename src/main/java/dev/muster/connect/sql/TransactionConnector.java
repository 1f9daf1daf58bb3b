package dev.muster.connect.sql;

import dev.muster.config.Amounts;
import dev.muster.connect.Arguments.InnerSteps;
import dev.muster.connect.Connector;
import dev.muster.connect.Operation;
import dev.muster.connect.sql.Database.Isolation;
import dev.muster.plan.Option;
import dev.muster.plan.VerbCall;
import dev.muster.plan.VerbSpec;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The connector of the verb {@code transaction}: runs steps of one source on one connection, with all of them committed or none. It
 * opens no clients of its own. Safe on any thread.
 */
public final class TransactionConnector implements Connector {
    private static final String STEPS = "steps";
    private static final String ISOLATION = "isolation";

    private final Map<String, SqlSource> sources = new LinkedHashMap<>();
    private final VerbSpec words;

    /** Creates the verb for the sources of those of these connectors that are for SQL. */
    public TransactionConnector(Collection<? extends Connector> connectors) {
        List<SqlConnector> databases = connectors.stream()
                .filter(SqlConnector.class::isInstance)
                .map(SqlConnector.class::cast)
                .toList();
        databases.forEach(connector -> sources.putAll(connector.sources()));
        String[] verbs =
                databases.stream().map(connector -> connector.words().verb()).toArray(String[]::new);
        words = VerbSpec.of(
                        "transaction",
                        VerbSpec.Target.SOURCE,
                        "Runs steps of one database in a transaction: if one fails, all are rolled back.",
                        Option.steps(
                                        STEPS,
                                        "The steps, in sequence, each of that source; the result is that of the last step.",
                                        verbs)
                                .needed(),
                        Option.oneOf(
                                ISOLATION,
                                "The isolation level of the transaction; default: that of the database.",
                                Arrays.stream(Isolation.values())
                                        .map(Isolation::sql)
                                        .toArray(String[]::new)))
                .withEffects(call -> true)
                .summarized(call -> Amounts.of(call.steps().size(), "step")
                        + call.text(ISOLATION).map(word -> ", " + word).orElse(""))
                .example("""
                        transfer:
                          transaction: bank
                          isolation: serializable
                          steps:
                            - {postgres: bank, query: debit, params: [= input.from, = input.amount]}
                            - {postgres: bank, query: credit, params: [= input.to, = input.amount]}
                        """);
    }

    @Override
    public VerbSpec words() {
        return words;
    }

    @Override
    public Operation prepare(VerbCall call) {
        SqlSource source = sources.get(call.target());
        if (source == null) {
            throw new IllegalArgumentException(call.at() + ": there is no source " + call.target());
        }
        Optional<Isolation> isolation = call.text(ISOLATION).map(TransactionConnector::isolation);
        return (scope, arguments) -> {
            InnerSteps steps = arguments.steps();
            if (steps == null) {
                throw new IllegalArgumentException("a transaction needs steps");
            }
            return source.withSession(
                    scope,
                    session -> session.begin(scope, isolation)
                            .compose(begun -> steps.run(scope, session))
                            .compose(last -> session.commit(scope).map(done -> last))
                            .recover(thrown -> rolledBack(scope, session, thrown)));
        };
    }

    private static Isolation isolation(String word) {
        return Isolation.valueOf(word.replace(' ', '_').toUpperCase(Locale.ROOT));
    }

    /** Rolls back in a separate task that a cancel of the step does not reach. */
    private static Future<@Nullable Object> rolledBack(Scope scope, SqlSession session, Throwable thrown) {
        return scope.shield("roll back", CancellableStatement.PATIENCE, session::rollback)
                .future()
                .transform((done, failure) -> {
                    if (failure != null) {
                        session.broken();
                    }
                    return Future.failedFuture(thrown);
                });
    }
}
