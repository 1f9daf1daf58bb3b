package dev.muster.connect.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.TestServers;
import dev.muster.connect.mongo.Tap.Act;
import java.io.IOException;
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
    void serverThatDoesNotAnswer_holdsNobodyUp() {
        tap.script(command -> command.name().equals("endSessions") ? Act.HOLD : Act.PASS);

        usedFor(1).close();

        assertThat(tap.names()).endsWith("endSessions");
    }
}
