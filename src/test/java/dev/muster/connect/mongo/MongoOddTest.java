package dev.muster.connect.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.TestServers;
import dev.muster.connect.mongo.Tap.Act;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that nobody can read, and servers that step down, shut down or have no time. */
@Timeout(60)
class MongoOddTest {
    private final String uri = TestServers.mongo().freshDatabase();

    private static byte[] join(byte[]... parts) {
        var all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static byte[] number(int value) {
        return ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array();
    }

    private static byte[] name(int type, String name) {
        return join(new byte[] {(byte) type}, (name + "\0").getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] document(byte[]... fields) {
        byte[] all = join(fields);
        return join(number(all.length + 5), all, new byte[1]);
    }

    private static byte[] deep(int levels, int type) {
        byte[] at = document(join(name(0x10, "x"), number(1)));
        for (int i = 0; i < levels; i++) {
            at = document(join(name(type, type == 4 ? "0" : "d"), at));
        }
        return at;
    }

    /** The answer to a find with one document, of a cursor that has ended. */
    private static byte[] found(byte[] row) {
        byte[] batch = join(name(4, "firstBatch"), document(join(name(3, "0"), row)));
        byte[] cursor = document(
                batch,
                join(name(0x12, "id"), new byte[8]),
                join(name(2, "ns"), number(5), "db.x\0".getBytes(StandardCharsets.UTF_8)));
        return document(join(name(3, "cursor"), cursor), join(name(1, "ok"), number(0), number(0x3FF00000)));
    }

    static Stream<Arguments> unreadable() {
        byte[] good = document(join(name(0x10, "a"), number(1)));
        return Stream.of(
                Arguments.of("a boolean of 2", found(document(join(name(8, "a"), new byte[] {2})))),
                Arguments.of("an unknown type", found(document(name(0x20, "a")))),
                Arguments.of("a negative length of text", found(document(join(name(2, "a"), number(-5), new byte[2])))),
                Arguments.of("text without an end", found(document(join(name(2, "a"), number(2), new byte[] {'x', 'y'
                })))),
                Arguments.of(
                        "text that is longer than all",
                        found(document(join(name(2, "a"), number(1 << 30), new byte[2])))),
                Arguments.of(
                        "bytes of a negative length", found(document(join(name(5, "a"), number(-1), new byte[1])))),
                Arguments.of(
                        "old bytes of two lengths",
                        found(document(join(name(5, "a"), number(7), new byte[] {2}, number(99), new byte[3])))),
                Arguments.of(
                        "a wrong length of a document",
                        found(join(number(999), java.util.Arrays.copyOfRange(good, 4, good.length)))),
                Arguments.of("a document without an end", found(java.util.Arrays.copyOf(good, good.length - 1))),
                Arguments.of("deep documents", found(deep(5_000, 3))),
                Arguments.of("deep lists", found(deep(501, 4))),
                Arguments.of(
                        "deep beside the rows",
                        document(
                                join(name(3, "odd"), deep(5_000, 3)),
                                join(name(1, "ok"), number(0), number(0x3FF00000)))),
                Arguments.of("no cursor", document(join(name(1, "ok"), number(0), number(0x3FF00000)))),
                Arguments.of(
                        "a cursor of another type",
                        document(
                                join(name(0x10, "cursor"), number(1)),
                                join(name(1, "ok"), number(0), number(0x3FF00000)))),
                Arguments.of("nothing that is known", document()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unreadable")
    void answerThatCannotBeRead_isABadResponse_atOnce_andTheNextStepIsWell(String what, byte[] answer)
            throws Exception {
        try (var tap = new Tap(uri);
                var db = new MongoRig("mongo: '" + tap.uri() + "'\npool: 1")) {
            db.run("insert: good\ndocuments: {_id: 1}");
            tap.script(command -> {
                if (command.name().equals("find")
                        && command.body().getString("find").getValue().equals("odd")) {
                    command.answer(answer);
                    return Act.HOLD;
                }
                return Act.PASS;
            });

            MusterException error = db.failure("find: odd");

            assertThat(error.type()).as(error.detail()).isEqualTo(ErrorType.BAD_RESPONSE);
            assertThat(error.detail()).startsWith("db: find odd: the answer cannot be read: ");
            assertThat(db.statistics().unconfirmed()).isZero();
            assertThat(db.statistics().openCommands()).isZero();
            assertThat(db.statistics().openCursors()).isZero();
            for (int i = 0; i < 3; i++) {
                assertThat(db.run("find: good")).isEqualTo(List.of(Map.of("_id", 1L)));
            }
        }
    }

    @Test
    void depthThatJsonMayHave_isRead() throws Exception {
        try (var tap = new Tap(uri);
                var db = new MongoRig("mongo: '" + tap.uri() + "'")) {
            tap.script(command -> {
                if (command.name().equals("find")) {
                    command.answer(found(deep(400, 3)));
                    return Act.HOLD;
                }
                return Act.PASS;
            });
            assertThat((List<?>) db.run("find: odd")).hasSize(1);
        }
    }

    @Test
    void laterBatchThatCannotBeRead_endsTheStep() throws Exception {
        try (var tap = new Tap(uri);
                var db = new MongoRig("mongo: '" + tap.uri() + "'")) {
            db.run("insert: x\ndocuments: \"= lists.range(9).map(i, {'_id': i})\"");
            tap.script(command -> {
                if (command.name().equals("getMore")) {
                    command.answer(document(name(0x20, "a")));
                    return Act.HOLD;
                }
                return Act.PASS;
            });

            MusterException error = db.failure("find: x\nbatchSize: 2");

            assertThat(error.type()).as(error.detail()).isEqualTo(ErrorType.BAD_RESPONSE);
            assertThat(db.statistics().unconfirmed()).isZero();
            assertThat(db.statistics().openCursors()).isZero();
        }
    }

    private static BsonDocument refusal(int code, String text) {
        return new BsonDocument("ok", new BsonDouble(0))
                .append("errmsg", new BsonString(text))
                .append("code", new BsonInt32(code))
                .append("codeName", new BsonString("MadeUp"));
    }

    private MusterException refused(String command, String step, BsonDocument answer) throws Exception {
        try (var tap = new Tap(uri);
                var db = new MongoRig("mongo: '" + tap.uri() + "?retryReads=false&retryWrites=false'")) {
            tap.script(asked -> {
                if (asked.name().equals(command)) {
                    asked.answer(answer);
                    return Act.HOLD;
                }
                return Act.PASS;
            });
            return db.failure(step);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {6, 7, 89, 91, 133, 134, 189, 9001, 10058, 10107, 11600, 11602, 13435, 13436})
    void serverThatStepsDownOrShutsDown_isUnavailable(int code) throws Exception {
        MusterException found = refused("find", "find: x", refusal(code, "made up"));
        assertThat(found.type()).isEqualTo(ErrorType.UNAVAILABLE);
        assertThat(found.more()).containsEntry("code", (long) code);
    }

    @ParameterizedTest
    @CsvSource({
        "aggregate, 'aggregate: x\npipeline: []'",
        "aggregate, 'count: x'",
        "insert, 'insert: x\ndocuments: {a: 1}'",
        "update, 'update: x\nfilter: {}\nchanges: {$set: {a: 1}}'",
        "delete, 'delete: x\nfilter: {a: 1}'"
    })
    void everyOperation_saysSo(String command, String step) throws Exception {
        assertThat(refused(command, step, refusal(11600, "made up")).type()).isEqualTo(ErrorType.UNAVAILABLE);
        assertThat(refused(command, step, refusal(10107, "made up")).type()).isEqualTo(ErrorType.UNAVAILABLE);
        assertThat(refused(command, step, refusal(50, "made up")).type()).isEqualTo(ErrorType.TIMEOUT);
        assertThat(refused(command, step, refusal(13, "made up")).type()).isEqualTo(ErrorType.QUERY);
    }

    @ParameterizedTest
    @ValueSource(ints = {50, 202, 262})
    void timeLimitOfTheServer_isATimeout(int code) throws Exception {
        MusterException error = refused("find", "find: x", refusal(code, "made up"));
        assertThat(error.type()).isEqualTo(ErrorType.TIMEOUT);
        assertThat(error.more()).containsEntry("code", (long) code);
    }

    @Test
    void writeThatIsNotConfirmed_becauseThePrimaryLeft_isUnavailable() throws Exception {
        var concern = new BsonDocument("code", new BsonInt32(91)).append("errmsg", new BsonString("made up"));
        var answer = new BsonDocument("ok", new BsonInt32(1))
                .append("n", new BsonInt32(1))
                .append("writeConcernError", concern);
        MusterException error = refused("insert", "insert: x\ndocuments: {a: 1}", answer);
        assertThat(error.type()).as(error.detail()).isEqualTo(ErrorType.UNAVAILABLE);
        assertThat(error.detail()).contains("it is written, but not confirmed");
    }

    @Test
    void stepThatMetASteppingPrimary_succeedsWhenItIsTriedAgain() throws Exception {
        var asked = new AtomicInteger();
        try (var tap = new Tap(uri);
                var db = new MongoRig("mongo: '" + tap.uri() + "?retryReads=false'")) {
            db.run("insert: good\ndocuments: {_id: 1}");
            tap.script(command -> {
                if (command.name().equals("find") && asked.getAndIncrement() == 0) {
                    command.answer(refusal(189, "made up"));
                    return Act.HOLD;
                }
                return Act.PASS;
            });
            assertThat(db.failure("find: good").type()).isEqualTo(ErrorType.UNAVAILABLE);
            assertThat(db.run("find: good")).isEqualTo(List.of(Map.of("_id", 1L)));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "11000 | E11000 duplicate key error collection: db.x index: mail_1 dup key: { mail: \"SECRET\" }",
                "11000 | Doppelter Schlüssel im Index mail_1: { mail: \"SECRET}\" }",
                "14 | Cannot apply $inc to a value of non-numeric type. {_id: \"SECRET\"} has the field 'n' of type string",
                "28 | Cannot create field 'b' in element {a: \"SECRET",
                "241 | Failed to parse number 'SECRET' in $convert with no onError value"
            })
    void values_stayOutOfMessages(int code, String text) throws Exception {
        MusterException error = refused("find", "find: x", refusal(code, text));
        assertThat(error.type()).isEqualTo(ErrorType.QUERY);
        assertThat(error.detail()).doesNotContain("SECRET").contains("(code " + code);
    }
}
