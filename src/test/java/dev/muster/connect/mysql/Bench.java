package dev.muster.connect.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.TestServers;
import dev.muster.config.Fields;
import dev.muster.config.Mapping;
import dev.muster.config.Problems;
import dev.muster.config.Yaml;
import dev.muster.connect.Arguments;
import dev.muster.connect.CallSession;
import dev.muster.connect.Operation;
import dev.muster.connect.Rig;
import dev.muster.connect.sql.SqlConnector;
import dev.muster.connect.sql.SqlStatistics;
import dev.muster.connect.sql.TransactionConnector;
import dev.muster.plan.MusterException;
import dev.muster.plan.VerbCall;
import dev.muster.task.Items;
import dev.muster.task.Scope;
import dev.muster.task.Task;
import dev.muster.task.Tasks;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/** A connector with one source named {@code db}, and a loop; closing it checks that no place is left taken. */
final class Bench implements AutoCloseable {
    final Rig rig = new Rig();
    final SqlConnector connector;

    /** Over a new database of the tests' server, with these further words of a source. */
    static Bench of(String... words) {
        return at(TestServers.mysql().freshDatabase(), words);
    }

    static Bench at(String address, String... words) {
        return new Bench(settings(address, words));
    }

    private Bench(MySqlSettings settings) {
        connector = MySqlConnector.of(rig.vertx, List.of(settings));
    }

    static MySqlSettings settings(String address, String... words) {
        var problems = new Problems();
        MySqlSettings settings = settings(problems, address, words);
        assertThat(problems.list()).isEmpty();
        return settings;
    }

    static MySqlSettings settings(Problems problems, String address, String... words) {
        String text = "mysql: '" + address + "'\n" + String.join("\n", words);
        var mapping = (Mapping) read(text);
        return MySqlSettings.read("db", new Fields(mapping, "source db", problems), Map.of());
    }

    private static Object read(String text) {
        try {
            return Yaml.read("muster.yaml", text.getBytes(StandardCharsets.UTF_8));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    VerbCall call(String rows, String sql, Object... params) {
        Map<String, Object> words = new HashMap<>();
        words.put("sql", sql);
        words.put("rows", rows);
        words.put("params", Arrays.asList(params));
        return Rig.call(connector.words(), "db", words);
    }

    Future<Object> run(Scope scope, String rows, String sql, Object... params) {
        VerbCall call = call(rows, sql, params);
        return connector.prepare(call).run(scope, Rig.arguments(call));
    }

    /** Steps in one transaction. */
    Future<Object> inTransaction(Scope scope, String isolation, BiFunction<Scope, CallSession, Future<Object>> steps) {
        var transactions = new TransactionConnector(List.of(connector));
        VerbCall call =
                Rig.call(transactions.words(), "db", isolation.isEmpty() ? Map.of() : Map.of("isolation", isolation));
        var arguments = new Arguments(Map.of(), "run-1", "plan", "step", null, steps::apply);
        return transactions.prepare(call).run(scope, arguments);
    }

    /** A step of a transaction. */
    Future<Object> run(Scope scope, CallSession session, String rows, String sql, Object... params) {
        VerbCall call = call(rows, sql, params);
        var values = Rig.arguments(call).values();
        return connector.prepare(call).run(scope, new Arguments(values, "run-1", "plan", "step", session, null));
    }

    Task<Object> start(String rows, String sql, Object... params) {
        return start(rig.tasks, rows, sql, params);
    }

    Task<Object> start(Tasks tree, String rows, String sql, Object... params) {
        return tree.start("step", scope -> run(scope, rows, sql, params));
    }

    /** The rows one by one. */
    Future<Items<Object>> open(Scope scope, String sql, Object... params) {
        VerbCall call = call("stream", sql, params);
        Operation operation = connector.prepare(call);
        return operation.open(scope, Rig.arguments(call));
    }

    Object many(String sql, Object... params) {
        return Rig.await(start("many", sql, params).future());
    }

    Object one(String sql, Object... params) {
        return Rig.await(start("one", sql, params).future());
    }

    Object value(String sql, Object... params) {
        return Rig.await(start("value", sql, params).future());
    }

    /** Runs statements without parameters, one after another. */
    void all(String... statements) {
        for (String sql : statements) {
            Rig.await(start("none", sql).future());
        }
    }

    MusterException fail(String rows, String sql, Object... params) {
        return failure(start(rows, sql, params));
    }

    static MusterException failure(Task<?> task) {
        Throwable thrown = Rig.causeOf(task.future());
        assertThat(thrown).isInstanceOf(MusterException.class);
        return (MusterException) thrown;
    }

    SqlStatistics statistics() {
        return connector.statistics().get("db");
    }

    @Override
    public void close() {
        Rig.await(rig.tasks.close());
        SqlStatistics left = statistics();
        assertThat(left.pool().inUse()).as("places in use").isZero();
        assertThat(left.pool().waiting()).as("waiting").isZero();
        Rig.await(connector.close());
        rig.close();
    }
}
