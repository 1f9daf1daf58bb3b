package dev.muster.queue.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.connect.Rig;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.queue.HeardHints;
import dev.muster.queue.Job;
import dev.muster.queue.JobStore;
import dev.muster.queue.NewJob;
import dev.muster.queue.PutResult;
import dev.muster.queue.QueueStatus;
import dev.muster.queue.Settle;
import dev.muster.queue.Settled;
import io.vertx.core.Future;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Connections that are cut in the middle. */
class PostgresLossTest {
    private JobsDatabase database;
    private PostgresStores node;
    private PostgresFixture store;
    private final HeardHints told = new HeardHints();

    @BeforeEach
    void open() {
        database = new JobsDatabase();
        node = database.node();
        store = database.open(node, JobsDatabase.queue(), told);
    }

    @AfterEach
    void close() {
        database.close();
    }

    private List<PutResult> put(String... bodies) {
        return store.call(to -> to.put(List.of(bodies).stream().map(NewJob::of).toList()));
    }

    /** Begins something that waits at a lock, cuts its connection when it does, and lets it go on. */
    private <T> Future<T> cut(String lock, java.util.function.Function<JobStore, Future<T>> operation) {
        PgConnection holder = Rig.await(PgConnection.connect(database.vertx, database.settings.connect()));
        Rig.await(holder.query("begin; " + lock).execute());
        Future<T> waiting = store.begin(operation);
        long waiters = 0;
        for (int i = 0; waiters == 0; i++) {
            assertThat(i).as("looks at who waits").isLessThan(10_000);
            waiters = database.number("select count(*) from pg_stat_activity where datname = current_database() "
                    + "and application_name = 'muster queues' and wait_event_type = 'Lock'");
        }
        database.sql("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() "
                + "and application_name = 'muster queues' and wait_event_type = 'Lock'");
        Rig.await(holder.query("rollback").execute());
        Rig.await(holder.close());
        return waiting;
    }

    @Test
    void putWhoseAnswerIsLost_saysThatItMayHaveBeenAccepted() {
        Future<List<PutResult>> put =
                cut("lock table muster.job in exclusive mode", to -> to.put(List.of(NewJob.of("1"))));
        Throwable failure = Rig.causeOf(put);

        assertThat(failure).isInstanceOf(MusterException.class).hasMessageContaining("has possibly accepted");
        assertThat(((MusterException) failure).type()).isEqualTo(ErrorType.UNAVAILABLE);
        assertThat(put("2").get(0).verdict()).isEqualTo(PutResult.Verdict.ACCEPTED);
    }

    @Test
    void functionWhoseResultHasChanged_isAskedAnew() {
        put("1");
        database.sql("do $$ declare args text; begin "
                + "select string_agg(format_type(t, null), ', ' order by place) into args"
                + " from pg_proc, unnest(proargtypes) with ordinality as types (t, place)"
                + " where pronamespace = 'muster'::regnamespace and proname = 'put'; "
                + "execute 'alter function muster.put(' || args || ') rename to put_before'; "
                + "execute 'create function muster.put(' || args || ') returns table (verdict varchar, job bigint) language sql as"
                + " $f$ select verdict, job from muster.put_before($1, $2, $3, $4, $5, $6, $7) $f$'; end $$");
        assertThat(put("2").get(0).verdict()).isEqualTo(PutResult.Verdict.ACCEPTED);
        assertThat(store.take(5)).hasSize(2);
        assertThat(node.statistics().lostConnections()).isZero();
    }

    @Test
    void databaseThatOnlyReads_isUnavailable_andWrittenToOnceItDoes() {
        String alter = "do $$ begin execute format('alter database %%I set default_transaction_read_only = %s',"
                + " current_database()); end $$";
        put("1");
        database.sql(alter.formatted("on"));
        database.cutAll();
        assertThat(Rig.causeOf(store.begin(to -> to.put(List.of(NewJob.of("2"))))))
                .isInstanceOfSatisfying(
                        MusterException.class, error -> assertThat(error.type()).isEqualTo(ErrorType.UNAVAILABLE));
        database.sql(alter.formatted("off"));
        assertThat(putOnceConnected("3")).isEqualTo(PutResult.Verdict.ACCEPTED);
    }

    /** Each connection that was cut can fail one put before its end is noticed. */
    private PutResult.Verdict putOnceConnected(String body) {
        for (int lost = 0; lost < 20; lost++) {
            try {
                return put(body).get(0).verdict();
            } catch (MusterException e) {
                assertThat(e.type()).isEqualTo(ErrorType.UNAVAILABLE);
            }
        }
        throw new AssertionError("every connection is lost");
    }

    @Test
    void takeAndSettle_goOn() {
        put("1", "2");
        List<Job> jobs = Rig.await(cut("lock table muster.job in exclusive mode", from -> from.take(2)));
        assertThat(jobs).extracting(Job::attempt).containsExactly(1, 1);
        List<Settle> acks = jobs.stream()
                .<Settle>map(job -> new Settle.Ack(job.id(), job.lease(), null))
                .toList();

        List<Settled> settled = Rig.await(cut("lock table muster.job in exclusive mode", to -> to.settle(acks)));
        assertThat(settled).allMatch(Settled::isApplied);
        assertThat(store.call(JobStore::status).counts()).isEqualTo(new QueueStatus.Counts(0, 0, 0, 2, 0, 0));
    }

    @Test
    void repeatedTake_getsWhatItHasLeased_andRepeatedSettle_isApplied() {
        put("1");
        int queue = store.store.number();
        String take = "select id, lease, attempt from muster.take(" + queue + ", 5, 77, true)";
        var first = database.sql(take).iterator().next();
        var again = database.sql(take).iterator().next();
        assertThat(again.getUUID(1)).isEqualTo(first.getUUID(1));
        assertThat(again.getInteger(2)).isEqualTo(1);

        assertThat(settle(first, "ack", false)).isEqualTo("applied done");
        assertThat(settle(first, "ack", true)).isEqualTo("applied done");
        assertThat(settle(first, "ack", false)).isEqualTo("applied done");
    }

    @Test
    void repeatedSettle_ofAJobThatSomebodyElseHasByNow_saysWhatItDid() {
        put("1");
        var first = taken();
        assertThat(settle(first, "release", false)).isEqualTo("applied ready");
        var second = taken();
        assertThat(second.getLong(0)).isEqualTo(first.getLong(0));

        assertThat(settle(first, "release", true)).isEqualTo("applied ready");
        assertThat(settle(second, "ack", false)).isEqualTo("applied done");
        assertThat(settle(first, "release", true)).isEqualTo("applied ready");
    }

    @Test
    void repeatedSettle_isKnown_untilTenMoreLeasesWereEnded() {
        put("1");
        List<Row> all = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            all.add(taken());
            assertThat(settle(all.get(i), "release", false)).isEqualTo("applied ready");
        }

        assertThat(settle(all.get(0), "release", true)).isEqualTo("stale null");
        assertThat(all.subList(1, 12))
                .allSatisfy(job -> assertThat(settle(job, "release", true)).isEqualTo("applied ready"));
    }

    @Test
    void repeatedSettle_whoseLeaseEndedByAnotherWord_isStale() {
        put("1");
        var first = taken();
        assertThat(settle(first, "fail", false)).isEqualTo("applied scheduled");

        assertThat(settle(first, "ack", true)).isEqualTo("stale null");
        assertThat(settle(first, "fail", true)).isEqualTo("applied scheduled");
    }

    @Test
    void takeThatTheServerComesToAfterItsRepeat_leasesNothing() {
        String take = "select id from muster.take(" + store.store.number() + ", 5, 77, %s)";
        assertThat(database.sql(take.formatted("true"))).isEmpty();
        put("1");

        assertThat(database.sql(take.formatted("false"))).isEmpty();
        assertThat(store.take(5)).hasSize(1);
        database.sql("update muster.take_again set said = said - interval '1 hour'");
        store.advance(Duration.ZERO);
        assertThat(database.number("select count(*) from muster.take_again")).isZero();
    }

    @Test
    void repeatOfATake_waitsForTheOneThatTheServerIsStillAt() {
        put("1", "2");
        String take = "select id, lease from muster.take(" + store.store.number() + ", 1, 88, %s)";
        PgConnection first = Rig.await(PgConnection.connect(database.vertx, database.settings.connect()));
        PgConnection second = Rig.await(PgConnection.connect(database.vertx, database.settings.connect()));
        Rig.await(first.query("begin").execute());
        Row leased = Rig.await(first.query(take.formatted("false")).execute())
                .iterator()
                .next();
        var again = second.query(take.formatted("true")).execute();
        Rig.await(first.query("commit").execute());

        assertThat(Rig.await(again).iterator().next().getUUID(1)).isEqualTo(leased.getUUID(1));
        assertThat(store.take(5)).hasSize(1);
        Rig.await(first.close());
        Rig.await(second.close());
    }

    private Row taken() {
        return database.sql("select id, lease, fence from muster.take(" + store.store.number() + ", 5, "
                        + ThreadLocalRandom.current().nextLong() + ", false)")
                .iterator()
                .next();
    }

    private String settle(Row job, String verb, boolean again) {
        Row answer = database.sql("select verdict, state from muster.settle(" + store.store.number() + ", array["
                        + job.getLong(0) + "], array['" + job.getUUID(1) + "'::uuid], array['" + verb
                        + "'], array['1'], array[null]::bigint[], " + again + ", false)")
                .iterator()
                .next();
        return answer.getString(0) + " " + answer.getString(1);
    }

    @Test
    void allConnectionsCut_theNodeListensAgain_andHints() {
        store.until("it listens", () -> node.statistics().listened() == 1);
        put("1");
        database.cutAll();
        store.until("it listens again", () -> node.statistics().listened() == 2);
        store.begin(any -> {
            told.ready = 0;
            return Future.succeededFuture();
        });
        store.until("jobs are ready", () -> told.ready > 0);

        assertThat(store.take(1)).hasSize(1);
    }

    @Test
    void cutsAllTheTime_loseNoAcceptedJob_andGiveNoneTwice() {
        List<Future<List<PutResult>>> puts = IntStream.range(0, 60)
                .mapToObj(i -> {
                    if (i % 10 == 5) {
                        database.cutAll();
                    }
                    return store.begin(to -> to.put(List.of(NewJob.of(Integer.toString(i)))));
                })
                .toList();
        List<String> accepted = puts.stream()
                .map(Future::otherwiseEmpty)
                .map(Rig::await)
                .filter(results -> results != null)
                .map(results -> results.get(0).id())
                .toList();
        List<Job> taken = store.take(100);

        assertThat(accepted).isNotEmpty();
        assertThat(taken).extracting(Job::id).doesNotHaveDuplicates().containsAll(accepted);
    }
}
