package dev.muster.connect.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which statements only read. */
class SqlTextTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select 1",
                "  -- a comment\n/* another /* inside */ */ SELECT 1",
                "with a as (select 1) select * from a",
                "select 'delete from x; insert into y' as text",
                "select \"update\", `delete` from t",
                "select $tag$ insert into t; $tag$, $1, $2",
                "select * from t where a = $1 for update",
                "select * from t for no key update",
                "select e'it\\'s; delete' from t",
                "select replace(a, 'x', 'y'), insert(a, 1, 2, 'z') from t",
                "values (1)",
                "select 1;",
                "# a comment of MySQL\nselect 1",
            })
    void query_onlyReads(String sql) {
        assertThat(SqlText.isQuery(sql)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "insert into t values (1)",
                "with a as (insert into t values (1) returning id) select * from a",
                "with a as (delete from t returning id) select * from a",
                "with a as (update t set a = 1 returning id) select * from a",
                "select * into fresh from t",
                "select 1; delete from t",
                "/*! delete from t */",
                "explain analyze delete from t",
                "call doing()",
                "create table t (a int)",
                "",
                "-- select 1",
            })
    void everythingElse_hasEffects(String sql) {
        assertThat(SqlText.isQuery(sql)).isFalse();
    }

    @Test
    void sessionsOwnWords_changeIt() {
        assertThat(List.of("set role x", " /* a */ BEGIN", "use shop", "lock tables t write"))
                .allMatch(SqlText::changesSession);
        assertThat(List.of("select 1", "update t set a = 1", "", "'set'")).noneMatch(SqlText::changesSession);
    }
}
