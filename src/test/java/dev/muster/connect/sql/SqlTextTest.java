package dev.muster.connect.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;

/** Which statements only read. */
class SqlTextTest {
    private static final List<String> QUERIES = List.of(
            "select 1",
            "  -- a comment\n/* another */ SELECT 1",
            "with a as (select 1) select * from a",
            "select 'delete from x; insert into y' as text",
            "select 'it''s; delete' as text",
            "select \"update\" from t",
            "select * from t where a = 1 for update",
            "select * from t for no key update",
            "select replace(a, 'x', 'y'), insert(a, 1, 2, 'z') from t",
            "values (1)",
            "select 1;");

    private static final List<String> QUERIES_OF_POSTGRES = List.of(
            "/* one /* inside */ delete */ select 1",
            "select $tag$ insert into t; $tag$, $1, $2",
            "select $\u00fc1$ insert into t; $\u00fc1$",
            "select $\uD83D\uDE00$ insert into t; $\uD83D\uDE00$",
            "select $\uFF11$ insert into t; $\uFF11$",
            "select e'it\\'s; delete' from t",
            "select 'a path\\', 'delete' from t",
            "select * from t where name like'a\\' or name = 'delete'",
            "select 5 --delete",
            "select a #> '{b}' from t /*! delete */");

    private static final List<String> QUERIES_OF_MYSQL = List.of(
            "select `delete` from t",
            "# a comment\nselect 1",
            "select 1 # don't delete",
            "select 1 --\tdelete",
            "select 'it\\'s; delete' from t",
            "select \"a \\\" into \\\\\", `a\\`, 'into' from t");

    private static final List<String> OTHERS = List.of(
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
            "-- select 1");

    private static final List<String> OTHERS_OF_POSTGRES = List.of(
            "select 'a\\' into fresh from t where b = 'c\\'",
            "select 1 # 2 into fresh",
            "select name like'a\\' into fresh from t where b = 'c'",
            "select $\uFF11$'$\uFF11$ into fresh from t where b = 'c'");

    private static final List<String> OTHERS_OF_MYSQL = List.of(
            "select 'it\\'s' into outfile 'x'",
            "select \"\\\"\" into outfile \"x\"",
            "select 5--1 into outfile 'x'",
            "select 1 /* one /* only */ into outfile 'x' /* */ */",
            "select 1 as $a$ into outfile '$a$'",
            "select 1 /*! into outfile 'x' */",
            "select 1 /*M! into outfile 'x' */");

    @ParameterizedTest
    @FieldSource("QUERIES")
    void query_onlyReads(String sql) {
        assertThat(SqlText.Dialect.values()).allMatch(dialect -> SqlText.isQuery(dialect, sql));
    }

    @ParameterizedTest
    @FieldSource("QUERIES_OF_POSTGRES")
    void queryAsPostgresReadsIt_onlyReads(String sql) {
        assertThat(SqlText.isQuery(SqlText.Dialect.POSTGRES, sql)).isTrue();
    }

    @ParameterizedTest
    @FieldSource("QUERIES_OF_MYSQL")
    void queryAsMySqlReadsIt_onlyReads(String sql) {
        assertThat(SqlText.isQuery(SqlText.Dialect.MYSQL, sql)).isTrue();
    }

    @ParameterizedTest
    @FieldSource("OTHERS")
    void everythingElse_hasEffects(String sql) {
        assertThat(SqlText.Dialect.values()).noneMatch(dialect -> SqlText.isQuery(dialect, sql));
    }

    @ParameterizedTest
    @FieldSource("OTHERS_OF_POSTGRES")
    void everythingElseAsPostgresReadsIt_hasEffects(String sql) {
        assertThat(SqlText.isQuery(SqlText.Dialect.POSTGRES, sql)).isFalse();
    }

    @ParameterizedTest
    @FieldSource("OTHERS_OF_MYSQL")
    void everythingElseAsMySqlReadsIt_hasEffects(String sql) {
        assertThat(SqlText.isQuery(SqlText.Dialect.MYSQL, sql)).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void sessionsOwnWords_changeIt(SqlText.Dialect dialect) {
        assertThat(List.of("set role x", " /* a */ BEGIN", "use shop", "lock tables t write"))
                .allMatch(sql -> SqlText.changesSession(dialect, sql));
        assertThat(List.of("select 1", "update t set a = 1", "", "'set'"))
                .noneMatch(sql -> SqlText.changesSession(dialect, sql));
    }

    @Test
    void stateThatOutlivesAStatement_changesTheSession() {
        assertThat(List.of(
                        "create temporary table t (a int)",
                        "CREATE OR REPLACE TEMP VIEW v AS SELECT 1",
                        "create local temp table t as select 1",
                        "select 1 as a into temp t",
                        "select pg_advisory_lock(1)",
                        "select a from t where pg_try_advisory_lock_shared(a)",
                        "select set_config('app.user', $1, false)",
                        "select set_config('app.user', $1, $2)"))
                .allMatch(sql -> SqlText.changesSession(SqlText.Dialect.POSTGRES, sql));
        assertThat(List.of(
                        "create temporary table t (a int)",
                        "flush tables with read lock",
                        "handler t open",
                        "select get_lock('a', 1)",
                        "do get_lock('a', 1)",
                        "select @a := 1",
                        "select @a:=@a + 1 from t",
                        "select a into @b from t"))
                .allMatch(sql -> SqlText.changesSession(SqlText.Dialect.MYSQL, sql));
    }

    @Test
    void whatLooksLikeIt_leavesTheSessionAlone() {
        assertThat(List.of(
                        "create table temporary_things (a int)",
                        "select temp from weather",
                        "insert into readings (temp) values ($1)",
                        "select pg_advisory_xact_lock(1)",
                        "select 'pg_advisory_lock(1)'",
                        "select set_config('app.user', $1, true)",
                        "select set_config('app.user', $1::text, TRUE), a from t"))
                .noneMatch(sql -> SqlText.changesSession(SqlText.Dialect.POSTGRES, sql));
        assertThat(List.of(
                        "select @a",
                        "select @@session.sql_mode",
                        "select @a = 1",
                        "select ':='",
                        "select a -- @a := 1"))
                .noneMatch(sql -> SqlText.changesSession(SqlText.Dialect.MYSQL, sql));
    }

    @Test
    void textOfCommentsAndSemicolons_holdsNoStatement() {
        for (String sql : new String[] {"", " ;; ", "-- nothing yet", "/* a */\n;-- b\n", "/* open"}) {
            assertThat(SqlText.isEmpty(SqlText.Dialect.POSTGRES, sql)).as(sql).isTrue();
            assertThat(SqlText.isEmpty(SqlText.Dialect.MYSQL, sql)).as(sql).isTrue();
        }
        assertThat(SqlText.isEmpty(SqlText.Dialect.POSTGRES, "/* a /* b */ c */"))
                .isTrue();
        assertThat(SqlText.isEmpty(SqlText.Dialect.MYSQL, "# a")).isTrue();
        assertThat(SqlText.isEmpty(SqlText.Dialect.MYSQL, "/*! select 1 */")).isFalse();
        assertThat(SqlText.isEmpty(SqlText.Dialect.POSTGRES, "-- a\nselect 1")).isFalse();
        assertThat(SqlText.isEmpty(SqlText.Dialect.POSTGRES, "(select 1)")).isFalse();
    }
}
