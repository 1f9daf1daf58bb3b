package dev.muster.connect.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.TestServers;
import dev.muster.connect.Rig;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands between a source and its server. */
class PoolerTest {

    @Test
    void poolerThatSharesASession_isNamedAndNothingIsSentByIt() {
        try (SharingPooler pooler = new SharingPooler(TestServers.postgres().freshDatabase(), true);
                Bench db = Bench.at(pooler.address(), "pool: 2")) {
            named(db.fail("many", "select 1"));
            named(db.fail("many", "create table never (id int)"));
            named((MusterException) Rig.causeOf(db.rig
                    .tasks
                    .start("flow", scope -> db.open(scope, "select 1"))
                    .future()));
            named((MusterException) Rig.causeOf(db.rig
                    .tasks
                    .start("ready", scope -> db.connector.ready(scope, "db"))
                    .future()));
        }
    }

    private static void named(MusterException error) {
        assertThat(error.type()).isEqualTo(ErrorType.UNAVAILABLE);
        assertThat(error.detail())
                .contains("is a pooler that shares sessions of the server between statements")
                .contains("pool_mode = session");
    }

    @Test
    void poolerOfSessions_isUsedAndHearsTheSettings() {
        try (SharingPooler pooler = new SharingPooler(TestServers.postgres().uri(), false);
                Bench db = Bench.at(pooler.address(), "pool: 2")) {
            assertThat(db.value("select '1 year 2 days'::interval")).isEqualTo("P1Y2D");
            assertThat(db.value("select 1")).isEqualTo(1L);
            assertThat(db.statistics().closed()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"set_config", "pg_backend_pid"})
    void sessionThatCannotBeChecked_isNeverUsed(String refused) {
        try (SharingPooler pooler = new SharingPooler(TestServers.postgres().uri(), false);
                Bench db = Bench.at(pooler.address(), "pool: 1")) {
            pooler.refuse(refused);
            for (int i = 0; i < 2; i++) {
                MusterException error = db.fail("many", "select '1 year 2 days'::interval");
                assertThat(error.type()).isEqualTo(ErrorType.UNAVAILABLE);
                assertThat(error.detail()).startsWith("no connection to db at ").contains("42883");
            }
            pooler.refuse("");
            assertThat(db.value("select '1 year 2 days'::interval")).isEqualTo("P1Y2D");
        }
    }
}
