package dev.muster.connect.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.TestServers;
import dev.muster.connect.Rig;
import dev.muster.connect.postgres.StartsSeen.Refusal;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.task.Task;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What sessions are told as they begin, and what becomes of a server that does not want to hear some of it. */
class SessionStartTest {
    private static final List<String> OURS = List.of(
            "client_connection_check_interval",
            "tcp_keepalives_idle",
            "tcp_keepalives_interval",
            "tcp_keepalives_count",
            "tcp_user_timeout",
            "statement_timeout");

    private final String address = TestServers.postgres().uri();

    private static String with(String address, String options) {
        return address + "?options="
                + URLEncoder.encode(options, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static Object show(Bench db, String name) {
        return db.value("show " + name);
    }

    @Test
    void session_beginsWithAllOfIt() {
        try (Bench db = Bench.of()) {
            List<Object> shown = OURS.stream().map(name -> show(db, name)).toList();

            assertThat(shown).containsExactly("2s", "5", "3", "3", "15000", "30s");
        }
    }

    @Test
    void sessionsOfATransactionAndOfAFlow_beginWithItToo() {
        try (Bench db = Bench.of("pool: 1")) {
            Object inside = Rig.await(db.rig
                    .tasks
                    .start(
                            "transaction",
                            scope -> db.inTransaction(
                                    scope,
                                    "",
                                    (inner, session) ->
                                            db.run(inner, session, "value", "show client_connection_check_interval")))
                    .future());
            Object flowed = Rig.await(db.rig
                    .tasks
                    .start(
                            "flow",
                            scope -> db.open(scope, "select current_setting('statement_timeout') as t")
                                    .compose(rows -> rows.next()))
                    .future());

            assertThat(inside).isEqualTo("2s");
            assertThat(flowed.toString()).contains("30s");
        }
    }

    @Test
    void settings_sayOtherTimes() {
        try (Bench db = Bench.of("clientCheck: 700ms", "statementTimeout: 90s")) {
            assertThat(show(db, "client_connection_check_interval")).isEqualTo("700ms");
            assertThat(show(db, "statement_timeout")).isEqualTo("90s");
        }
    }

    @Test
    void noTime_leavesItToTheServer() {
        try (StartsSeen way = new StartsSeen(address);
                Bench db = Bench.at(way.address(), "clientCheck: 0", "statementTimeout: 0s")) {
            assertThat(show(db, "client_connection_check_interval")).isEqualTo("0");
            assertThat(show(db, "statement_timeout")).isEqualTo("0");
            assertThat(way.starts())
                    .singleElement()
                    .satisfies(told -> assertThat(told)
                            .containsKey("tcp_user_timeout")
                            .doesNotContainKeys("client_connection_check_interval", "statement_timeout"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "client_connection_check_interval, -c client_connection_check_interval=9s, 9s",
        "client_connection_check_interval, -cClient_Connection_Check_Interval=0, 0",
        "tcp_keepalives_idle, --tcp-keepalives-idle=11, 11",
        "tcp_keepalives_interval, -c work_mem=1MB  -c tcp_keepalives_interval=12, 12",
        "tcp_keepalives_count, --tcp_keepalives_count=13, 13",
        "tcp_user_timeout, -c tcp_user_timeout=14s, 14000",
        "statement_timeout, -c work_mem=\\1MB -c statement_timeout=15min, 15min"
    })
    void whatTheAddressSays_wins(String name, String options, String shown) {
        try (Bench db = Bench.at(with(address, options), "statementTimeout: 20s")) {
            assertThat(show(db, name)).isEqualTo(shown);
            assertThat(OURS.stream().filter(other -> !other.equals(name)).map(other -> show(db, other)))
                    .doesNotContain(shown);
        }
    }

    @Test
    void statementBeyondItsTime_isATimeOutAndTheConnectionIsAsGoodAsNew() {
        try (Bench db = Bench.of("statementTimeout: 100ms", "pool: 1")) {
            MusterException late = db.fail("many", "select pg_sleep(10)");

            assertThat(late.type()).isEqualTo(ErrorType.TIMEOUT);
            assertThat(late.more()).containsEntry("code", "57014");
            assertThat(db.value("select 1")).isEqualTo(1L);
            assertThat(db.statistics().closed()).isZero();
        }
    }

    /** As PgBouncer and servers of other ages say it. */
    private static final Map<String, Refusal> REFUSALS = Map.of(
            "pooler", new Refusal("08P01", "unsupported startup parameter: %s"),
            "options of a pooler", new Refusal("08P01", "unsupported startup parameter in options: %s"),
            "old server", new Refusal("42704", "unrecognized configuration parameter \"%s\""),
            "German", new Refusal("42704", "unbekannter Konfigurationsparameter »%s«"),
            "other system", new Refusal("22023", "invalid value for parameter \"%s\": \"2000\""),
            "not allowed", new Refusal("42501", "permission denied to set parameter \"%s\""));

    @ParameterizedTest
    @ValueSource(strings = {"pooler", "options of a pooler", "old server", "German", "other system", "not allowed"})
    void refusedParameter_isLeftOutFromThenOn(String by) {
        try (StartsSeen way = new StartsSeen(address);
                Bench db = Bench.at(way.address(), "pool: 2", "idleTimeout: 10m")) {
            way.refuse(REFUSALS.get(by), "client_connection_check_interval");
            assertThat(show(db, "client_connection_check_interval")).isEqualTo("0");
            assertThat(show(db, "tcp_user_timeout")).isEqualTo("15000");
            assertThat(show(db, "statement_timeout")).isEqualTo("30s");
            assertThat(way.starts()).hasSize(2);

            Task<Object> busy = db.start("many", "select pg_sleep(0.3)");
            assertThat(db.value("select 1")).isEqualTo(1L);
            Rig.await(busy.future());

            assertThat(way.starts()).as("the next one is not refused again").hasSize(3);
            assertThat(way.starts().get(2)).doesNotContainKey("client_connection_check_interval");
        }
    }

    @Test
    void everyParameterRefused_oneAfterTheOther_stillGivesASession() {
        try (StartsSeen way = new StartsSeen(address);
                Bench db = Bench.at(way.address(), "pool: 1", "connectTimeout: 1m")) {
            way.refuse(OURS.toArray(String[]::new));

            assertThat(db.value("select 1")).isEqualTo(1L);

            assertThat(way.starts()).hasSize(OURS.size() + 1);
            assertThat(way.starts().get(OURS.size())).doesNotContainKeys(OURS.toArray(String[]::new));
        }
    }

    @Test
    void manyWhoBeginAtOnce_allGetTheirSession() {
        try (StartsSeen way = new StartsSeen(address);
                Bench db = Bench.at(way.address(), "pool: 8", "connectTimeout: 1m")) {
            way.refuse(OURS.toArray(String[]::new));
            List<Task<Object>> all = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                all.add(db.start("value", "select 1 from pg_sleep(0.1)"));
            }

            assertThat(all.stream().map(one -> Rig.await(one.future()))).containsOnly(1L);
        }
    }

    @Test
    void refusalThatNamesNothing_isHelpedByLeavingAllOut() {
        try (StartsSeen way = new StartsSeen(address);
                Bench db = Bench.at(way.address(), "pool: 2")) {
            // A real server's refusal, of another name than was sent.
            way.rename(name -> name.replace("client_connection_check_interval", "client_connection_check_interva_"));

            assertThat(db.value("select 1")).isEqualTo(1L);

            assertThat(way.starts()).hasSize(2);
            assertThat(way.starts().get(1)).doesNotContainKeys(OURS.toArray(String[]::new));
        }
    }

    @Test
    void refusalForSomethingElse_isTheErrorAndNothingIsForgotten() {
        try (StartsSeen way = new StartsSeen(with(address, "-c no_such_setting=1"));
                Bench db = Bench.at(way.address(), "pool: 1")) {
            MusterException error = db.fail("many", "select 1");
            assertThat(error.type()).isEqualTo(ErrorType.UNAVAILABLE);
            assertThat(error.detail()).contains("no_such_setting");

            db.fail("many", "select 1");

            assertThat(way.starts().get(2)).as("the next attempt").containsKeys(OURS.toArray(String[]::new));
        }
    }

    @Test
    void wrongPassword_isNotTriedTwice() {
        String wrong = address.replaceFirst("://([^:@]+)(:[^@]*)?@", "://$1:hunter2@");
        try (StartsSeen way = new StartsSeen(wrong);
                Bench db = Bench.at(way.address(), "pool: 1")) {
            assertThat(db.fail("many", "select 1").more()).containsEntry("code", "28P01");
            assertThat(way.starts()).hasSize(1);
        }
    }

    @Test
    void serverBehindAPoolerThatRefuses_isToldInTheSession() {
        try (SharingPooler pooler = new SharingPooler(address, false);
                StartsSeen way = new StartsSeen(pooler.address());
                Bench db = Bench.at(way.address(), "pool: 1", "connectTimeout: 1m")) {
            way.refuse(OURS.toArray(String[]::new));

            assertThat(show(db, "client_connection_check_interval")).isEqualTo("2s");
            assertThat(show(db, "statement_timeout")).isEqualTo("30s");
        }
    }
}
