package dev.muster.queue.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.connect.Rig;
import dev.muster.queue.HeardHints;
import dev.muster.queue.Job;
import dev.muster.queue.JobState;
import dev.muster.queue.JobStore;
import dev.muster.queue.NewJob;
import dev.muster.queue.PutResult;
import dev.muster.queue.QueueSettings;
import dev.muster.queue.StoreFixture;
import io.vertx.pgclient.PgConnection;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Jobs from plain SQL. */
class EnqueueTest {
    private static JobsDatabase database;
    private static PostgresStores node;

    private final QueueSettings queue = JobsDatabase.queue().withSize(5).withBytes(1, 1_000);
    private final HeardHints told = new HeardHints();
    private PostgresFixture store;

    @BeforeAll
    static void openNode() {
        database = new JobsDatabase();
        node = database.node();
    }

    @AfterAll
    static void closeNode() {
        database.close();
    }

    @BeforeEach
    void open() {
        store = database.open(node, queue, told);
        store.until("it listens", () -> node.statistics().listened() > 0);
    }

    @AfterEach
    void end() {
        store.end();
    }

    private String enqueue(String more) {
        return "select muster.enqueue('" + queue.name() + "', " + more + ")";
    }

    private void refused(String more, String says) {
        assertThatThrownBy(() -> database.sql(enqueue(more))).hasMessageContaining(says);
    }

    @Test
    void enqueue_putsAJobWithAllItsParts_andWakesTheNode() {
        long id =
                database.number(enqueue("jsonb_build_object('to', 'x'), key => 'k', \"unique\" => 'u', priority => 7"));
        store.until("jobs are ready", () -> told.ready > 0);
        Job job = store.take(1).get(0);

        assertThat(job.id()).isEqualTo(Long.toString(id));
        assertThat(job.body()).isEqualTo("{\"to\": \"x\"}");
        assertThat(job.key()).isEqualTo("k");
        assertThat(job.priority()).isEqualTo(7);
    }

    @Test
    void uniqueWord_givesTheIdOfTheJobThatIsThere() {
        long id = database.number(enqueue("'1', \"unique\" => 'u'"));

        assertThat(database.number(enqueue("'2', \"unique\" => 'u'"))).isEqualTo(id);
        assertThat(store.put(NewJob.of("3").withUnique("u"))).containsExactly(PutResult.existing(Long.toString(id)));
    }

    @Test
    void delay_schedulesIt_andTheNodeKnows() {
        long id = database.number(enqueue("'1', delay => interval '50 ms'"));

        assertThat(store.call(in -> in.find(Long.toString(id))).orElseThrow().state())
                .isIn(JobState.SCHEDULED, JobState.READY);
        store.until("jobs are ready", () -> told.ready > 0);
    }

    @Test
    void rolledBack_itWasNeverThere_andCommitted_itIs() {
        PgConnection caller = Rig.await(PgConnection.connect(database.vertx, database.settings.connect()));
        for (String isolation : List.of("read committed", "repeatable read", "serializable")) {
            Rig.await(caller.query("begin isolation level " + isolation + "; " + enqueue("'1'"))
                    .execute());
            assertThat(store.take(5)).as(isolation).isEmpty();
            Rig.await(caller.query("rollback").execute());
            assertThat(store.call(JobStore::status).counts().unfinished()).isZero();

            Rig.await(caller.query("begin isolation level " + isolation + "; select 1")
                    .execute());
            store.put(NewJob.of("2"));
            Rig.await(caller.query(enqueue("'1'") + "; commit").execute());
            assertThat(store.take(5)).as(isolation).hasSize(2);
            store.advance(java.time.Duration.ofHours(30 * 24));
            store.call(to -> to.cancel(List.of()));
            database.sql("delete from muster.job");
        }
        Rig.await(caller.close());
    }

    @Test
    void unknownClosedAndFullQueues_areRefused() {
        assertThatThrownBy(() -> database.sql("select muster.enqueue('no''such', '1')"))
                .hasMessageContaining("there is no queue \"no'such\"");
        store.call(to -> StoreFixture.Switch.CLOSED.turn(to, true));
        refused("'1'", "is closed");
        store.call(to -> StoreFixture.Switch.CLOSED.turn(to, false));
        for (int i = 0; i < 5; i++) {
            database.sql(enqueue("'1'"));
        }
        refused("'1'", "is full");
    }

    @Test
    void partsOutOfTheirBounds_areRefused() {
        refused("'{'", "json");
        refused("null", "body");
        refused("to_jsonb(repeat('x', 1000))", "at most 1000 bytes");
        refused("'1', key => ''", "1 to 256 characters");
        refused("'1', \"unique\" => repeat('x', 257)", "1 to 256 characters");
        refused("'1', delay => interval '-1 s'", "delay");
        refused("'1', priority => 1001", "priority");
    }

    @Test
    void roleWithNothingButUsageOfTheSchema_mayEnqueue_andNoMore() {
        String role = "r" + queue.name() + ProcessHandle.current().pid();
        database.sql("create role " + role);
        database.sql("grant usage on schema muster to " + role);
        database.sql("set role " + role);
        try {
            assertThat(database.number(enqueue("'1'"))).isPositive();
            assertThatThrownBy(() -> database.sql("select * from muster.job")).hasMessageContaining("permission");
        } finally {
            database.sql("reset role");
            database.sql("drop owned by " + role);
            database.sql("drop role " + role);
        }
    }

    @Test
    void textsThatTryToBeSql_areTexts() {
        String nasty = "'; drop table muster.job; -- \" \\ $1 \u00fc \ud83d\ude00";
        var named = database.open(node, QueueSettings.durable(nasty, "db"), told);
        String body = "\"" + nasty.replace("\"", "") + " \0 \"";
        named.call(to -> to.put(List.of(NewJob.of(body).withKey(nasty).withUnique(nasty))));
        Job job = named.take(1).get(0);

        assertThat(job.body()).as("U+0000 as its escape").isEqualTo(body.replace("\0", "\\u0000"));
        assertThat(job.key()).isEqualTo(nasty);
        assertThat(named.call(in -> in.find(job.id())).orElseThrow().unique()).isEqualTo(nasty);
        assertThat(named.call(JobStore::status).name()).isEqualTo(nasty);
        named.end();
    }
}
