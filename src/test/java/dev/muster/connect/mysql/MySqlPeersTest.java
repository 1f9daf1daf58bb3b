package dev.muster.connect.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.TestServers;
import dev.muster.connect.Rig;
import dev.muster.plan.ErrorType;
import dev.muster.task.Task;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What a node that is gone has left on the server is ended by its peers, or by the server itself; what living nodes run is
 * not. A node whose line is cut is gone as far as the server can tell: it closes the connections that nobody holds any more.
 */
@Timeout(90)
class MySqlPeersTest {
    private static final String RUNNING = "select count(*) + sleep(0.02) from information_schema.processlist"
            + " where db = ? and info like ? and id <> connection_id() and command <> 'Prepare'";
    private static final String HOLDER =
            "select is_used_lock(concat('muster-', substring_index(substring_index(info, '*/', 1), ':', -1)))"
                    + " from information_schema.processlist where db = ? and info like ? and id <> connection_id()";

    private static final String WATCHING =
            "select get_lock(concat('muster-watch-', left(md5(current_user()), 16), ''), 0)";

    private final String address = TestServers.mysql().freshDatabase();

    /** Asks, and is nobody's peer. */
    private final Bench list = Bench.at(address, "peers: false");

    private String database() {
        return address.substring(address.lastIndexOf('/') + 1);
    }

    private void until(String like, long expected) {
        for (int asked = 0; asked < 1_000; asked++) {
            if (list.value(RUNNING, database(), like).equals(expected)) {
                return;
            }
        }
        throw new AssertionError("still not " + expected + " of " + like + ": " + list.many("show full processlist"));
    }

    /** The connection that holds the lock of the node that runs this, once one does. */
    private long holder(String like) {
        for (int asked = 0; asked < 1_000; asked++) {
            List<?> rows = (List<?>) list.many(HOLDER + " and sleep(0.01) = 0 limit 1", database(), like);
            Object id = rows.isEmpty()
                    ? null
                    : ((java.util.Map<?, ?>) rows.get(0)).values().iterator().next();
            if (id instanceof Long number) {
                return number;
            }
        }
        throw new AssertionError("nobody holds the lock of the node that runs " + like);
    }

    private static Task<Object> lockRow(Bench db, Promise<Void> held, Future<Object> until) {
        return db.rig.start(scope -> db.inTransaction(
                scope,
                "",
                (own, session) -> db.run(own, session, "value", "select v from t where id = 1 for update")
                        .compose(row -> {
                            held.complete();
                            return own.await("the test", until);
                        })));
    }

    /** An update that waits for a row which somebody holds, of a node that is gone meanwhile, is never done. */
    private void updateIsNeverDone(Bench node, Duration limit, Runnable gone) {
        Promise<Void> held = Promise.promise();
        Promise<Object> letGo = Promise.promise();
        list.all("create table t (id int primary key, v int) engine = innodb", "insert into t values (1, 1)");
        Task<Object> lock = lockRow(list, held, letGo.future());
        Rig.await(held.future());
        Future<Object> update = node.rig
                .start(scope -> {
                    scope.task().withTimeout(limit);
                    return node.run(scope, "none", "update t set v = 99 where id = 1");
                })
                .future()
                .onComplete(ended -> {});
        until("%update t set v = 99%", 1);
        gone.run();
        until("%update t set v = 99%", 0);
        letGo.complete("");
        Rig.await(lock.future());
        assertThat(Rig.causeOf(update)).isNotNull();
        assertThat(list.value("select v from t")).isEqualTo(1L);
        list.close();
    }

    @Test
    void updateOfADeadNode_isEndedByAPeer_beforeItGetsItsLock() {
        try (Relay relay = new Relay(address);
                Bench node = Bench.at(relay.address(), "statementLimit: false");
                Bench peer = Bench.at(address);
                Bench secondPeer = Bench.at(address)) {
            peer.value("select 1");
            secondPeer.value("select 1");
            updateIsNeverDone(node, Duration.ofMinutes(10), relay::down);
        }
    }

    @Test
    void updateOfADeadNode_isEndedByANodeThatStarts() {
        try (Relay relay = new Relay(address);
                Bench node = Bench.at(relay.address(), "statementLimit: false");
                Bench started = Bench.at(address)) {
            updateIsNeverDone(node, Duration.ofMinutes(10), () -> {
                relay.down();
                started.connector.start();
            });
        }
    }

    /** A node that is paused, or whose machine is gone, keeps the lock for looking, and looks at nothing. */
    @Test
    void updateOfADeadNode_isEndedByAPeer_whileTheWatcherIsSilent() {
        String own = addressOfNewUser();
        Promise<Void> held = Promise.promise();
        Promise<Object> letGo = Promise.promise();
        try (Bench watcher = Bench.at(own, "peers: false");
                Relay relay = new Relay(own);
                Bench node = Bench.at(relay.address(), "statementLimit: false");
                Bench peer = Bench.at(own)) {
            Task<Object> silent = watcher.rig.start(scope -> watcher.inTransaction(
                    scope,
                    "",
                    (in, session) -> watcher.run(in, session, "value", WATCHING).compose(got -> {
                        held.complete();
                        return in.await("the test", letGo.future());
                    })));
            Rig.await(held.future());
            untilWatcherIsSilentFor(4);
            peer.value("select 1");
            updateIsNeverDone(node, Duration.ofMinutes(10), relay::down);
            letGo.complete("");
            Rig.await(silent.future());
        }
    }

    private void untilWatcherIsSilentFor(int seconds) {
        String silence = "select coalesce(max(time), 0) + sleep(0.05) from information_schema.processlist where db = ?"
                + " and command = 'Sleep'";
        for (int asked = 0; asked < 1_000; asked++) {
            if (((Number) list.value(silence, database())).longValue() >= seconds) {
                return;
            }
        }
        throw new AssertionError("nobody is silent: " + list.many("show full processlist"));
    }

    /** The address with an account of its own, which no other node of these tests looks for. */
    private String addressOfNewUser() {
        String user = "peer" + System.nanoTime();
        list.all(
                "create user " + user + "@'%' identified by 'p'",
                "grant all on " + database() + ".* to " + user + "@'%'");
        return address.replaceFirst("//[^@/]*@", "//" + user + ":p@");
    }

    @Test
    void successorsOfSilentWatchers_areAskedForOneByOne() throws Exception {
        try (FakeMySql server = new FakeMySql((command, text) -> {
                    if (text.contains("is_used_lock(concat('muster-watch-'")) {
                        return FakeMySql.packets(FakeMySql.row(text.contains("'-7'") ? '8' : '7'));
                    }
                    return text.contains("get_lock(concat('muster-watch-'")
                            ? FakeMySql.packets(FakeMySql.row(text.contains("'-8'") ? '1' : '0'))
                            : text.startsWith("select get_lock('muster-")
                                    ? FakeMySql.packets(FakeMySql.row('1'))
                                    : null;
                });
                Bench node = Bench.at(server.address(), "pool: 1")) {
            for (int sent = 0; sent < 2_000 && server.commands.stream().noneMatch(MySqlPeersTest::isLook); sent++) {
                node.all("do 1");
            }
            assertThat(server.commands).anyMatch(MySqlPeersTest::isLook);
            assertThat(server.commands.stream().filter(text -> text.contains("get_lock(concat('muster-watch-'")))
                    .extracting(text -> text.replaceAll(".*16\\), ", ""))
                    .containsExactly("''), 0)", "'-7'), 0)", "'-8'), 0)");
        }
        list.close();
    }

    private static boolean isLook(String text) {
        return text.contains("where info like '/*muster:");
    }

    @Test
    void updateOfADeadNode_isEndedByTheServersLimit_whereNoPeerIs() {
        try (Relay relay = new Relay(address);
                Bench node = Bench.at(relay.address(), "peers: false")) {
            updateIsNeverDone(node, Duration.ofSeconds(5), relay::down);
        }
    }

    @Test
    void processThatWasKilled_leavesNothing() throws Exception {
        try (Bench peer = Bench.at(address)) {
            peer.all("create table t (id int primary key, v int) engine = innodb", "insert into t values (1, 1)");
            Process node = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+UseSerialGC",
                            "-cp",
                            System.getProperty("java.class.path"),
                            KilledNode.class.getName(),
                            address,
                            "update t set v = 2 where id = 1 and benchmark(1000000000000, md5(v)) = 0")
                    .inheritIO()
                    .start();
            try {
                until("%update t set v = 2%", 1);
            } finally {
                node.destroyForcibly();
            }
            assertThat(node.waitFor(30, TimeUnit.SECONDS)).isTrue();
            until("%update t set v = 2%", 0);
            assertThat(peer.value("select v from t")).isEqualTo(1L);
        }
        list.close();
    }

    @Test
    void livingNode_keepsItsStatements_whileItsSideConnectionIsCut() {
        try (Bench node = Bench.at(address);
                Bench peer = Bench.at(address)) {
            peer.value("select 1");
            Task<Object> slow = node.start("value", "select sleep(4.5) as slow");
            until("%as slow%", 1);
            for (int cut = 0; cut < 3; cut++) {
                long id = holder("%as slow%");
                list.all("kill " + id);
                assertThat(holder("%as slow%")).isNotEqualTo(id);
            }
            assertThat(Rig.await(slow.future())).isEqualTo(0L);
            assertThat(node.statistics().closed()).isZero();
        }
        list.close();
    }

    @Test
    void strangersAndAuthorsTexts_areNobodysMark() {
        try (Bench author = Bench.at(address, "peers: false");
                Bench node = Bench.at(address);
                Bench peer = Bench.at(address)) {
            peer.value("select 1");
            String mark = "/*muster:1-0a1b2c3d4e5f*/";
            Task<Object> inText = author.start("value", "select sleep(4) + ('" + mark + "' = '') as a");
            Task<Object> first = author.start("value", mark + "select sleep(4) as b");
            Task<Object> ofNode = node.start("value", mark + "select sleep(4) as c");
            Task<Object> parameter = author.start("value", "select sleep(4) + (? = '') as d", mark);
            assertThat(Rig.await(inText.future())).isEqualTo(0L);
            assertThat(Rig.await(first.future())).isEqualTo(0L);
            assertThat(Rig.await(ofNode.future())).isEqualTo(0L);
            assertThat(Rig.await(parameter.future())).isEqualTo(0L);
        }
        list.close();
    }

    @Test
    void everyStatement_carriesTheNameFirst() {
        try (Bench node = Bench.at(address, "pool: 1")) {
            String own = "select info from information_schema.processlist where id = connection_id()";
            String marked = "/\\*muster:\\d+-[0-9a-f]{12}\\*/";
            assertThat((String) node.value(own)).matches(marked + "select info.*");
            assertThat((String) node.value("/* an author's */ " + own))
                    .matches(marked + "/\\* an author's \\*/ select.*");
            node.all("create procedure told() begin " + own + "; end");
            assertThat(node.value("call told()").toString()).isNotEmpty();
            Object inTransaction = node.rig.run(
                    scope -> node.inTransaction(scope, "", (in, session) -> node.run(in, session, "value", own)));
            assertThat((String) inTransaction).matches(marked + "select info.*");
            Object flown = node.rig.run(scope ->
                    node.open(scope, own).compose(items -> items.next()).map(row -> row.orElseThrow()));
            assertThat(flown.toString()).matches("\\{info=" + marked + "select info.*");
            assertThat((String) node.value("set statement max_statement_time = 5 for " + own))
                    .matches(marked + "set statement.*");
            var wrong = node.fail("value", "selec 1");
            assertThat(wrong.type()).isEqualTo(ErrorType.QUERY);
            assertThat(wrong.detail()).contains("near 'selec 1' at line 1").doesNotContain("muster:");
        }
        list.close();
    }

    @Test
    void serverWithoutLocks_isAskedForOneOnce_andStatementsGoWithoutAName() throws Exception {
        try (FakeMySql server = new FakeMySql((command, text) -> text.startsWith("select get_lock")
                        ? FakeMySql.packets(FakeMySql.error(1105, "HY000", "get_lock is not allowed here"))
                        : null);
                Bench node = Bench.at(server.address(), "pool: 1")) {
            node.all("do 1", "do 2");
            assertThat(server.commands).contains("do 1", "do 2").noneMatch(text -> text.contains("/*muster:"));
            assertThat(server.commands.stream().filter(text -> text.contains("get_lock")))
                    .hasSize(1);
        }
        list.close();
    }

    @Test
    void lockThatIsRefusedForNow_isAskedForAgain_andStatementsCarryTheNameFromThenOn() throws Exception {
        var asked = new AtomicInteger();
        try (FakeMySql server = new FakeMySql((command, text) -> text.startsWith("select get_lock('muster-")
                        ? FakeMySql.packets(FakeMySql.row(asked.incrementAndGet() < 3 ? '0' : '1'))
                        : null);
                Bench node = Bench.at(server.address(), "pool: 1")) {
            for (int sent = 0; sent < 2_000 && server.commands.stream().noneMatch(MySqlPeersTest::isMarked); sent++) {
                node.all("do 1");
            }
            assertThat(server.commands).anyMatch(MySqlPeersTest::isMarked);
            assertThat(asked).hasValue(3);
        }
        list.close();
    }

    private static boolean isMarked(String text) {
        return text.matches("/\\*muster:\\d+-[0-9a-f]{12}\\*/do 1");
    }

    @Test
    void switchedOff_neitherNamesNorLocksNorLooks() {
        String own = "select info from information_schema.processlist where id = connection_id()";
        assertThat((String) list.value(own)).startsWith("select info");
        list.close();
    }
}
