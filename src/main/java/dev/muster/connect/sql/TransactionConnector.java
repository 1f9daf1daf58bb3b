package dev.muster.connect.sql;

import dev.muster.config.Amounts;
import dev.muster.connect.Arguments;
import dev.muster.connect.Connector;
import dev.muster.connect.InnerSteps;
import dev.muster.connect.Operation;
import dev.muster.plan.Option;
import dev.muster.plan.VerbCall;
import dev.muster.plan.VerbSpec;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
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
                                Isolation.words()))
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
        return new InTransaction(source, Isolation.of(call.text(ISOLATION)));
    }

    private record InTransaction(SqlSource source, Optional<Isolation> isolation) implements Operation {

        @Override
        public Future<@Nullable Object> run(Scope scope, Arguments arguments) {
            InnerSteps steps = arguments.steps();
            if (steps == null) {
                throw new IllegalArgumentException("a transaction needs steps");
            }
            return source.lease(scope)
                    .compose(lease -> Transaction.begin(scope, lease, isolation)
                            .compose(begun -> steps.run(scope, lease))
                            .compose(last -> Transaction.commit(scope, lease).map(done -> last))
                            .recover(thrown -> rolledBack(scope, lease, thrown))
                            .eventually(lease::release));
        }

        /** Rolls back in a separate task that a cancel of the step does not reach. */
        private static Future<@Nullable Object> rolledBack(Scope scope, SqlSession lease, Throwable thrown) {
            return scope.shield("roll back", CancellableStatement.PATIENCE, own -> Transaction.rollback(own, lease))
                    .future()
                    .transform((done, failure) -> {
                        if (failure != null) {
                            lease.broken();
                        }
                        return Future.failedFuture(thrown);
                    });
        }
    }
}
