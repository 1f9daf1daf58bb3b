package dev.muster.connect.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.connect.Rig;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.task.Items;
import dev.muster.task.Task;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Rows one by one, by a cursor on the server. */
class MySqlStreamTest {
    private static final long ROWS = Long.getLong("muster.rows", 20_000);
    private static final Bench DB = Bench.of("pool: 2");

    @AfterAll
    static void close() {
        DB.close();
    }

    /** Counts the rows. */
    private static Task<Long> count(String sql, Object... params) {
        return DB.rig.start(scope -> DB.open(scope, sql, params).compose(items -> {
            Promise<Long> end = Promise.promise();
            count(items, 0, end);
            return end.future();
        }));
    }

    private static void count(Items<Object> items, long soFar, Promise<Long> end) {
        long count = soFar;
        Future<Optional<Object>> next = items.next();
        while (next.succeeded() && next.result().isPresent()) {
            count++;
            next = items.next();
        }
        long now = count;
        next.onComplete((row, failure) -> {
            if (failure != null) {
                end.fail(failure);
            } else if (row.isEmpty()) {
                end.complete(now);
            } else {
                count(items, now + 1, end);
            }
        });
    }

    @Test
    void allRows_come_inConstantMemory() {
        long began = System.nanoTime();
        assertThat(Rig.await(count("select seq, concat('name ', seq) as name from seq_1_to_100000000 limit " + ROWS)
                        .future()))
                .isEqualTo(ROWS);
        System.out.printf("%d rows streamed in %d ms%n", ROWS, (System.nanoTime() - began) / 1_000_000);
        assertThat(DB.statistics().pool().inUse()).isZero();
    }

    @Test
    void rows_haveTheirTypes() {
        Task<Object> task = DB.rig.start(
                scope -> DB.open(scope, "select timestamp'2024-01-01 10:00:00' as at, 1.50 as price, ? as text", "x")
                        .compose(Items::next)
                        .map(row -> row.orElseThrow()));
        assertThat(Rig.await(task.future()))
                .isEqualTo(Map.of("at", "2024-01-01T10:00:00", "price", new BigDecimal("1.50"), "text", "x"));
    }

    @Test
    void noRows_endAtOnce() {
        assertThat(Rig.await(count("select 1 as a from dual where false").future()))
                .isZero();
    }

    @Test
    void theSameStatement_flowsAgain() {
        for (long most : new long[] {10, 1_000, 3}) {
            assertThat(Rig.await(count("select seq from seq_1_to_1000 where seq <= ?", most)
                            .future()))
                    .isEqualTo(most);
            assertThat(DB.value("select count(*) from seq_1_to_1000 where seq <= ?", most))
                    .isEqualTo(most);
        }
    }

    @Test
    void failureAmongTheRows_isTheQuerys_andThePoolIsHealthy() {
        Throwable failure = Rig.causeOf(
                count("select cast(if(seq = 3000, (select 1 union select 2), seq) as int) as a from seq_1_to_5000")
                        .future());
        assertThat(failure).isInstanceOfSatisfying(MusterException.class, error -> {
            assertThat(error.type()).isEqualTo(ErrorType.QUERY);
            assertThat(error.more()).containsEntry("code", 1242L);
        });
        assertThat(DB.value("select 1")).isEqualTo(1L);
        assertThat(DB.statistics().pool().inUse()).isZero();
    }

    @Test
    void wideRows_comeInSmallBatches() {
        assertThat(Rig.await(count("select seq, repeat('x', 200000) as wide from seq_1_to_200")
                        .future()))
                .isEqualTo(200);
    }
}
