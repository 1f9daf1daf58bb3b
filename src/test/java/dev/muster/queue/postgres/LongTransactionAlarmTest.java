package dev.muster.queue.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.connect.Rig;
import dev.muster.queue.HeardHints;
import dev.muster.queue.JobStore;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The alarm for snapshots that are held. */
class LongTransactionAlarmTest {
    private final JobsDatabase database = new JobsDatabase();

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void transactionThatStaysOpen_isNamed() {
        database.node();
        PgConnection open = Rig.await(PgConnection.connect(
                database.vertx,
                new PgConnectOptions(database.settings.connect()).addProperty("application_name", "forgotten")));
        Rig.await(open.query("begin isolation level repeatable read; select 1 from muster.job")
                .execute());
        PostgresStores node = Rig.await(PostgresStores.open(database.vertx, database.settings, Duration.ZERO));
        var store = database.open(node, JobsDatabase.queue(), new HeardHints());
        store.until("it is seen", () -> node.statistics().heldBy() != null);

        assertThat(node.statistics().heldBy()).contains("forgotten").contains("process");
        assertThat(node.statistics().heldFor()).isBetween(Duration.ZERO, Duration.ofMinutes(1));
        Rig.await(open.close());
        Rig.await(node.close());
    }

    @Test
    void nothingHeld_isNothing() {
        PostgresStores node = database.node();
        var store = database.open(node, JobsDatabase.queue(), new HeardHints());
        store.call(JobStore::status);

        assertThat(node.statistics().heldBy()).isNull();
        assertThat(node.statistics().heldFor()).isNull();
        assertThat(node.statistics().stores()).isEqualTo(1);
        store.end();
        assertThat(node.statistics().stores()).isZero();
    }
}
