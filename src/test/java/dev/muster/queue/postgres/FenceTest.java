package dev.muster.queue.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.connect.Rig;
import dev.muster.queue.HeardHints;
import dev.muster.queue.Job;
import dev.muster.queue.JobState;
import dev.muster.queue.JobStore;
import dev.muster.queue.NewJob;
import dev.muster.queue.QueueSettings;
import dev.muster.queue.QueueStatus;
import dev.muster.queue.Settle;
import dev.muster.queue.Settled;
import io.vertx.pgclient.PgConnection;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Leases as others see them in the database: whether one is valid, and what nobody may change. */
class FenceTest {
    private static final Duration MOMENT = Duration.ofMillis(1);

    private static JobsDatabase database;
    private static PostgresStores node;

    private final QueueSettings queue = JobsDatabase.queue().withRetries(3, new QueueSettings.Backoff(MOMENT, MOMENT));
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
        store = database.open(node, queue, new HeardHints());
    }

    @AfterEach
    void end() {
        store.end();
    }

    private Job taken() {
        store.put(NewJob.of("1"));
        return store.take(1).get(0);
    }

    private static String holds(Job job, long fence) {
        return "select muster.holds(" + job.id() + ", " + fence + ")";
    }

    private boolean isHeld(Job job) {
        return database.sql(holds(job, job.fence())).iterator().next().getBoolean(0);
    }

    private Settled settle(Settle one) {
        return store.settle(List.of(one)).get(0);
    }

    @Test
    void lease_isValid_untilItsHolderEndsIt() {
        Job job = taken();
        assertThat(isHeld(job)).isTrue();
        assertThat(database.sql(holds(job, job.fence() + 1)).iterator().next().getBoolean(0))
                .as("by another fence")
                .isFalse();

        settle(new Settle.Ack(job.id(), job.lease(), null));
        assertThat(isHeld(job)).isFalse();
    }

    @Test
    void lease_isValid_untilItRunsOut_whetherSomebodyHasLookedOrNot() {
        Job job = taken();
        database.advance(Duration.ofSeconds(31));
        assertThat(isHeld(job)).isFalse();

        Job next = store.take(1).get(0);
        assertThat(isHeld(job)).isFalse();
        assertThat(isHeld(next)).isTrue();
    }

    @Test
    void jobOfALeaseThatSomebodyHasAskedFor_isNobodyElses_untilTheTransactionIsOver() {
        Job job = taken();
        PgConnection writer = Rig.await(PgConnection.connect(database.vertx, database.settings.connect()));
        Rig.await(writer.query("begin; " + holds(job, job.fence())).execute());
        database.advance(Duration.ofSeconds(31));

        assertThat(store.take(1)).isEmpty();
        Rig.await(writer.query("commit").execute());
        assertThat(store.take(1)).extracting(Job::id).containsExactly(job.id());
        Rig.await(writer.close());
    }

    @Test
    void outcomeOfAJob_doesNotWaitForWhoeverHasAskedForItsLease() {
        Job job = taken();
        PgConnection writer = Rig.await(PgConnection.connect(database.vertx, database.settings.connect()));
        Rig.await(writer.query("begin; " + holds(job, job.fence())).execute());

        assertThat(settle(new Settle.Extend(job.id(), job.lease(), Duration.ofMinutes(2)))
                        .isApplied())
                .isTrue();
        assertThat(settle(new Settle.Release(job.id(), job.lease())).state()).isEqualTo(JobState.READY);
        assertThat(store.take(1)).as("before the transaction is over").isEmpty();
        Rig.await(writer.query("rollback").execute());
        assertThat(store.take(1)).hasSize(1);
        Rig.await(writer.close());
    }

    @Test
    void whoeverMayUseTheSchema_mayAsk_andReadsNothingElse() {
        Job job = taken();
        String role = "asker_" + JobsDatabase.name();
        database.sql("create role " + role);
        database.sql("grant usage on schema muster to " + role);
        try {
            database.sql("set role " + role);
            assertThat(isHeld(job)).isTrue();
            assertThatThrownBy(() -> database.sql("select lease from muster.job"))
                    .hasMessageContaining("permission denied");
        } finally {
            database.sql("reset role");
            database.sql("drop owned by " + role);
            database.sql("drop role " + role);
        }
    }

    @Test
    void numberOfALease_provesNothing() {
        Job job = taken();

        for (String guess : List.of(Long.toString(job.fence()), "1", "", "x", "00000000-0000-0000-0000-000000000000")) {
            assertThat(settle(new Settle.Ack(job.id(), guess, null))).isEqualTo(Settled.STALE);
        }
        assertThat(settle(new Settle.Ack(job.id(), job.lease(), null)).isApplied())
                .isTrue();
    }

    @Test
    void changeThatTheStateMachineDoesNotHave_isRefused_withAllThatCameWithIt() {
        Job job = taken();
        String change = "update muster.job set %s where id = " + job.id();

        assertThatThrownBy(() -> database.sql(change.formatted("fence = fence - 1")))
                .hasMessageContaining("job " + job.id() + " may not go from leased");
        assertThatThrownBy(() -> database.sql(change.formatted("lease = gen_random_uuid()")))
                .hasMessageContaining("may not go from leased");
        settle(new Settle.Ack(job.id(), job.lease(), null));
        assertThatThrownBy(() -> database.sql(change.formatted("state = 'ready', finished = null")))
                .hasMessageContaining("may not go from done (fence " + job.fence() + ") to ready");
        assertThat(store.call(JobStore::status).counts()).isEqualTo(new QueueStatus.Counts(0, 0, 0, 1, 0, 0));
    }

    @Test
    void countersThatAreWrong_areCountedAnew() {
        taken();
        store.put(NewJob.of("2"));
        database.sql("update muster.tally set leased = leased - 5, ready = 7 where queue = " + store.store.number());
        database.sql("select muster.recount('" + queue.name() + "')");

        assertThat(store.call(JobStore::status).counts()).isEqualTo(new QueueStatus.Counts(0, 1, 1, 0, 0, 0));
        assertThatThrownBy(() -> database.sql("select muster.recount('x')")).hasMessageContaining("no queue \"x\"");
    }
}
