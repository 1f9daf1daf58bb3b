package dev.muster.connect.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.TestServers;
import dev.muster.connect.Receipts;
import dev.muster.connect.Rig;
import dev.muster.connect.mongo.Tap.Act;
import dev.muster.task.CancelReason;
import dev.muster.task.CancelledException;
import dev.muster.task.Task;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.List;
import org.bson.BsonArray;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The end of a source whose server knows sessions: the driver ends them by a command that it waits for. */
class MongoCloseTest {
    private Tap tap;

    @BeforeEach
    void open() throws IOException {
        tap = new Tap(TestServers.mongo().freshDatabase());
        tap.offerSessions();
    }

    @AfterEach
    void close() throws IOException {
        tap.close();
    }

    private MongoRig usedFor(int commands) {
        var db = new MongoRig("mongo: '" + tap.uri() + "'");
        for (int i = 0; i < commands; i++) {
            db.run("find: x");
        }
        return db;
    }

    @Test
    void openSessions_areEndedByWhicheverThreadReadsTheAnswer() {
        tap.script(command -> {
            if (command.name().equals("endSessions")) {
                command.answer(Tap.ok());
                return Act.HOLD;
            }
            return Act.PASS;
        });

        // The threads take turns, a command each, so that each has once the turn to close.
        for (int commands = 1; commands <= 6; commands++) {
            usedFor(commands).close();
        }

        assertThat(tap.names()).filteredOn("endSessions"::equals).hasSize(6);
    }

    @Test
    void cancelWhileTheConnectorCloses_isNotConfirmed() {
        MongoRig db = usedFor(1);
        // The held end of the sessions keeps the connections open while the threads take no more work.
        tap.script(
                command -> List.of("find", "aggregate", "endSessions").contains(command.name()) ? Act.HOLD : Act.PASS);
        Task<@Nullable Object> task = db.start("find: x");
        tap.await("find");
        tap.await("find");
        // The driver frees a session only after it has handed over the result. Of three counts at the same time one
        // session at least is free when the source closes.
        List<Task<@Nullable Object>> counts = List.of(db.start("count: x"), db.start("count: x"), db.start("count: x"));
        counts.forEach(count -> tap.await("aggregate").answer(HeldFinds.cursor(new BsonArray())));
        counts.forEach(count -> Rig.await(count.future()));
        Future<Void> closed = db.connector.close();
        tap.await("endSessions");

        task.cancel(CancelReason.of("caller left"));

        assertThat(Rig.causeOf(task.future())).isInstanceOf(CancelledException.class);
        assertThat(db.statistics().cancels()).isEqualTo(new Receipts.Statistics(0, 1, 0));
        assertThat(db.statistics().openCommands()).isZero();
        Rig.await(closed);
        db.close();
    }

    @Test
    void serverThatDoesNotAnswer_holdsNobodyUp() {
        tap.script(command -> command.name().equals("endSessions") ? Act.HOLD : Act.PASS);

        usedFor(1).close();

        assertThat(tap.names()).endsWith("endSessions");
    }
}
