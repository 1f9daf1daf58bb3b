package dev.muster.node;

import static dev.muster.Soon.soon;

import dev.muster.TestServers;
import dev.muster.connect.mongo.HeldFinds;
import io.vertx.core.Vertx;
import io.vertx.mysqlclient.MySQLConnectOptions;
import io.vertx.mysqlclient.MySQLConnection;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The sources of the matrix of cancels: of each the step that hangs there, and how its server shows what is under way. All servers
 * belong to this process, so that nodes in other processes may use them too.
 *
 * <p>The step is named as its source, and so is the run's input that it takes: a number that no other run has, by which the server knows
 * the work. As its clean-up the step asks the source {@code gate} for {@code /clean/NUMBER}.
 */
final class HangingSources implements AutoCloseable {
    /** A database is asked to end a statement, over another connection; elsewhere the connection's end tells. */
    private static final Duration OF_A_SERVERS_LIST = Duration.ofMillis(500);

    /** A busy machine is slow to connect, which is nothing to find here. */
    private static final String PATIENT = "connectTimeout: 1m, waitTimeout: 1m";

    private static final long PATIENCE_SECONDS = 60;
    private static final long PAUSE_NANOS = 1_000_000;

    private final Vertx vertx = Vertx.vertx();
    private final Path folder;
    final HeldRequests requests = new HeldRequests();
    private final HeldFinds finds = new HeldFinds();
    private final Witness witness = new Witness();
    private final Map<String, HangingSource> all = new LinkedHashMap<>();

    /** @param folder for files */
    HangingSources(Path folder) throws IOException {
        this.folder = folder;
        for (HangingSource source : List.of(
                new Http("http1", "HTTP/1.1"),
                new Http("http2", "HTTP/2"),
                new Postgres(),
                new MariaDb(),
                new MongoDb(),
                new Lines(),
                new Cpu(),
                new Call())) {
            all.put(source.name(), source);
        }
    }

    /** The names of all of them. */
    static List<String> names() {
        return List.of("http1", "http2", "postgres", "mariadb", "mongodb", "file", "cpu", "call");
    }

    HangingSource get(String name) {
        return all.get(name);
    }

    /** The section {@code sources} of a node's configuration. */
    String config() {
        return all.values().stream()
                .map(HangingSource::config)
                .filter(line -> !line.isEmpty())
                .map(line -> "  " + line + "\n")
                .collect(Collectors.joining(
                        "",
                        "sources:\n  gate: {http: '" + requests.address() + "', pool: 1000, " + PATIENT + "}\n",
                        ""));
    }

    @Override
    public void close() throws IOException {
        requests.close();
        finds.close();
        witness.close();
        soon(vertx.close());
    }

    /** One of them. Numbers are those of runs. Safe on every thread; waits are bounded. */
    abstract static sealed class HangingSource {
        private final String name;
        private final String title;

        HangingSource(String name, String title) {
            this.name = name;
            this.title = title;
        }

        /** As plans and receipts name it. */
        final String name() {
            return name;
        }

        final String title() {
            return title;
        }

        /** Its line in the configuration; empty where it needs none. */
        abstract String config();

        /** The steps of a plan that do the work, a line each; the policies are further words of the one that hangs. */
        final String steps(String policies) {
            String cleanUp = ", finally: {http: gate, get: '/clean/{id}', " + args() + "}";
            return "  " + name + ": {" + words() + cleanUp + policies + "}\n" + behind();
        }

        /** The words of the step that hangs. */
        abstract String words();

        /** The steps that read what it gives as it comes. */
        String behind() {
            return "";
        }

        /** The name of the step whose result is that of the work. */
        String last() {
            return name;
        }

        final String number() {
            return "= input." + name;
        }

        final String args() {
            return "args: {id: " + number() + "}";
        }

        /** What receipts name: the source, the function, the address. */
        String target() {
            return name;
        }

        /** Makes ready what a run of this number needs to hang. */
        void prepare(long id) {}

        /** Waits until the server shows the run's work. */
        abstract void await(long id);

        /** Whether the server shows the run's work, by its own list. */
        abstract boolean isUnderWay(long id);

        /** Whether the work is gone once its cancel is confirmed; else it has been told to end by then. */
        boolean isGoneWhenConfirmed() {
            return true;
        }

        /** Waits until the server shows the run's work no more; the time of that. */
        abstract long goneNanos(long id);

        /** Has the run's work end as it would by itself. */
        abstract void release(long id);

        /** What the work then gives, as JSON. */
        abstract String result(long id);

        /** Whether the work has done what it was for: a write that can be seen. */
        boolean hasEffect(long id) {
            return false;
        }

        /** Whether this is a source whose work writes. */
        boolean writes() {
            return false;
        }

        /** How soon its work is to be gone, for 99 of 100: what a connection's end tells, or a server that is asked to end it. */
        Duration goal() {
            return Duration.ofMillis(100);
        }

        final long untilGone(long id) {
            return until(() -> !isUnderWay(id), "the work of " + title + " is gone");
        }
    }

    /** Asks a server again and again, about once a millisecond. */
    private static long until(Supplier<Boolean> condition, String what) {
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.get()) {
            if (System.nanoTime() > endNanos) {
                throw new AssertionError("not within " + PATIENCE_SECONDS + " s: " + what);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return System.nanoTime();
    }

    /** A request that is not answered. */
    private final class Http extends HangingSource {
        Http(String name, String title) {
            super(name, title);
        }

        @Override
        String config() {
            return name() + ": {http: '" + requests.address() + "', protocol: " + name() + ", " + PATIENT + "}";
        }

        @Override
        String words() {
            return "http: " + name() + ", get: '/held/{id}', " + args();
        }

        @Override
        void await(long id) {
            requests.await("/held/" + id);
        }

        @Override
        boolean isUnderWay(long id) {
            return requests.isOpen("/held/" + id);
        }

        @Override
        long goneNanos(long id) {
            return requests.leftNanos("/held/" + id);
        }

        @Override
        void release(long id) {
            requests.answer("/held/" + id, 200, result(id));
        }

        @Override
        String result(long id) {
            return String.valueOf(id);
        }
    }

    /** A write that waits for a lock of the test's. */
    private final class Postgres extends HangingSource {
        private final String uri = TestServers.postgres().freshDatabase();
        private final PgConnection own = soon(PgConnection.connect(vertx, PgConnectOptions.fromUri(uri)));

        Postgres() {
            super("postgres", "Postgres");
            soon(own.query("create table done (id bigint)").execute());
        }

        private boolean ask(String sql, long id) {
            return soon(own.preparedQuery(sql).execute(Tuple.of(id)))
                            .iterator()
                            .next()
                            .getLong(0)
                    > 0;
        }

        @Override
        String config() {
            return "postgres: {postgres: '" + uri + "', " + PATIENT + "}";
        }

        @Override
        String words() {
            return "postgres: postgres, params: [" + number() + "], sql: 'with gate as materialized"
                    + " (select pg_advisory_xact_lock($1)) insert into done select $1 from gate'";
        }

        @Override
        void prepare(long id) {
            soon(own.preparedQuery("select pg_advisory_lock($1)").execute(Tuple.of(id)));
        }

        @Override
        void await(long id) {
            until(() -> isUnderWay(id), "the statement waits for its lock");
        }

        @Override
        boolean isUnderWay(long id) {
            return ask(
                    "select count(*) from pg_stat_activity join pg_locks using (pid) where locktype = 'advisory'"
                            + " and not granted and objid::bigint = $1 and state = 'active'",
                    id);
        }

        @Override
        long goneNanos(long id) {
            return untilGone(id);
        }

        @Override
        void release(long id) {
            soon(own.preparedQuery("select pg_advisory_unlock($1)").execute(Tuple.of(id)));
        }

        @Override
        String result(long id) {
            return "1";
        }

        @Override
        boolean hasEffect(long id) {
            return ask("select count(*) from done where id = $1", id);
        }

        @Override
        boolean writes() {
            return true;
        }

        @Override
        Duration goal() {
            return OF_A_SERVERS_LIST;
        }
    }

    /** An update that waits for a row which the test has locked. */
    private final class MariaDb extends HangingSource {
        private final String uri = TestServers.mysql().freshDatabase();
        private final MySQLConnection own = connect();
        private final Map<Long, SqlConnection> locks = new ConcurrentHashMap<>();

        /** The server's numbers of the connections that hold locks, and of those that wait for them; by the numbers of runs. */
        private final Map<Long, Long> holders = new ConcurrentHashMap<>();

        private final Map<Long, Long> waiters = new ConcurrentHashMap<>();

        MariaDb() {
            super("mariadb", "MariaDB");
            soon(own.query("create table gate (id bigint primary key, n int)").execute());
        }

        private MySQLConnection connect() {
            return soon(MySQLConnection.connect(vertx, MySQLConnectOptions.fromUri(uri)));
        }

        private long ask(String sql) {
            return number(own, sql);
        }

        private static long number(SqlConnection connection, String sql) {
            var rows = soon(connection.query(sql).execute());
            return rows.size() == 0 ? 0 : rows.iterator().next().getLong(0);
        }

        @Override
        String config() {
            return "mariadb: {mysql: '" + uri + "', " + PATIENT + "}";
        }

        @Override
        String words() {
            return "mysql: mariadb, params: [" + number() + "], sql: 'update gate set n = n + 1 where id = ?'";
        }

        @Override
        void prepare(long id) {
            SqlConnection lock = connect();
            locks.put(id, lock);
            holders.put(id, number(lock, "select connection_id()"));
            soon(lock.query("insert into gate values (" + id + ", 0)").execute());
            soon(lock.query("begin").execute());
            soon(lock.query("select n from gate where id = " + id + " for update")
                    .execute());
        }

        @Override
        void await(long id) {
            until(() -> waiter(id) > 0, "the update waits for its row");
        }

        /** The connection that waits for the lock of this number; 0 if none does yet. */
        private long waiter(long id) {
            // The server makes this list anew only when nobody has read it for a tenth of a second.
            ask("select sleep(0.11)");
            long waiter = ask("select w.trx_mysql_thread_id from information_schema.innodb_lock_waits"
                    + " join information_schema.innodb_trx w on w.trx_id = requesting_trx_id"
                    + " join information_schema.innodb_trx h on h.trx_id = blocking_trx_id where h.trx_mysql_thread_id = "
                    + holders.get(id));
            if (waiter > 0) {
                waiters.put(id, waiter);
            }
            return waiter;
        }

        @Override
        boolean isUnderWay(long id) {
            return ask(
                            "select count(*) from information_schema.processlist where info like '%update gate set n%' and id = "
                                    + waiters.get(id))
                    > 0;
        }

        @Override
        long goneNanos(long id) {
            return untilGone(id);
        }

        @Override
        void release(long id) {
            SqlConnection lock = locks.remove(id);
            soon(lock.query("rollback").execute());
            soon(lock.close());
        }

        @Override
        String result(long id) {
            return "1";
        }

        @Override
        boolean hasEffect(long id) {
            return ask("select n from gate where id = " + id) > 0;
        }

        @Override
        boolean writes() {
            return true;
        }

        @Override
        Duration goal() {
            return OF_A_SERVERS_LIST;
        }
    }

    /** A find that the server does not answer. */
    private final class MongoDb extends HangingSource {
        MongoDb() {
            super("mongodb", "MongoDB");
        }

        @Override
        Duration goal() {
            return OF_A_SERVERS_LIST;
        }

        @Override
        String config() {
            return "mongodb: {mongo: '" + finds.uri() + "', waitTimeout: 1m, serverSelectionTimeout: 1m}";
        }

        @Override
        String words() {
            return "mongo: mongodb, find: work, filter: {_id: " + number() + "}";
        }

        @Override
        void await(long id) {
            finds.await(id);
        }

        @Override
        boolean isUnderWay(long id) {
            return finds.isOpen(id);
        }

        @Override
        long goneNanos(long id) {
            return untilGone(id);
        }

        @Override
        void release(long id) {
            finds.release(id);
        }

        @Override
        String result(long id) {
            return "[{\"_id\":" + id + "}]";
        }
    }

    /** A file whose lines flow to somebody who is slow: it is open meanwhile, as the list of this machine's open files shows. */
    private final class Lines extends HangingSource {
        /** More than is read at once. */
        private static final int LINES = 40;

        private static final int LINE_BYTES = 64 << 10;

        Lines() {
            super("file", "file");
        }

        @Override
        String config() {
            return "file: {file: '" + folder + "'}";
        }

        @Override
        String words() {
            return "file: file, lines: 'work-{id}.txt', " + args();
        }

        @Override
        String behind() {
            return "  file_read: {each: = file, concurrency: 1, do: {http: gate, get: '/line/{id}', " + args() + "}}\n";
        }

        @Override
        String last() {
            return "file_read";
        }

        @Override
        void prepare(long id) {
            try {
                Files.writeString(file(id), ("x".repeat(LINE_BYTES - 1) + "\n").repeat(LINES));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private Path file(long id) {
            return folder.resolve("work-" + id + ".txt");
        }

        @Override
        void await(long id) {
            requests.await("/line/" + id);
            until(() -> isUnderWay(id), "the file is open");
        }

        @Override
        boolean isUnderWay(long id) {
            return OpenFileList.ofNodes().contains(file(id));
        }

        @Override
        long goneNanos(long id) {
            return untilGone(id);
        }

        @Override
        void release(long id) {
            requests.answer("/line/" + id, 200, "1");
        }

        @Override
        String result(long id) {
            return "[" + "1,".repeat(LINES - 1) + "1]";
        }
    }

    /** A function that computes on a thread of the pool. */
    private final class Cpu extends HangingSource {
        Cpu() {
            super("cpu", "CPU");
        }

        /** The function has ended by then, but its end is told over a socket. */
        @Override
        boolean isGoneWhenConfirmed() {
            return false;
        }

        @Override
        String target() {
            return WitnessedFunction.NAME;
        }

        @Override
        String config() {
            return "";
        }

        @Override
        String words() {
            return "cpu: " + WitnessedFunction.NAME + ", with: {port: " + witness.port() + ", id: " + number() + "}";
        }

        @Override
        void await(long id) {
            witness.await(id);
        }

        @Override
        boolean isUnderWay(long id) {
            return witness.isAtWork(id);
        }

        @Override
        long goneNanos(long id) {
            return witness.stoppedNanos(id);
        }

        @Override
        void release(long id) {
            witness.release(id);
        }

        @Override
        String result(long id) {
            return String.valueOf(id);
        }
    }

    /** A worker on the event bus that does not answer. */
    private final class Call extends HangingSource {
        Call() {
            super("call", "call:");
        }

        @Override
        boolean isGoneWhenConfirmed() {
            return false;
        }

        @Override
        String target() {
            return WitnessedWorker.ADDRESS;
        }

        @Override
        String config() {
            return "";
        }

        @Override
        String words() {
            return "call: " + WitnessedWorker.ADDRESS + ", with: {port: " + witness.port() + ", id: " + number() + "}";
        }

        @Override
        void await(long id) {
            witness.await(id);
        }

        @Override
        boolean isUnderWay(long id) {
            return witness.isAtWork(id);
        }

        @Override
        long goneNanos(long id) {
            return witness.stoppedNanos(id);
        }

        @Override
        void release(long id) {
            witness.release(id);
        }

        @Override
        String result(long id) {
            return String.valueOf(id);
        }
    }
}
