package dev.muster.connect.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.TestServers;
import dev.muster.config.Fields;
import dev.muster.config.Mapping;
import dev.muster.config.Problems;
import dev.muster.config.Yaml;
import dev.muster.connect.Operation;
import dev.muster.connect.Rig;
import dev.muster.connect.sql.SqlConnector;
import dev.muster.connect.sql.SqlStatistics;
import dev.muster.plan.MusterException;
import dev.muster.plan.VerbCall;
import dev.muster.task.Task;
import dev.muster.task.Tasks;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A connector with one source named {@code db}, and a loop; closing it checks that nothing is left. */
final class Bench implements AutoCloseable {
    final Rig rig = new Rig();
    final SqlConnector connector;
    private final List<Vertx> others = new ArrayList<>();

    /** Of the tests' server, with these further words. */
    static Bench of(String... words) {
        return at(TestServers.postgres().uri(), words);
    }

    static Bench at(String address, String... words) {
        return new Bench(settings(address, words));
    }

    private Bench(PostgresSettings settings) {
        connector = PostgresConnector.of(rig.vertx, List.of(settings));
    }

    static PostgresSettings settings(String address, String... words) {
        String text = "postgres: '" + address + "'\n" + String.join("\n", words);
        var mapping = (Mapping) Yaml.read("muster.yaml", text.getBytes(StandardCharsets.UTF_8));
        var problems = new Problems();
        var settings = PostgresSettings.read("db", new Fields(mapping, "source db", problems), Map.of());
        assertThat(problems.list()).isEmpty();
        return settings;
    }

    /** Closes this too, at the end. */
    Bench closing(Vertx further) {
        others.add(further);
        return this;
    }

    VerbCall call(String rows, String sql, Object... params) {
        Map<String, Object> words = new HashMap<>();
        words.put("sql", sql);
        words.put("rows", rows);
        words.put("params", Arrays.asList(params));
        return Rig.call(connector.words(), "db", words);
    }

    /** Starts a statement. */
    Task<Object> start(String rows, String sql, Object... params) {
        return start(rig.tasks, rows, sql, params);
    }

    Task<Object> start(Tasks tree, String rows, String sql, Object... params) {
        VerbCall call = call(rows, sql, params);
        Operation operation = connector.prepare(call);
        return tree.start("step", scope -> operation.run(scope, Rig.arguments(call)));
    }

    /** All rows. */
    Object many(String sql, Object... params) {
        return Rig.await(start("many", sql, params).future());
    }

    /** The one row. */
    Object one(String sql, Object... params) {
        return Rig.await(start("one", sql, params).future());
    }

    /** The one value. */
    Object value(String sql, Object... params) {
        return Rig.await(start("value", sql, params).future());
    }

    /** The error. */
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
        others.forEach(other -> Rig.await(other.close()));
    }
}
