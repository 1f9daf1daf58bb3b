package dev.muster.bench;

import dev.muster.TestServers;
import dev.muster.connect.Rig;
import dev.muster.node.ServeRig;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One request of each HTTP case of {@code scripts/bench/run} to a node with one event loop, for the bounds on allocation. See
 * {@link Guard}.
 *
 * <p>The caller and the upstream are in the same process and allocate nothing. The case {@code none} shows this: in it the caller
 * requests the upstream directly. Postgres is a process of its own.
 */
@State(Scope.Benchmark)
public class HttpAllocation {

    static final Path PLANS = Path.of("scripts", "bench", "plans");

    @Param({"none", "health", "data", "big", "three", "aggregate"})
    public String plan;

    private Path conf;
    private FixedUpstream upstream;
    private ServeRig node;
    private FixedCaller caller;

    @Setup
    public void start() throws IOException, InterruptedException {
        upstream = new FixedUpstream();
        if (plan.equals("none")) {
            caller = new FixedCaller(upstream.port(), "/items/7");
            return;
        }
        conf = Files.createTempDirectory("muster-guard");
        node = new ServeRig(conf).config("""
                server: {port: 0, workers: 1, drain: 1s}
                sources:
                  up: {http: 'http://127.0.0.1:%d', pool: 256}
                  db: {postgres: '%s', pool: 16}
                """.formatted(
                upstream.port(), plan.equals("aggregate") ? database() : "postgresql://postgres@127.0.0.1:1/none"));
        Files.copy(PLANS.resolve(plan + ".yaml"), conf.resolve("plans").resolve(plan + ".yaml"));
        node.start();
        caller = new FixedCaller(node.port(), "/api/" + plan);
    }

    @TearDown
    public void stop() throws IOException {
        caller.close();
        if (node != null) {
            node.close();
            try (Stream<Path> made = Files.walk(conf)) {
                for (Path path : made.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
        upstream.close();
    }

    /** Sends the requests and reads the whole responses. */
    @Benchmark
    @OperationsPerInvocation(FixedCaller.CONNECTIONS)
    public void http() throws IOException {
        caller.call();
    }

    private static String database() {
        String uri = TestServers.postgres().freshDatabase();
        Vertx vertx = Vertx.vertx();
        PgConnection connection = Rig.await(PgConnection.connect(vertx, PgConnectOptions.fromUri(uri)));
        for (String sql : List.of(
                "create table item (id int primary key, name text not null)",
                "insert into item select i, 'item ' || i from generate_series(1, 1000) i",
                "analyze item")) {
            Rig.await(connection.query(sql).execute());
        }
        Rig.await(connection.close());
        Rig.await(vertx.close());
        return uri;
    }
}
