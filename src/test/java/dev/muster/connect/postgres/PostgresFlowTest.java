package dev.muster.connect.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.connect.Operation;
import dev.muster.connect.Receipts;
import dev.muster.connect.Rig;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.plan.VerbCall;
import dev.muster.run.EndState;
import dev.muster.run.Run;
import dev.muster.task.CancelReason;
import dev.muster.task.Items;
import dev.muster.task.Task;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Rows that flow. */
class PostgresFlowTest {
    private static final PlanBench PLANS = new PlanBench(Bench.of("pool: 3", "maxResponse: 1MiB"));

    @AfterAll
    static void close() {
        PLANS.close();
    }

    @Test
    void rows_flowIntoAnEach() {
        assertThat(PLANS.output("""
                                steps:
                                  rows: {postgres: db, sql: "select generate_series(1, 1000) as n", rows: stream}
                                  odd:
                                    each: = rows
                                    as: row
                                    do: {set: = row.n % 2}
                                output: = sum(odd)
                                """)).isEqualTo(500L);
    }

    @Test
    void noRows_areAnEmptyFlow() {
        assertThat(flow("select 1 as a where false", Long.MAX_VALUE)).isZero();
    }

    @Test
    void manyRows_areReadInConstantMemoryAndOnlyWhenAskedFor() {
        int rows = Integer.getInteger("muster.rows", 100_000);
        long before = PLANS.db.statistics().statements();
        assertThat(flow("select n, 'row ' || n as text from generate_series(1, " + rows + ") n", Long.MAX_VALUE))
                .isEqualTo(rows);
        long batches = PLANS.db.statistics().statements() - before;
        assertThat(batches).as("of 256 rows, after small ones").isBetween(rows / 256L, rows / 256L + 10);
    }

    @Test
    void flowThatIsLeft_isClosedWithItsConnectionAsGoodAsNew() {
        assertThat(flow("select n from generate_series(1, 100000) n", 10)).isEqualTo(10);
        assertThat(PLANS.db.statistics().pool().inUse()).isZero();
        assertThat(PLANS.db.statistics().closed()).isZero();
        assertThat(
                        PLANS.db.value(
                                "select count(*) from pg_stat_activity where state like 'idle in transaction%' and pid <> pg_backend_pid() and datname = current_database()"))
                .isEqualTo(0L);
    }

    @Test
    void wideRows_comeInSmallBatches() {
        long before = PLANS.db.statistics().statements();
        assertThat(flow("select repeat('x', 200000) as text from generate_series(1, 30)", Long.MAX_VALUE))
                .isEqualTo(30);
        assertThat(PLANS.db.statistics().statements() - before).isGreaterThan(15);
    }

    @Test
    void rowThatIsTooLarge_endsTheFlow() {
        assertThatThrownBy(() -> flow("select repeat('x', 2000000) as text", Long.MAX_VALUE))
                .isInstanceOfSatisfying(
                        MusterException.class, error -> assertThat(error.type()).isEqualTo(ErrorType.LIMIT));
        assertThat(PLANS.db.value("select 1")).isEqualTo(1L);
    }

    @Test
    void errorInTheMiddle_endsTheFlow() {
        assertThatThrownBy(() -> flow("select 1 / (500 - n) as q from generate_series(1, 1000) n", Long.MAX_VALUE))
                .isInstanceOfSatisfying(
                        MusterException.class, error -> assertThat(error.more()).containsEntry("code", "22012"));
        assertThat(PLANS.db.value("select 1")).isEqualTo(1L);
    }

    @Test
    void cancelBetweenRows_endsTheStatementOnTheServer() {
        long before = PLANS.db.statistics().statements();
        long confirmed = PLANS.db.statistics().cancels().confirmed();
        Run run = PLANS.start("""
                steps:
                  rows: {postgres: db, sql: "select n, pg_sleep(case when n > 20 then 30 else 0 end)::text from generate_series(1, 1000) n", rows: stream}
                  all:
                    each: = rows
                    do: {set: = item.n}
                output: = size(all)
                """, false);
        // 1, 2, 4 and 8 rows have come; the server sleeps in the next 16.
        PostgresCancelTest.eventually(PLANS.db, () -> PLANS.db.statistics().statements() == before + 5);
        run.cancel(CancelReason.of("test"));
        assertThat(Rig.await(run.end()).state()).isEqualTo(EndState.CANCELLED);
        assertThat(PLANS.db.statistics().pool().inUse()).isZero();
        assertThat(PLANS.db.statistics().closed()).isZero();
        assertThat(PLANS.db.statistics().cancels().confirmed() - confirmed).isOne();
        assertThat(
                        PLANS.db.value(
                                "select count(*) from pg_stat_activity where state = 'active' and query like 'select n, pg_sleep%'"))
                .isEqualTo(0L);
    }

    @Test
    void cancelWhileTheReaderIsBusy_closesTheCursor_andHasItsReceipt() {
        long before = PLANS.db.statistics().statements();
        long confirmed = PLANS.db.statistics().cancels().confirmed();
        Run run = PLANS.start("""
                steps:
                  rows: {postgres: db, sql: "select n from generate_series(1, 1000) n", rows: stream}
                  all: {each: = rows, concurrency: 1, do: {sleep: 1h}}
                output: = size(all)
                """, false);
        PostgresCancelTest.eventually(PLANS.db, () -> PLANS.db.statistics().statements() == before + 1);
        run.cancel(CancelReason.of("test"));
        assertThat(Rig.await(run.end()).state()).isEqualTo(EndState.CANCELLED);
        assertThat(PLANS.db.statistics().cancels().confirmed() - confirmed).isOne();
        assertThat(PLANS.db.statistics().pool().inUse()).isZero();
        assertThat(PLANS.db.statistics().closed()).isZero();
    }

    @Test
    void cancelWhileItIsOpened_hasOneReceipt() {
        try (var plans = new PlanBench(Bench.of("pool: 3"))) {
            Bench db = plans.db;
            db.all("drop table if exists held_back", "create table held_back (n int)");
            Promise<Object> locked = Promise.promise();
            Task<Object> holder = db.rig.start(scope -> db.inTransaction(
                    scope,
                    "",
                    (own, session) -> db.run(own, session, "none", "lock table held_back in access exclusive mode")
                            .onComplete(locked)
                            .compose(done -> own.sleep(Duration.ofHours(1)).mapEmpty())));
            Rig.await(locked.future());
            Run run = plans.start("""
                    steps:
                      rows: {postgres: db, sql: "select n from held_back", rows: stream}
                      all: {each: = rows, do: {set: = item.n}}
                    output: = size(all)
                    """, false);
            // The server cannot prepare it, as it does not get to see the table.
            db.all("""
                    do $$ begin
                        for i in 1..1000 loop
                            exit when exists (select from pg_locks where not granted and relation = 'held_back'::regclass);
                            perform pg_sleep(0.01);
                        end loop;
                    end $$
                    """);
            run.cancel(CancelReason.of("test"));
            assertThat(Rig.await(run.end()).state()).isEqualTo(EndState.CANCELLED);
            assertThat(db.statistics().cancels()).isEqualTo(new Receipts.Statistics(1, 0, 0));
            holder.cancel(CancelReason.of("over"));
            Rig.causeOf(holder.future());
        }
    }

    @Test
    void flowThatNothingReads_isAPlanError() {
        assertThatThrownBy(() -> PLANS.parse(
                        "steps:\n  rows: {postgres: db, sql: select 1 as a, rows: stream}\noutput: = rows\n"))
                .hasMessageContaining("test.yaml:3:")
                .hasMessageContaining("cannot be used as a whole");
    }

    /** Takes so many rows at most, and says how many there were. */
    private static long flow(String sql, long most) {
        VerbCall call = PLANS.db.call("stream", sql);
        Operation operation = PLANS.db.connector.prepare(call);
        return PLANS.db.rig.run(scope -> operation
                .open(scope, Rig.arguments(call))
                .compose(items -> {
                    Promise<Long> counted = Promise.promise();
                    take(items, 0, most, counted);
                    return scope.await("all rows", counted.future());
                }));
    }

    private static void take(Items<Object> items, long count, long most, Promise<Long> counted) {
        if (count == most) {
            counted.complete(count);
            return;
        }
        items.next().onComplete((row, failure) -> {
            if (failure != null) {
                counted.fail(failure);
            } else if (row.isEmpty()) {
                counted.complete(count);
            } else {
                assertThat(row.get()).isInstanceOf(Map.class);
                take(items, count + 1, most, counted);
            }
        });
    }

    @Test
    void sameNamedColumns_areRefusedBeforeTheFirstRow() {
        assertThatThrownBy(() -> flow("select 1 as a, 2 as a", 1)).hasMessageContaining("two columns");
        assertThat(List.of(PLANS.db.statistics().pool().inUse())).containsExactly(0);
    }
}
