package dev.muster.cli.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.TestServers;
import dev.muster.cli.Called;
import dev.muster.cli.Sessions;
import dev.muster.cli.Stop;
import dev.muster.task.CancelReason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Where {@code muster queue} looks for queues, and what it leaves behind. */
@Timeout(120)
class QueueConnectionTest {

    @TempDir
    Path conf;

    private static final String QUEUES = "queues: {mail: {store: db}, fast: {store: memory}, far: {store: cluster}}\n";

    private String config(String text) throws IOException {
        Files.writeString(conf.resolve("muster.yaml"), text);
        return conf.toString();
    }

    private String config(String database, String queues) throws IOException {
        return config("sources: {db: {postgres: '" + database + "', connectTimeout: 5s}}\n" + queues);
    }

    private String migrated(String queues) throws IOException {
        String database = TestServers.postgres().freshDatabase();
        config(database, queues);
        assertThat(Called.with("migrate", "--conf", conf.toString()).code()).isZero();
        return database;
    }

    private Called queue(String... words) {
        return queue(new Stop(), words);
    }

    private Called queue(Stop stop, String... words) {
        String[] line = new String[words.length + 3];
        line[0] = "queue";
        System.arraycopy(words, 0, line, 1, words.length);
        line[words.length + 1] = "--conf";
        line[words.length + 2] = conf.toString();
        return Called.with("", stop, line);
    }

    @Test
    void durableQueue_needsNoNode_andNothingOfItIsLeft() throws Exception {
        String database = migrated(QUEUES);

        assertThat(queue("put", "mail", "{\"n\": 1}").out()).isEqualTo("{\"line\":1,\"id\":\"1\"}\n");
        assertThat(queue("take", "mail", "--ack", "--wait", "5s").out()).contains("\"body\":{\"n\":1}");
        assertThat(queue("show", "mail", "7").err()).contains("notFound: there is no such job");
        assertThat(queue("drain", "mail", "--wait").out()).contains("\"done\":1", "\"closed\":true");
        Sessions.await(database, "true", count -> count == 0);
    }

    @Test
    void jobsOfOneCommand_areThoseOfTheNext_andWakeWhoWaits() throws Exception {
        String database = migrated(QUEUES);
        var taken = CompletableFuture.supplyAsync(() -> queue("take", "mail", "--wait", "1m"));
        Sessions.await(database, "query like '%muster.take%' and state = 'idle'", count -> count > 0);
        queue("put", "mail", "7");

        assertThat(taken.get().out()).contains("\"body\":7");
    }

    @Test
    void stop_endsATakeThatWaits_andLeavesNothing() throws Exception {
        String database = migrated(QUEUES);
        var stop = new Stop();
        var taken = CompletableFuture.supplyAsync(() -> queue(stop, "take", "mail", "--wait", "5m"));
        Sessions.await(database, "query like '%muster.take%' and state = 'idle'", count -> count > 0);
        stop.ask(130, CancelReason.of("Ctrl-C"));

        assertThat(taken.get()).extracting(Called::code, Called::out).containsExactly(130, "");
        Sessions.await(database, "true", count -> count == 0);
    }

    @Test
    void settingsThatAreThere_stay() throws Exception {
        String database = migrated("queues: {mail: {store: db, size: 2}}\n");
        queue("put", "mail", "1");
        config(database, "queues: {mail: {store: db, size: 7}}\n");

        assertThat(queue("list").out()).contains("\"size\":2");
    }

    @Test
    void list_leavesOutWhatIsInMemory_andSaysSo() throws Exception {
        migrated(QUEUES);
        Called called = queue("list");

        assertThat(called.code()).as(called.err()).isZero();
        assertThat(QueueRig.values(called.out()))
                .singleElement()
                .satisfies(queue -> assertThat(queue.get("name")).isEqualTo("mail"));
        assertThat(called.err())
                .contains(
                        "not shown: far is on another node of the cluster, fast is in the memory of its node",
                        "--url http://127.0.0.1:8080");
    }

    @Test
    void queueOfANode_isAskedForThere(@TempDir Path folder) throws Exception {
        String database = TestServers.postgres().freshDatabase();
        try (var rig = new QueueRig(
                folder, "queues: {fast: {store: memory}, far: {store: memory}, mail: {store: memory}}\n")) {
            String server = "server: {host: 0.0.0.0, port: " + rig.node.port() + "}\n";
            config(database, QUEUES + server);
            assertThat(queue("show", "fast").out()).contains("\"name\":\"fast\"");
            assertThat(queue("show", "far").out()).contains("\"name\":\"far\"");
            config("sources: {db: {postgres: embedded}}\n" + QUEUES + server);
            assertThat(queue("list").out()).contains("\"name\":\"mail\"", "\"name\":\"fast\"");
        }
    }

    @Test
    void unknownQueue_isNamedWithThoseThatThereAre() throws Exception {
        migrated(QUEUES);
        Called called = queue("show", "mial");

        assertThat(called.code()).isEqualTo(1);
        assertThat(called.err())
                .contains(
                        "notFound: there is no queue \"mial\"", "did you mean \"mail\"?", "there are far, fast, mail");
    }

    @Test
    void missingSchema_saysWhoMakesIt() throws Exception {
        String database = TestServers.postgres().freshDatabase();
        config(database, QUEUES);
        Called called = queue("list");

        assertThat(called).extracting(Called::code, Called::out).containsExactly(1, "");
        assertThat(called.err()).contains("conflict: the schema muster at ", "does not exist", "`muster migrate`");
        Sessions.await(database, "true", count -> count == 0);
    }

    @Test
    void olderSchema_saysWhoMakesIt() throws Exception {
        String database = migrated(QUEUES);
        Sessions.sql(database, "delete from muster.migration where number > 3");
        Called called = queue("list");

        assertThat(called.code()).isEqualTo(1);
        assertThat(called.err()).contains("is of step 3, and this Muster needs step ", "`muster migrate`");
    }

    @Test
    void databaseThatIsDown_isUnavailable() throws Exception {
        config("postgres://127.0.0.1:1/x", QUEUES);
        Called called = queue("put", "mail", "1");

        assertThat(called).extracting(Called::code, Called::out).containsExactly(1, "");
        assertThat(called.err()).startsWith("muster: unavailable: ").contains("connection refused");
    }

    @Test
    void stop_whileADatabaseSaysNothing_endsIt() throws Exception {
        try (var silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            config("postgres://127.0.0.1:" + silent.getLocalPort() + "/x", QUEUES);
            var stop = new Stop();
            var called = CompletableFuture.supplyAsync(() -> queue(stop, "list"));
            try (var connection = silent.accept()) {
                stop.ask(130, CancelReason.of("Ctrl-C"));
                assertThat(called.get().code()).isEqualTo(130);
                // To the end of what it said: the connection is closed.
                connection.getInputStream().readAllBytes();
            }
        }
    }

    @Test
    void keyFile_isForANode() throws Exception {
        migrated(QUEUES);

        assertThat(queue("list", "--key-file", "key").err()).contains("--key-file applies to a node only", "--url");
    }

    @Test
    void configurationWithoutQueues_asksTheNodeOfItsServer(@TempDir Path folder) throws Exception {
        try (var rig = new QueueRig(folder, "queues: {mail: {store: memory}}\n")) {
            config("server: {host: 0.0.0.0, port: " + rig.node.port() + "}\n");
            assertThat(queue("show", "mail").out()).contains("\"name\":\"mail\"");
        }
        config("server: {port: 0}\n");
        Called free = queue("list");
        assertThat(free.code()).isEqualTo(2);
        assertThat(free.err()).contains("server.port is 0", "--url");
    }

    @Test
    void nobodyListening_saysWhatToDo() throws IOException {
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        Called called = Called.with(QueueRig.line("http://127.0.0.1:" + port, "put", "mail", "1"));

        assertThat(called).extracting(Called::code, Called::out).containsExactly(1, "");
        assertThat(called.err())
                .startsWith("muster: unavailable: no response from http://127.0.0.1:" + port)
                .contains("`muster serve`", "--url");
    }

    @Test
    void key_isSent_andNamedWhereItMayNot(@TempDir Path folder) throws Exception {
        try (var guarded = new QueueRig(
                folder,
                "queues: {mail: {store: memory}, other: {store: memory}}\n"
                        + "callers: {me: {key: right-key-of-mine, may: {queues: [mail]}}}\n")) {
            assertThat(guarded.call("list").err()).contains("denied: ", "no key was sent: set MUSTER_KEY");
            Called wrong = guarded.call("", Map.of("MUSTER_KEY", "wrong-key"), "list");
            assertThat(wrong.err()).contains("sent with the key in MUSTER_KEY").doesNotContain("wrong-key");
            Path file = Files.writeString(folder.resolve("key"), "right-key-of-mine\n");
            assertThat(guarded.call("list", "--key-file", file.toString()).out())
                    .contains("\"mail\"");
            Called other = guarded.call("show", "other", "--key-file", file.toString());
            assertThat(other.code()).isEqualTo(1);
            assertThat(other.err()).contains("me may not use the queue other", "sent with the key in " + file);
        }
    }
}
