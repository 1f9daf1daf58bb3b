package dev.muster.connect.mysql;

import static dev.muster.connect.mysql.FakeMySql.QUERY;
import static dev.muster.connect.mysql.FakeMySql.bytes;
import static dev.muster.connect.mysql.FakeMySql.column;
import static dev.muster.connect.mysql.FakeMySql.end;
import static dev.muster.connect.mysql.FakeMySql.file;
import static dev.muster.connect.mysql.FakeMySql.ok;
import static dev.muster.connect.mysql.FakeMySql.packets;
import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.connect.Rig;
import dev.muster.connect.http.TestKeys;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.task.CancelReason;
import dev.muster.task.CancelledException;
import dev.muster.task.Task;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers, or whoever stands in between, that ask for what they may not have, or send what nobody can read. */
@Timeout(120)
class MySqlHostileTest {
    private static final String SECRET = "what nobody else may read";

    @TempDir
    private static Path folder;

    private final Path wanted = written();

    private static Path written() {
        try {
            return Files.writeString(folder.resolve("secret"), SECRET);
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }

    private static MusterException badResponse(Bench db, String... words) {
        return badResponse(db.fail("many", "select 1 as a"), words);
    }

    private static MusterException badResponse(MusterException error, String... words) {
        assertThat(error.type()).as(error.detail()).isEqualTo(ErrorType.BAD_RESPONSE);
        assertThat(error.detail()).contains(words);
        return error;
    }

    /** The server asks for the file in the place of the answer to this command. */
    private FakeMySql asking(int command, String text, byte[]... before) throws Exception {
        return asking(null, command, text, before);
    }

    private FakeMySql asking(TestKeys keys, int command, String text, byte[]... before) throws Exception {
        byte[][] answer = java.util.Arrays.copyOf(before, before.length + 1);
        answer[before.length] = file(wanted.toString());
        return new FakeMySql((asked, said) -> asked == command && said.contains(text) ? answer : null, keys);
    }

    private static void nothingIsSent(FakeMySql server, MusterException error) throws Exception {
        badResponse(error, "the server asks for a file", "the connection is closed");
        assertThat(server.sentForFile()).isEmpty();
        assertThat(server.offers)
                .isNotEmpty()
                .allSatisfy(offers -> assertThat(offers & FakeMySql.LOCAL_FILES).isZero());
    }

    @ParameterizedTest
    @ValueSource(strings = {"set time_zone", "select connection_id()"})
    void fileAskedForAtTheGreeting_isRefused(String command) throws Exception {
        try (FakeMySql server = asking(QUERY, command);
                Bench db = Bench.at(server.address())) {
            nothingIsSent(server, db.fail("many", "select 1"));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {FakeMySql.PREPARE, FakeMySql.EXECUTE})
    void fileAskedForByAStatement_isRefused(int command) throws Exception {
        try (FakeMySql server = asking(command, "");
                Bench db = Bench.at(server.address())) {
            nothingIsSent(server, db.fail("many", "update t set a = 1"));
        }
    }

    @Test
    void fileAskedForBehindAResult_isRefused() throws Exception {
        try (FakeMySql server = asking(FakeMySql.EXECUTE, "", ok(true));
                Bench db = Bench.at(server.address())) {
            nothingIsSent(server, db.fail("many", "call p()"));
        }
        byte[][] rows = {bytes(1), column("a", 8), end(true), bytes(0, 0, 1, 0, 0, 0, 0, 0, 0, 0), end(true)};
        try (FakeMySql server = asking(FakeMySql.EXECUTE, "", rows);
                Bench db = Bench.at(server.address())) {
            nothingIsSent(server, db.fail("many", "call p()"));
        }
    }

    @Test
    void fileAskedForByACursor_isRefused() throws Exception {
        try (FakeMySql server = asking(FakeMySql.EXECUTE, "");
                Bench db = Bench.at(server.address())) {
            nothingIsSent(server, (MusterException)
                    db.rig.failureOf(scope -> db.open(scope, "select 1").compose(items -> items.next())));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"start transaction", "commit"})
    void fileAskedForByATransaction_isRefused(String command) throws Exception {
        try (FakeMySql server = asking(QUERY, command);
                Bench db = Bench.at(server.address())) {
            nothingIsSent(server, (MusterException) db.rig.failureOf(
                    scope -> db.inTransaction(scope, "", (own, session) -> db.run(own, session, "many", "do 1"))));
        }
    }

    @Test
    void fileAskedForByTheLogin_isRefused() throws Exception {
        try (FakeMySql server =
                        new FakeMySql((command, text) -> text.equals("login") ? packets(file("/etc/passwd")) : null);
                Bench db = Bench.at(server.address())) {
            badResponse(db, "the server asks for a file");
        }
    }

    @Test
    void fileAskedForOverTls_isRefused_andNoGreetingOffersIt() throws Exception {
        TestKeys keys = TestKeys.make(folder, "localhost");
        try (FakeMySql server = asking(keys, QUERY, "set time_zone");
                Bench db = Bench.at(server.address(), "connectTimeout: 15s")) {
            nothingIsSent(server, db.fail("many", "select 1"));
            assertThat(server.offers).hasSize(2);
        }
    }

    @Test
    void fileAskedForByTheHealthCheck_isRefused() throws Exception {
        try (FakeMySql server = asking(FakeMySql.PREPARE, "select 1");
                Bench db = Bench.at(server.address())) {
            nothingIsSent(server, (MusterException) db.rig.failureOf(scope -> db.connector.ready(scope, "db")));
        }
    }

    @Test
    void fileAskedForByTheKill_isRefused_andTheStepEnds() throws Exception {
        var running = new CountDownLatch(1);
        try (FakeMySql server = new FakeMySql((command, text) -> {
                    if (command == FakeMySql.EXECUTE) {
                        running.countDown();
                        return packets();
                    }
                    return text.startsWith("kill query") ? packets(file(wanted.toString())) : null;
                });
                Bench db = Bench.at(server.address())) {
            Task<Object> task = db.start("many", "do sleep(100)");
            assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();
            task.cancel(CancelReason.of("the caller left"));
            assertThat(Rig.causeOf(task.future())).isInstanceOf(CancelledException.class);
            assertThat(server.sentForFile()).isEmpty();
            assertThat(db.statistics().closed()).isEqualTo(1);
        }
    }

    @Test
    void passwordAskedForAsItIs_isNotSentWithoutTls() throws Exception {
        byte[] clear = "mysql_clear_password".getBytes(StandardCharsets.US_ASCII);
        try (FakeMySql server = new FakeMySql((command, text) -> text.equals("plugin") ? packets(clear) : null);
                Bench db = Bench.at(server.address())) {
            badResponse(db, "asks for the plain password", "TLS");
            assertThat(server.offers).isEmpty();
        }
        byte[] turn = ("\u00FEmysql_clear_password\0" + "x".repeat(20) + "\0").getBytes(StandardCharsets.ISO_8859_1);
        try (FakeMySql server = new FakeMySql((command, text) -> text.equals("login") ? packets(turn) : null);
                Bench db = Bench.at(server.address())) {
            badResponse(db, "asks for the plain password");
        }
    }

    /** By name: what stands in the place of the answer to a statement. */
    private static List<byte[][]> unreadable() {
        return List.of(
                packets(new byte[0]),
                packets(bytes(0xFD, 255, 255, 255)),
                packets(bytes(0xFE, 255, 255, 255, 127, 0, 0, 0, 0)),
                packets(bytes(0xFC, 0, 0), end(false)),
                packets(bytes(1), bytes(3, 'd', 'e', 'f', 200)),
                packets(bytes(1), column("a", 8), end(false), bytes(0, 0, 1)),
                packets(
                        bytes(1),
                        column("a", 253),
                        end(false),
                        bytes(0, 0, 0xFE, 255, 255, 255, 255, 255, 255, 255, 127)),
                packets(bytes(1), column("a", 255), end(false), bytes(0, 0, 4, 1, 2, 3, 4)),
                packets(bytes(0xFF)),
                packets(bytes(0)),
                packets(bytes(2), column("a", 8), column("b", 77), end(false), bytes(0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9)),
                packets(ok(false), ok(false), ok(false)));
    }

    static List<Integer> numbers() {
        return java.util.stream.IntStream.range(0, unreadable().size() - 1)
                .boxed()
                .toList();
    }

    @ParameterizedTest
    @org.junit.jupiter.params.provider.MethodSource("numbers")
    void unreadableAnswer_isABadResponse_atOnce(int number) throws Exception {
        byte[][] answer = unreadable().get(number);
        try (FakeMySql server = new FakeMySql((command, text) -> command == FakeMySql.EXECUTE ? answer : null);
                Bench db = Bench.at(server.address())) {
            badResponse(db, "cannot be read");
            assertThat(server.commands).noneMatch(text -> text.startsWith("kill query"));
            assertThat(db.statistics().closed()).isEqualTo(1);
        }
    }

    @Test
    void answerThatNobodyAskedFor_endsItsConnection_notTheNextStatement() throws Exception {
        try (FakeMySql server = new FakeMySql((command, text) ->
                        command == FakeMySql.EXECUTE ? unreadable().get(11) : null);
                Bench db = Bench.at(server.address(), "pool: 1")) {
            for (int i = 0; i < 3; i++) {
                Task<Object> task = db.start("many", "do 1");
                task.future()
                        .toCompletionStage()
                        .toCompletableFuture()
                        .handle((done, why) -> why)
                        .orTimeout(30, TimeUnit.SECONDS)
                        .join();
            }
        }
    }
}
