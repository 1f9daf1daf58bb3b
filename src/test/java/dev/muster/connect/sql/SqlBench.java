package dev.muster.connect.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.config.Fields;
import dev.muster.config.Mapping;
import dev.muster.config.Problems;
import dev.muster.config.Yaml;
import dev.muster.connect.Arguments;
import dev.muster.connect.Arguments.CallSession;
import dev.muster.connect.Rig;
import dev.muster.plan.MusterException;
import dev.muster.plan.VerbCall;
import dev.muster.task.Items;
import dev.muster.task.Scope;
import dev.muster.task.Task;
import dev.muster.task.Tasks;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;

/** A connector with one source named {@code db}, and a loop; closing it checks that nothing is left. */
public abstract class SqlBench implements AutoCloseable {
    public final Rig rig = new Rig();
    public final SqlConnector connector;
    private final List<Vertx> others = new ArrayList<>();

    protected SqlBench(Function<Vertx, SqlConnector> connector) {
        this.connector = connector.apply(rig.vertx);
    }

    /** The words of a source, with these further ones. */
    protected static Fields words(Problems problems, String kind, String address, String... words) {
        String text = kind + ": '" + address + "'\n" + String.join("\n", words);
        var mapping = (Mapping) Yaml.read("muster.yaml", text.getBytes(StandardCharsets.UTF_8));
        return new Fields(mapping, "source db", problems);
    }

    /** Closes this too, at the end. */
    public SqlBench closing(Vertx further) {
        others.add(further);
        return this;
    }

    public VerbCall call(String rows, String sql, Object... params) {
        Map<String, Object> words = new HashMap<>();
        words.put("sql", sql);
        words.put("rows", rows);
        words.put("params", Arrays.asList(params));
        return Rig.call(connector.words(), "db", words);
    }

    public Future<Object> run(Scope scope, String rows, String sql, Object... params) {
        VerbCall call = call(rows, sql, params);
        return connector.prepare(call).run(scope, Rig.arguments(call));
    }

    /** Steps in one transaction. */
    public Future<Object> inTransaction(
            Scope scope, String isolation, BiFunction<Scope, CallSession, Future<Object>> steps) {
        var transactions = new TransactionConnector(List.of(connector));
        VerbCall call =
                Rig.call(transactions.words(), "db", isolation.isEmpty() ? Map.of() : Map.of("isolation", isolation));
        var arguments = new Arguments(Map.of(), "run-1", "plan", "step", null, steps::apply, null);
        return transactions.prepare(call).run(scope, arguments);
    }

    /** A step of a transaction. */
    public Future<Object> run(Scope scope, CallSession session, String rows, String sql, Object... params) {
        VerbCall call = call(rows, sql, params);
        var values = Rig.arguments(call).values();
        return connector.prepare(call).run(scope, new Arguments(values, "run-1", "plan", "step", session, null, null));
    }

    /** Starts a statement. */
    public Task<Object> start(String rows, String sql, Object... params) {
        return start(rig.tasks, rows, sql, params);
    }

    public Task<Object> start(Tasks tree, String rows, String sql, Object... params) {
        return tree.start("step", scope -> run(scope, rows, sql, params));
    }

    /** The rows one by one. */
    public Future<Items<Object>> open(Scope scope, String sql, Object... params) {
        VerbCall call = call("stream", sql, params);
        return connector.prepare(call).open(scope, Rig.arguments(call));
    }

    /** All rows. */
    public Object many(String sql, Object... params) {
        return Rig.await(start("many", sql, params).future());
    }

    /** The one row. */
    public Object one(String sql, Object... params) {
        return Rig.await(start("one", sql, params).future());
    }

    /** The one value. */
    public Object value(String sql, Object... params) {
        return Rig.await(start("value", sql, params).future());
    }

    /** Runs statements without parameters, one after another. */
    public void all(String... statements) {
        for (String sql : statements) {
            Rig.await(start("none", sql).future());
        }
    }

    /** The error. */
    public MusterException fail(String rows, String sql, Object... params) {
        return failure(start(rows, sql, params));
    }

    public static MusterException failure(Task<?> task) {
        Throwable thrown = Rig.causeOf(task.future());
        assertThat(thrown).isInstanceOf(MusterException.class);
        return (MusterException) thrown;
    }

    public SqlConnector.Statistics statistics() {
        return connector.statistics().get("db");
    }

    @Override
    public void close() {
        Rig.await(rig.tasks.close());
        SqlConnector.Statistics left = statistics();
        assertThat(left.pool().inUse()).as("places in use").isZero();
        assertThat(left.pool().waiting()).as("waiting").isZero();
        Rig.await(connector.close());
        rig.close();
        others.forEach(other -> Rig.await(other.close()));
    }
}
