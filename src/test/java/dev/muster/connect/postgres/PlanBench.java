package dev.muster.connect.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.connect.Connector;
import dev.muster.connect.Rig;
import dev.muster.connect.sql.TransactionConnector;
import dev.muster.expr.Expressions;
import dev.muster.plan.Language;
import dev.muster.plan.Plan;
import dev.muster.plan.PlanParser;
import dev.muster.plan.PlanParser.Known;
import dev.muster.plan.VerbSpec;
import dev.muster.run.BuiltIn;
import dev.muster.run.Event;
import dev.muster.run.Program;
import dev.muster.run.Run;
import dev.muster.run.RunLimits;
import dev.muster.run.RunOptions;
import dev.muster.run.Runner;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Plans over a source {@code db}, from their text to the end of a run. */
final class PlanBench implements AutoCloseable {
    private static final Expressions EXPRESSIONS = new Expressions();

    final Bench db;
    private final TransactionConnector transactions;

    PlanBench(Bench db) {
        this.db = db;
        this.transactions = new TransactionConnector(List.of(db.connector));
    }

    Plan parse(String steps) {
        var words = new ArrayList<VerbSpec>(BuiltIn.words());
        words.add(db.connector.words());
        words.add(transactions.words());
        var known = new Known(Map.of("db", "postgres", "web", "http"), Set.of(), Set.of(), Set.of());
        return new PlanParser(new Language(words), EXPRESSIONS)
                .parse("test.yaml", ("plan: test\n" + steps).getBytes(StandardCharsets.UTF_8), known);
    }

    /** Starts a run. */
    Run start(String steps, boolean sequential) {
        Program program = Program.prepare(
                parse(steps), Map.of("postgres", (Connector) db.connector, "transaction", transactions), name -> null);
        var started = Future.<Run>future(promise -> db.rig.loop.execute(() ->
                promise.complete(new Runner(RunLimits.DEFAULTS, (scope, work) -> Future.succeededFuture(work.get()))
                        .start(
                                db.rig.tasks,
                                program,
                                Map.of(),
                                new RunOptions(sequential, Map.of(), null, null, event -> {})))));
        return Rig.await(started);
    }

    /** Runs to the end. */
    Event.End end(String steps) {
        return Rig.await(start(steps, false).end());
    }

    /** The output. */
    Object output(String steps) {
        Event.End end = end(steps);
        assertThat(end.failure()).isNull();
        return end.output();
    }

    @Override
    public void close() {
        db.close();
    }
}
