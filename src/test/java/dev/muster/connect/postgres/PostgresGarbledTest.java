package dev.muster.connect.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.muster.TestServers;
import dev.muster.connect.Rig;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What a server says and no Postgres would, in answer to a statement that was prepared before. */
class PostgresGarbledTest {
    private static final String SQL = "select n from generate_series(1, 3) n";
    private static final Buffer BOUND = message('2');
    private static final Buffer READY = message('Z', (byte) 'I');
    private static final Buffer ROW =
            message('D', (byte) 0, (byte) 1, (byte) 0, (byte) 0, (byte) 0, (byte) 1, (byte) '7');
    private static final Buffer COMPLETE = message('C', (byte) '1', (byte) 0);

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private Tap tap;
    private Bench db;

    @BeforeEach
    void open() {
        log.start();
        root.addAppender(log);
        tap = new Tap(TestServers.postgres().uri());
        db = Bench.at(tap.address(), "pool: 1");
        assertThat(db.many(SQL)).isInstanceOf(List.class);
    }

    @AfterEach
    void close() {
        db.close();
        tap.close();
        root.detachAppender(log);
        assertThat(List.copyOf(log.list))
                .as("what is logged")
                .noneMatch(event -> event.getLevel().isGreaterOrEqual(Level.INFO) && event.getThrowableProxy() != null);
    }

    @Test
    void rightAnswer_isReadAsItIs() {
        tap.sayInstead(bytes(BOUND, ROW, COMPLETE, READY));
        assertThat(db.value(SQL)).isEqualTo(7L);
    }

    @Test
    void unknownMessage_isABadResponseAtOnce() {
        bad(BOUND, message('?', (byte) 1), COMPLETE, READY);
    }

    @Test
    void answerOfAnotherProtocol_isABadResponseAtOnce() {
        bad(Buffer.buffer("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"));
    }

    @Test
    void lengthThatCannotBe_isABadResponseAtOnce() {
        bad(BOUND, Buffer.buffer("D").appendInt(3), READY);
        bad(BOUND, Buffer.buffer("D").appendInt(-1), READY);
        bad(BOUND, Buffer.buffer("C").appendInt(Integer.MAX_VALUE), READY);
    }

    @Test
    void rowWithMoreFieldsThanColumns_isABadResponse() {
        bad(BOUND, message('D', new byte[] {0, 2, 0, 0, 0, 1, '7', 0, 0, 0, 1, '8'}), COMPLETE, READY);
    }

    @Test
    void rowThatIsShorterThanItSays_isABadResponse() {
        bad(BOUND, message('D', new byte[] {0, 1, 0, 0, 0, 100, '7'}), COMPLETE, READY);
    }

    @Test
    void valueThatIsNotOfItsType_isABadResponse() {
        MusterException error = bad(BOUND, message('D', new byte[] {0, 1, 0, 0, 0, 1, 'x'}), COMPLETE, READY);
        assertThat(error.detail()).contains("the column n of type int4 cannot be read");
    }

    @Test
    void errorThatIsShorterThanItSays_isABadResponse() {
        bad(message('E', new byte[] {'S', 'E', 'R'}), READY);
    }

    @Test
    void endOfTheAnswerBeforeTheEndOfTheStatement_isABadResponse() {
        bad(BOUND, ROW, READY);
    }

    @Test
    void messageThatNothingAsksFor_isABadResponse() {
        bad(BOUND, message('R', (byte) 0, (byte) 0, (byte) 0, (byte) 0), ROW, COMPLETE, READY);
    }

    @Test
    void secondAnswer_isNotTakenForThatOfTheNextStatement() {
        for (Buffer late : List.of(ROW, COMPLETE, READY, BOUND)) {
            tap.sayInstead(bytes(BOUND, ROW, COMPLETE, READY, late, ROW, COMPLETE, READY));
            assertThat(db.value(SQL)).isEqualTo(7L);
            var next = db.start("value", "select 1");
            // Where it was said before the end of the connection was seen, it has no answer, and not a wrong one.
            if (Rig.await(next.future().transform((value, failure) -> Future.succeededFuture(failure == null)))) {
                assertThat(Rig.await(next.future())).isEqualTo(1L);
            }
            assertThat(db.many(SQL)).isInstanceOf(List.class);
        }
    }

    @Test
    void settingThatChangesWhileNothingRuns_isNoMatter() {
        tap.say(message('S', "TimeZone\0Europe/Berlin\0".getBytes()).getBytes());
        tap.say(message('N', "SNOTICE\0C01000\0Mhello\0\0".getBytes()).getBytes());
        assertThat(db.value("select 1")).isEqualTo(1L);
        assertThat(db.statistics().closed()).isZero();
    }

    @Test
    void answersInSmallPieces_areReadAsInOne() {
        byte[] all = bytes(BOUND, ROW, COMPLETE, READY);
        for (int cut = 1; cut < all.length; cut++) {
            Future<Void> begun = tap.sayInstead(Arrays.copyOf(all, cut));
            var task = db.start("value", SQL);
            Rig.await(begun);
            tap.say(Arrays.copyOfRange(all, cut, all.length));
            assertThat(Rig.await(task.future())).isEqualTo(7L);
        }
    }

    private MusterException bad(Buffer... messages) {
        tap.sayInstead(bytes(messages));
        MusterException error = db.fail("many", SQL);
        assertThat(error.type()).as(error.detail()).isEqualTo(ErrorType.BAD_RESPONSE);
        assertThat(db.value("select 1")).as("on the next connection").isEqualTo(1L);
        assertThat(db.many(SQL)).isInstanceOf(List.class);
        return error;
    }

    private static byte[] bytes(Buffer... messages) {
        Buffer all = Buffer.buffer();
        for (Buffer message : messages) {
            all.appendBuffer(message);
        }
        return all.getBytes();
    }

    private static Buffer message(char type, byte... body) {
        return Buffer.buffer()
                .appendByte((byte) type)
                .appendInt(body.length + 4)
                .appendBytes(body);
    }
}
