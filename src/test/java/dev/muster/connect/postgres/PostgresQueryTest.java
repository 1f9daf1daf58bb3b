package dev.muster.connect.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.plan.ErrorType;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Statements and their results. */
class PostgresQueryTest {
    private static final Bench DB = Bench.of();

    @AfterAll
    static void close() {
        DB.close();
    }

    @Test
    void many_givesAllRowsInOrder() {
        assertThat(DB.many("select n, n * 2 as twice from generate_series(1, $1::int) n", 2L))
                .isEqualTo(List.of(Map.of("n", 1L, "twice", 2L), Map.of("n", 2L, "twice", 4L)));
    }

    @Test
    void one_givesTheRowOrNull() {
        assertThat(DB.one("select 1 as a")).isEqualTo(Map.of("a", 1L));
        assertThat(DB.one("select 1 as a where false")).isNull();
    }

    @Test
    void value_givesTheValueOrNull() {
        assertThat(DB.value("select 'x'::text")).isEqualTo("x");
        assertThat(DB.value("select 1 where false")).isNull();
        assertThat(DB.value("select null::int")).isNull();
    }

    @Test
    void twoRows_whereOneWasAsked_areABadResponse() {
        assertThat(DB.fail("one", "select * from generate_series(1, 2)").type()).isEqualTo(ErrorType.BAD_RESPONSE);
        assertThat(DB.fail("value", "select * from generate_series(1, 100000)").type())
                .isEqualTo(ErrorType.BAD_RESPONSE);
        assertThat(DB.value("select 5")).isEqualTo(5L);
    }

    @Test
    void statementWithoutResult_givesTheNumberOfRowsChanged() {
        assertThat(DB.many("create table counted (id int)")).isEqualTo(0L);
        assertThat(DB.one("insert into counted select generate_series(1, 3)")).isEqualTo(3L);
        assertThat(DB.many("update counted set id = id + 1 where id > $1", 1L)).isEqualTo(2L);
        assertThat(DB.many("insert into counted values (9) returning id")).isEqualTo(List.of(Map.of("id", 9L)));
        assertThat(DB.many("drop table counted")).isEqualTo(0L);
    }

    @Test
    void sameStatement_isPreparedOnceAndPreparedAnewWhenItsTableChanged() {
        DB.many("create table shifting (a int)");
        DB.many("insert into shifting values (1)");
        assertThat(DB.many("select * from shifting")).isEqualTo(List.of(Map.of("a", 1L)));
        DB.many("alter table shifting add b text default 'x'");
        assertThat(DB.many("select * from shifting")).isEqualTo(List.of(Map.of("a", 1L, "b", "x")));
        DB.many("drop table shifting");
    }
}
