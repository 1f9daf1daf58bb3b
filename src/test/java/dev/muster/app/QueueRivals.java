package dev.muster.app;

import dev.muster.dev.DatabaseServer;
import dev.muster.dev.DurablePostgres;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Durable queues on one Postgres, side by side: Muster inside its node, Muster by its JavaScript client, pg-boss and
 * graphile-worker, one after the other in each round, the next round in another order.
 *
 * <p>Arguments: the folder where the packages are, the one where the scripts are, Node, rounds and jobs of a batch phase. For
 * {@code scripts/bench/queues}.
 */
final class QueueRivals {
    private static final int CONNECTIONS = 9;
    private static final int WARM_UP = 2;
    private static final String SINGLY = "put one by one, 16 in flight";
    private static final String BY_100 = "put by 100, 4 in flight";
    private static final String BY_1000 = "put by 1,000, 4 in flight";
    private static final String WORK = "work, to all done";
    private static final String P50 = "put to begun at 100/s, p50 ms";
    private static final String P99 = "put to begun at 100/s, p99 ms";
    private static final String PER_SECOND = ", jobs/s";

    /** Of all processes, the database's too: what a busy neighbour does not spoil. */
    private static final String CPU = ", CPU µs a job";

    private final int jobs;
    private final Pool database;
    private final Map<Contestant, Map<String, List<Double>>> figures = new LinkedHashMap<>();

    private QueueRivals(int jobs, Pool database) {
        this.jobs = jobs;
        this.database = database;
    }

    public static void main(String[] args) throws Exception {
        Path packages = Path.of(args[0]).toAbsolutePath();
        Path scripts = Path.of(args[1]).toAbsolutePath();
        int rounds = Integer.parseInt(args[3]);
        Vertx vertx = Vertx.vertx();
        try (DatabaseServer server = DurablePostgres.start()) {
            server.create("bench");
            String uri = server.uri("bench");
            String libpq = uri.replaceFirst("^postgres:", "postgresql:");
            Pool database = PgBuilder.pool()
                    .connectingTo(PgConnectOptions.fromUri(libpq))
                    .with(new PoolOptions().setMaxSize(1))
                    .using(vertx)
                    .build();
            try (var rig = new ServeRig(Files.createTempDirectory("queue-rivals"))
                    .config("server: {port: 0, workers: 2, drain: 5s, bridge: {tcp: {port: 0}}}\n"
                            + "sources: {db: {postgres: '" + uri + "'}}\n"
                            + "queues: {inside: {store: db}, served: {store: db}}\n")
                    .start()) {
                var bench = new QueueRivals(Integer.parseInt(args[4]), database);
                String bridge = "tcp://127.0.0.1:" + rig.service().bridgePort();
                List<Contestant> all = List.of(
                        new NodeContestant(rig, "inside"),
                        script(packages, args[2], scripts.resolve("muster.mjs"), bridge, "served"),
                        script(packages, args[2], scripts.resolve("pg-boss.mjs"), libpq, "" + CONNECTIONS),
                        script(packages, args[2], scripts.resolve("graphile-worker.mjs"), libpq, "" + CONNECTIONS));
                String only = System.getProperty("only", "");
                bench.measure(
                        all.stream().filter(one -> one.version().contains(only)).toList(), rounds);
                all.forEach(Contestant::close);
                bench.print(rounds);
            }
        } finally {
            vertx.close();
        }
    }

    private static Contestant script(Path packages, String node, Path script, String... words) {
        List<String> command = new ArrayList<>(List.of(node, script.toString()));
        command.addAll(Arrays.asList(words));
        return Contestant.script(packages, command);
    }

    /** The first rounds warm up and do not count. */
    private void measure(List<Contestant> all, int rounds) {
        all.forEach(one -> figures.put(one, new LinkedHashMap<>()));
        for (int round = 1 - WARM_UP; round <= rounds; round++) {
            List<Contestant> order = new ArrayList<>(all);
            Collections.rotate(order, round + WARM_UP);
            for (Contestant one : order) {
                Map<String, Double> figured = measure(one);
                System.err.printf("round %d: %s %s%n", round, one.version(), figured);
                Map<String, List<Double>> of = figures.get(one);
                if (round > 0) {
                    figured.forEach((name, value) ->
                            of.computeIfAbsent(name, any -> new ArrayList<>()).add(value));
                }
            }
        }
    }

    private Map<String, Double> measure(Contestant one) {
        int singly = jobs / 4;
        int all = singly + 2 * jobs;
        Map<String, Double> figured = new LinkedHashMap<>();
        figure(figured, SINGLY, singly, () -> one.obey("put", singly, 1, 16));
        figure(figured, BY_100, jobs, () -> one.obey("put", jobs, 100, 4));
        figure(figured, BY_1000, jobs, () -> one.obey("put", jobs, 1000, 4));
        figure(figured, WORK, all, () -> one.obey("work", all));
        quiet();
        Map<String, Object> paced = one.obey("pace", 500, 100);
        figured.put(P50, ((Number) paced.get("p50")).doubleValue());
        figured.put(P99, ((Number) paced.get("p99")).doubleValue());
        return figured;
    }

    private void figure(Map<String, Double> figured, String name, int count, Supplier<Map<String, Object>> what) {
        quiet();
        long before = cpuNanos();
        double seconds = ((Number) what.get().get("seconds")).doubleValue();
        long cpuNanos = cpuNanos() - before;
        figured.put(name + PER_SECOND, count / seconds);
        figured.put(name + CPU, cpuNanos / 1e3 / count);
    }

    /** Of this process and all below it, those that have ended too: the scripts, the database and its sessions. */
    private static long cpuNanos() {
        return Stream.concat(
                        Stream.of(ProcessHandle.current()),
                        ProcessHandle.current().descendants())
                .mapToLong(one -> cpuNanos(one.pid()))
                .sum();
    }

    private static long cpuNanos(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            String[] behindName = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            // utime, stime, and of children that have ended cutime, cstime; in ticks of 10 ms.
            return IntStream.rangeClosed(11, 14)
                    .mapToLong(i -> Long.parseLong(behindName[i]) * 10_000_000)
                    .sum();
        } catch (IOException e) {
            return 0;
        }
    }

    /** Nobody pays for what another one left behind. */
    private void quiet() {
        for (String sql : List.of("vacuum analyze", "checkpoint")) {
            sql(sql);
        }
    }

    private String sql(String sql) {
        Future<String> first = database.query(sql)
                .execute()
                .map(rows -> rows.size() == 0 ? "" : rows.iterator().next().getString(0));
        return first.toCompletionStage().toCompletableFuture().join();
    }

    private void print(int rounds) {
        System.out.printf(
                "PostgreSQL %s, fsync %s, synchronous_commit %s; %d cores; %d connections each; medians of %d rounds%n%n",
                sql("show server_version"),
                sql("show fsync"),
                sql("show synchronous_commit"),
                Runtime.getRuntime().availableProcessors(),
                CONNECTIONS,
                rounds);
        var header = new StringBuilder("| |");
        var line = new StringBuilder("|---|");
        for (Contestant one : figures.keySet()) {
            header.append(' ').append(one.version()).append(" |");
            line.append("---:|");
        }
        System.out.println(header + "\n" + line);
        for (String figure : figures.values().iterator().next().keySet()) {
            var row = new StringBuilder("| " + figure + " |");
            figures.values().forEach(of -> row.append(median(of.get(figure), figure.endsWith(PER_SECOND))));
            System.out.println(row);
        }
    }

    private static String median(List<Double> values, boolean isRate) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return String.format(isRate ? " %,.0f |" : " %.1f |", sorted[sorted.length / 2]);
    }
}
