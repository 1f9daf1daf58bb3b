package dev.muster.connect.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.config.Problems;
import dev.muster.connect.Rig;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.task.Items;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of statements of which the server does not say, when they are prepared, that they have any. */
class MySqlReturnTest {
    private static final Bench DB = Bench.of("pool: 2", "maxRows: 100");

    @BeforeEach
    void make() {
        DB.all("create or replace table pet (id int auto_increment primary key, name varchar(20))");
    }

    @AfterAll
    static void close() {
        DB.close();
    }

    /** What flows of a statement. */
    private static List<Object> flow(String sql, Object... params) {
        return Rig.await(DB.rig
                .start(scope -> DB.open(scope, sql, params).compose(items -> rest(items, new ArrayList<>())))
                .future());
    }

    private static Future<List<Object>> rest(Items<Object> items, List<Object> soFar) {
        return items.next().compose(next -> {
            next.ifPresent(soFar::add);
            return next.isPresent() ? rest(items, soFar) : Future.succeededFuture(soFar);
        });
    }

    @Test
    void insertReturning_givesItsRows() {
        assertThat(DB.many("insert into pet (name) values (?), (?) returning id, name", "Ada", "Grace"))
                .isEqualTo(List.of(Map.of("id", 1L, "name", "Ada"), Map.of("id", 2L, "name", "Grace")));
        assertThat(DB.one("insert into pet (name) values (?) returning id, name", "Edsger"))
                .isEqualTo(Map.of("id", 3L, "name", "Edsger"));
        assertThat(DB.value("insert into pet (name) values (?) returning id", "Barbara"))
                .isEqualTo(4L);
        assertThat(Rig.await(DB.start("none", "insert into pet (name) values ('x') returning id")
                        .future()))
                .isNull();
    }

    @Test
    void replaceAndDeleteReturning_giveTheirRows_orNone() {
        assertThat(DB.many("replace into pet (id, name) values (7, 'Ada') returning name, id"))
                .isEqualTo(List.of(Map.of("id", 7L, "name", "Ada")));
        assertThat(DB.value("delete from pet where name = ? returning id", "Ada"))
                .isEqualTo(7L);
        assertThat(DB.many("delete from pet where name = ? returning id", "Ada"))
                .isEqualTo(List.of());
        assertThat(DB.value("delete from pet where name = ? returning id", "Ada"))
                .isNull();
        assertThat(DB.many("delete from pet where name = 'Ada'")).isEqualTo(0L);
    }

    @Test
    void returningInATransaction_givesItsRows() {
        String sql = "insert into pet (name) values ('T') returning name";
        Object name =
                DB.rig.run(scope -> DB.inTransaction(scope, "", (own, session) -> DB.run(own, session, "value", sql)));
        assertThat(name).isEqualTo("T");
    }

    @Test
    void returningInAStream_flows_andHasRun() {
        assertThat(flow("insert into pet (name) select concat('n', seq) from seq_1_to_5 returning name"))
                .hasSize(5)
                .contains(Map.of("name", "n3"));
        assertThat(DB.value("select count(*) from pet")).isEqualTo(5L);
        assertThat(flow("update pet set name = 'x'")).isEmpty();
        assertThat(DB.value("select count(*) from pet where name = 'x'")).isEqualTo(5L);
    }

    @Test
    void streamWithoutACursor_isBounded() {
        MusterException error = (MusterException) DB.rig.failureOf(
                scope -> DB.open(scope, "insert into pet (name) select 'n' from seq_1_to_101 returning name"));
        assertThat(error.type()).isEqualTo(ErrorType.LIMIT);
        assertThat(error.detail()).contains("more than 100 rows", "maxRows", "opens no cursor");
    }

    @Test
    void columnsThatDoNotFit_areAnErrorThatSaysThatItRan() {
        MusterException two = DB.fail("value", "insert into pet (name) values ('a') returning id, name");
        assertThat(two.type()).isEqualTo(ErrorType.QUERY);
        assertThat(two.detail()).contains("rows: value needs one column", "has 2: id, name", "the statement has run");
        MusterException same = DB.fail("many", "insert into pet (name) values ('b') returning id, name, id");
        assertThat(same.detail()).contains("two columns of the statement are named \"id\"", "the statement has run");
        assertThat(DB.value("select group_concat(name order by name) from pet")).isEqualTo("a,b");
        MusterException none = DB.fail("many", "delete from pet where name = 'nobody' returning id, id");
        assertThat(none.detail()).contains("two columns of the statement are named \"id\"");
        assertThat(DB.value("select 1")).isEqualTo(1L);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "show warnings",
                "show errors",
                "show processlist",
                "show full processlist",
                "show tables",
                "show create table pet",
                "show columns from pet",
                "show index from pet",
                "show table status",
                "show triggers",
                "show grants",
                "show status like 'Threads%'",
                "show variables like 'sql_mode'",
                "show engines",
                "show plugins",
                "show collation like 'utf8mb4_b%'",
                "show character set",
                "show procedure status like 'nothing'",
                "show open tables",
                "explain select * from pet",
                "explain insert into pet (name) values ('x')",
                "explain format = json select * from pet",
                "analyze select * from pet",
                "analyze format = json select * from pet",
                "describe pet",
                "check table pet",
                "analyze table pet",
                "optimize table pet",
                "repair table pet",
                "checksum table pet",
                "help 'select'",
                "values (1, 2), (3, 4)"
            })
    void whatHasRows_givesThem_inAList_andInAStream(String sql) {
        assertThat(DB.many(sql)).as(sql).isInstanceOf(List.class);
        Object none = Rig.await(DB.start("none", sql).future());
        assertThat(none).as(sql).isNull();
        assertThat(flow(sql)).as(sql).hasSize(((List<?>) DB.many(sql)).size());
    }

    @Test
    void warnings_areThoseOfTheStatementBefore() {
        Object warnings = DB.rig.run(scope -> DB.inTransaction(
                scope,
                "",
                (own, session) -> DB.run(own, session, "many", "select cast('7x' as int) as a")
                        .compose(done -> DB.run(own, session, "many", "show warnings"))));
        assertThat(warnings)
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
                .hasSize(1);
        assertThat(((Map<?, ?>) ((List<?>) warnings).get(0)).get("Code")).isEqualTo(1292L);
    }

    @Test
    void procedure_givesTheRowsOfAllItsResults_orANumber() {
        DB.all(
                "create or replace procedure two() begin select 1 as a, 2 as b; select 'x' as c; end",
                "create or replace procedure one(n int) begin insert into pet (name) values ('p'); select n as n; end",
                "create or replace procedure silent() begin insert into pet (name) values ('q'); end");
        assertThat(DB.many("call two()")).isEqualTo(List.of(Map.of("a", 1L, "b", 2L), Map.of("c", "x")));
        assertThat(DB.one("call one(?)", 5L)).isEqualTo(Map.of("n", 5L));
        assertThat(DB.value("call one(?)", 6L)).isEqualTo(6L);
        assertThat(DB.many("call silent()")).isEqualTo(1L);
        assertThat(flow("call two()")).hasSize(2);
        assertThat(flow("call silent()")).isEmpty();
        assertThat(DB.fail("value", "call two()").detail()).contains("rows: value needs one column");
        assertThat(DB.fail("one", "call two()").detail()).contains("more than one row");
        assertThat(DB.value("select 1")).isEqualTo(1L);
    }

    @Test
    void emptyStatement_andFileOfTheClient_areClearErrors() {
        for (String sql : List.of("-- nothing", "/* nothing */ ;", "# nothing")) {
            var problems = new Problems();
            DB.connector.words().check().accept(DB.call("many", sql), problems);
            assertThat(problems.list()).as(sql).hasSize(1);
            assertThat(problems.list().get(0).toString()).contains("sql is empty: there is no statement in it");
        }
        MusterException file = DB.fail("many", "load data local infile '/etc/hostname' into table pet (name)");
        assertThat(file.type()).as(file.detail()).isEqualTo(ErrorType.QUERY);
        assertThat(file.detail()).contains("requests of servers for files of this machine are rejected");
        assertThat(DB.value("select count(*) from pet")).isEqualTo(0L);
    }

    @Test
    void itemsOfAStream_comeOnce() {
        Optional<Object> second = Rig.await(DB.rig
                .start(scope -> DB.open(scope, "show character set like 'utf8mb4'")
                        .compose(items -> items.next().compose(first -> items.next())))
                .future());
        assertThat(second).isEmpty();
    }
}
