package dev.muster.connect.mysql;

import static dev.muster.connect.mysql.FakeMySql.error;
import static dev.muster.connect.mysql.FakeMySql.packets;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.muster.connect.Rig;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.task.Task;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server refuses is told by its code, in whatever language it says why, and without the values. */
@Timeout(60)
class MySqlRefusalTest {
    private static final String VALUE = "it's `hers` \"and\" his";
    private static final Bench DB = Bench.of("pool: 2");

    @BeforeAll
    static void make() {
        DB.all(
                "create table kept (id int primary key, name varchar(100) unique, born datetime, small tinyint)",
                "create table parted (id int) partition by list (id) (partition one values in (1))");
        assertThat(DB.many("insert into kept (id, name) values (1, ?)", VALUE)).isEqualTo(1L);
    }

    @AfterAll
    static void close() {
        DB.close();
    }

    @ParameterizedTest
    @CsvSource({
        // It shuts down, was killed, has no room, only reads, or is not a part of its cluster.
        "1053, 08S01, unavailable, true",
        "1927, 70100, unavailable, true",
        "1317, 70100, unavailable, true",
        "1040, 08004, unavailable, true",
        "1203, 42000, unavailable, true",
        "1290, HY000, unavailable, true",
        "1836, HY000, unavailable, true",
        "1792, 25006, unavailable, true",
        "1047, 08S01, unavailable, true",
        "3169, HY000, unavailable, true",
        "9999, 08006, unavailable, true",
        // Its own limits of time.
        "1969, 70100, timeout, false",
        "3024, HY000, timeout, false",
        // What is wrong with the statement, or with what it met.
        "1205, HY000, query, false",
        "1213, 40001, query, false",
        "1064, 42000, query, false",
        "1153, 08S01, query, false",
        "1148, 42000, query, false"
    })
    void code_saysWhichError_andWhetherTheConnectionIsUsedAgain(int code, String state, String type, boolean closes)
            throws Exception {
        try (FakeMySql server = new FakeMySql((command, text) -> command == FakeMySql.EXECUTE
                        ? packets(error(code, state, "Der Server möchte gerade lieber nicht"))
                        : null);
                Bench db = Bench.at(server.address(), "pool: 1")) {
            MusterException error = db.fail("many", "update t set a = 1");
            assertThat(error.type().word()).isEqualTo(type);
            assertThat(error.more()).containsEntry("code", (long) code).containsEntry("sqlState", state);
            assertThat(error.detail()).contains("Der Server möchte gerade lieber nicht (" + code + ", " + state + ")");
            assertThat(db.statistics().closed()).isEqualTo(closes ? 1 : 0);
        }
    }

    @Test
    void timeLimitOfTheServer_isATimeout_andItsConnectionGoesOn() {
        long closed = DB.statistics().closed();
        MusterException statement = DB.fail("many", "set statement max_statement_time = 0.2 for select sleep(20)");
        assertThat(statement.type()).as(statement.detail()).isEqualTo(ErrorType.TIMEOUT);
        assertThat(statement.more()).containsEntry("code", 1969L);
        assertThat(DB.value("select 1")).isEqualTo(1L);
        assertThat(DB.statistics().closed() - closed).isLessThanOrEqualTo(1);
    }

    @Test
    void statementThatSomebodyKills_isUnavailable() {
        try (Bench other = Bench.of()) {
            Task<Object> task = DB.start("many", "select sleep(30), 'killed by hand'");
            Object id = null;
            for (int asked = 0; id == null; asked++) {
                assertThat(asked).isLessThan(5_000);
                id = other.value("select max(id) from information_schema.processlist where info like '%killed by hand%'"
                        + " and id <> connection_id() and command <> 'Prepare'");
            }
            other.all("kill " + id);
            assertThat(Bench.failure(task).type()).isEqualTo(ErrorType.UNAVAILABLE);
        }
    }

    /** The error of a statement in a session that speaks German. */
    private static MusterException inGerman(String sql, Object... params) {
        return (MusterException) Rig.causeOf(DB.rig
                .start(scope -> DB.inTransaction(
                        scope,
                        "",
                        (own, session) -> DB.run(own, session, "none", "set lc_messages = 'de_DE'")
                                .compose(set -> DB.run(own, session, "many", sql, params))))
                .future());
    }

    @Test
    void german_saysTheSame_withoutTheValues() {
        MusterException twice = inGerman("insert into kept (id, name) values (2, ?)", VALUE);
        // The embedded server has no texts but English ones; that of Debian has.
        assumeFalse(Long.valueOf(1231).equals(twice.more().get("code")), "the server speaks no German");
        assertThat(twice.type()).isEqualTo(ErrorType.QUERY);
        assertThat(twice.more()).containsEntry("code", 1062L);
        assertThat(twice.detail()).contains("'…'", "'name'").doesNotContain("hers", "and", "Duplicate");
        MusterException time = inGerman("insert into kept (id, born) values (3, ?)", VALUE);
        assertThat(time.more()).containsEntry("code", 1292L);
        assertThat(time.detail()).contains("'…'").doesNotContain("hers");
        MusterException number = inGerman("insert into kept (id, small) values (4, concat(?, ''))", VALUE);
        assertThat(number.more()).containsEntry("code", 1366L);
        assertThat(number.detail()).contains("'…'").doesNotContain("hers");
        MusterException unknown = inGerman("select 1 from nowhere");
        assertThat(unknown.more()).containsEntry("code", 1146L);
        assertThat(unknown.detail()).contains("nowhere");
    }

    @Test
    void valuesWithoutQuotes_areNotRepeatedEither() {
        MusterException parted = DB.fail("many", "insert into parted values (?)", 4711L);
        assertThat(parted.more()).containsEntry("code", 1526L);
        assertThat(parted.detail()).contains("no partition").doesNotContain("4711");
        MusterException twice = DB.fail("many", "insert into parted values (?), (2)", 4712L);
        assertThat(twice.detail()).doesNotContain("4712");
        MusterException range = DB.fail("many", "select cast(? as unsigned) - 4713", 1L);
        assertThat(range.more()).containsEntry("code", 1690L);
        assertThat(range.detail()).contains("'…'").doesNotContain("4713");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Duplicate entry 'SECRET' for key 'kept.name'",
                "Doppelter Eintrag 'SECRET' für Schlüssel 'kept.name'",
                "Doppelter Eintrag 'SE'CR'ET' für Schlüssel 'kept.name'",
                "Doppelter Eintrag 'SE''SECRET' für Schlüssel 1",
                "Entrée dupliquée «SECRET» pour la clé «kept.name»",
                "Doppelter Eintrag „SECRET“ für Schlüssel",
                "Duplicate entry 'SECRET that is cut o'"
            })
    void duplicate_isNeverRepeated(String text) throws Exception {
        try (FakeMySql server = new FakeMySql(
                        (command, sql) -> command == FakeMySql.EXECUTE ? packets(error(1062, "23000", text)) : null);
                Bench db = Bench.at(server.address())) {
            MusterException error = db.fail("many", "insert into kept values (1)");
            assertThat(error.detail()).contains("…").doesNotContain("SECRET", "SE'", "CR");
            if (text.endsWith("'kept.name'")) {
                assertThat(error.detail()).contains("'…' f", "'kept.name'");
            }
        }
    }

    @Test
    void valuesAreNotRepeated_underAnyCodeThatQuotesThem() throws Exception {
        for (int code : List.of(1292, 1300, 1366, 1367, 1411, 1525, 1586, 1690, 1918, 1977, 3854)) {
            try (FakeMySql server = new FakeMySql((command, sql) -> command == FakeMySql.EXECUTE
                            ? packets(error(code, "22007", "Falscher Wert: 'SE'CR'ET' in Zeile 1"))
                            : null);
                    Bench db = Bench.at(server.address())) {
                assertThat(db.fail("many", "insert into kept values (1)").detail())
                        .as("code %d", code)
                        .contains("Falscher Wert: '…' in Zeile 1");
            }
        }
    }
}
