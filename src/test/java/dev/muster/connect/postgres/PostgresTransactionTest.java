package dev.muster.connect.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.TestServers;
import dev.muster.connect.Rig;
import dev.muster.plan.ErrorType;
import dev.muster.run.EndState;
import dev.muster.run.Event;
import dev.muster.run.Run;
import dev.muster.task.CancelReason;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Steps in a transaction: all of them or none. */
class PostgresTransactionTest {
    private static PlanBench plans;

    @BeforeAll
    static void open() {
        plans = new PlanBench(Bench.at(TestServers.postgres().freshDatabase(), "pool: 3"));
        plans.db.many("create table account (id int primary key, amount int check (amount >= 0))");
        plans.db.many("create table late (id int primary key deferrable initially deferred)");
        plans.db.many("insert into late values (1)");
    }

    @BeforeEach
    void fill() {
        plans.db.many("delete from account");
        plans.db.many("insert into account values (1, 10), (2, 20)");
    }

    @AfterAll
    static void close() {
        plans.close();
    }

    @Test
    void allSteps_areDoneAndTheLastOneIsTheResult() {
        assertThat(plans.output("""
                                steps:
                                  moved:
                                    transaction: db
                                    steps:
                                      - from: {postgres: db, sql: update account set amount = amount - $1 where id = 1 returning amount, params: [3], rows: one}
                                      - {postgres: db, sql: update account set amount = amount + 3 where id = 2}
                                      - postgres: db
                                        sql: select $1::int as left, sum(amount) as all from account
                                        params: [= from.amount]
                                        rows: one
                                output: = moved
                                """)).isEqualTo(Map.of("left", 7L, "all", 30L));
        assertThat(amounts()).isEqualTo(List.of(7L, 23L));
    }

    @Test
    void failure_rollsBackAndKeepsItsOwnError() {
        Event.End end = plans.end("""
                steps:
                  - transaction: db
                    steps:
                      - {postgres: db, sql: update account set amount = amount + 100 where id = 2}
                      - {postgres: db, sql: update account set amount = amount - 100 where id = 1}
                """);
        assertThat(end.failure().error().type()).isEqualTo(ErrorType.QUERY);
        assertThat(end.failure().error().more()).containsEntry("code", "23514");
        assertThat(end.failure().toValue()).containsEntry("step", "0[1]");
        assertThat(amounts()).isEqualTo(List.of(10L, 20L));
    }

    @Test
    void failedCommit_isReported() {
        Event.End end = plans.end("""
                steps:
                  - transaction: db
                    steps:
                      - {postgres: db, sql: insert into late values (1)}
                """);
        assertThat(end.failure().error().detail()).contains("the commit failed").contains("23505");
        assertThat(plans.db.value("select count(*) from late")).isEqualTo(1L);
    }

    @Test
    void cancel_rollsBackAndGivesTheConnectionBack() {
        long cancelled = plans.db.statistics().cancelled();
        Run run = plans.start("""
                steps:
                  - transaction: db
                    steps:
                      - {postgres: db, sql: update account set amount = 99 where id = 1}
                      - {postgres: db, sql: select pg_sleep(30)}
                """, false);
        PostgresCancelTest.eventually(
                plans.db,
                () -> run.report().steps().stream().anyMatch(step -> step.path().equals("0[1]")));
        long sent = plans.db.statistics().statements();
        run.cancel(CancelReason.of("test"));
        assertThat(Rig.await(run.end()).state()).isEqualTo(EndState.CANCELLED);
        assertThat(plans.db.statistics().pool().inUse()).isZero();
        assertThat(plans.db.statistics().closed()).isZero();
        assertThat(amounts()).isEqualTo(List.of(10L, 20L));
        assertThat(sent).isPositive();
        assertThat(plans.db.statistics().cancelled()).isGreaterThanOrEqualTo(cancelled);
        assertThat(
                        plans.db.value(
                                "select count(*) from pg_stat_activity where state like 'idle in transaction%' and pid <> pg_backend_pid()"))
                .isEqualTo(0L);
    }

    @Test
    void isolation_isTheOneThatIsSaid() {
        assertThat(plans.output("""
                                steps:
                                  level:
                                    transaction: db
                                    isolation: repeatable read
                                    steps:
                                      - {postgres: db, sql: "select current_setting('transaction_isolation')", rows: value}
                                """)).isEqualTo(Map.of("level", "repeatable read"));
    }

    @Test
    void oneStepAtATime_doesNotWaitForItself() {
        Event.End end = Rig.await(plans.start("""
                        steps:
                          a: {transaction: db, steps: [{postgres: db, sql: select 1 as x, rows: value}]}
                          b: {transaction: db, steps: [{postgres: db, sql: select 2 as x, rows: value}]}
                        """, true).end());
        assertThat(end.output()).isEqualTo(Map.of("a", 1L, "b", 2L));
    }

    @Test
    void whatIsNoStepOfThatSource_isAPlanError() {
        refused("each step must be a postgres step of \"db\"", "- {set: 1}");
        refused("each step must be a postgres step of \"db\"", "- {gather: [{postgres: db, sql: select 1}]}");
        refused("an inner step cannot have \"retry\"", "- {postgres: db, sql: select 1, retry: {times: 1}}");
        refused("an inner step cannot have \"optional\"", "- {postgres: db, sql: select 1, optional: true}");
        refused("an inner step cannot have \"default\"", "- {postgres: db, sql: select 1, default: 1}");
        refused("an inner step cannot have \"finally\"", "- {postgres: db, sql: select 1, finally: {set: 1}}");
        refused("cannot be used as a whole", "- {postgres: db, sql: select 1, rows: stream}");
    }

    private static void refused(String message, String step) {
        assertThatThrownBy(() -> plans.parse("steps:\n  - transaction: db\n    steps:\n      " + step + "\n"))
                .hasMessageContaining("test.yaml:5:")
                .hasMessageContaining(message);
    }

    @Test
    void sourceThatHasNoTransactions_andRetries_arePlanErrors() {
        assertThatThrownBy(() -> plans.parse("steps: [{transaction: web, steps: [{postgres: db, sql: select 1}]}]"))
                .hasMessageContaining("the source \"web\" is http, not postgres");
        assertThatThrownBy(() -> plans.parse("steps: [{transaction: db}]")).hasMessageContaining("needs \"steps\"");
        assertThatThrownBy(() -> plans.parse("steps: [{transaction: db, steps: {a: {set: 1}}}]"))
                .hasMessageContaining("must be a list of steps");
        assertThatThrownBy(() -> plans.parse(
                        "steps: [{transaction: db, retry: {times: 1}, steps: [{postgres: db, sql: select 1}]}]"))
                .hasMessageContaining("idempotent: true");
    }

    private static Object amounts() {
        List<?> rows = (List<?>) plans.db.many("select amount from account order by id");
        return rows.stream().map(row -> ((Map<?, ?>) row).get("amount")).toList();
    }
}
