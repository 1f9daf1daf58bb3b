package dev.muster.queue.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.connect.Rig;
import dev.muster.connect.postgres.SharingPooler;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The schema is made once, and a newer one left alone. */
class MigrationsTest {
    private final JobsDatabase database = new JobsDatabase();
    private final Migrations migrations = new Migrations(database.vertx, database.settings);

    @AfterEach
    void close() {
        database.close();
    }

    private long schemas() {
        return database.number("select count(*) from pg_namespace where nspname = 'muster'");
    }

    @Test
    void status_ofAnEmptyDatabase_saysThatAllIsToBeMade_andMakesNothing() {
        Migrations.Status status = Rig.await(migrations.status());

        assertThat(status.applied()).isZero();
        assertThat(status.pending()).hasSize(status.known()).first().isEqualTo("001_tables");
        assertThat(schemas()).isZero();
    }

    @Test
    void apply_twice_makesEachStepOnce() {
        Migrations.Status first = Rig.await(migrations.apply());

        assertThat(first.pending()).isEmpty();
        assertThat(Rig.await(migrations.apply())).isEqualTo(first);
        assertThat(Rig.await(migrations.status())).isEqualTo(first);
        assertThat(database.number("select count(*) from muster.migration")).isEqualTo(first.known());
    }

    @Test
    void apply_byManyAtOnce_makesEachStepOnce() {
        List<Future<Migrations.Status>> all = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            all.add(new Migrations(database.vertx, database.settings).apply());
        }
        all.forEach(one -> assertThat(Rig.await(one).pending()).isEmpty());

        assertThat(database.number("select count(*) from muster.migration"))
                .isEqualTo(Rig.await(migrations.status()).known());
    }

    @Test
    void poolerThatSharesSessions_isNamed_andNothingIsMade() {
        try (SharingPooler pooler = new SharingPooler(database.address, true)) {
            var by = new Migrations(database.vertx, JobsDatabase.settings(pooler.address()));
            assertThat(Rig.causeOf(by.apply())).isInstanceOfSatisfying(MusterException.class, error -> {
                assertThat(error.type()).isEqualTo(ErrorType.UNAVAILABLE);
                assertThat(error.detail()).contains("pool_mode = session");
            });
        }
        assertThat(schemas()).isZero();
    }

    @Test
    void poolerOfSessions_isUsed() {
        try (SharingPooler pooler = new SharingPooler(database.address, false)) {
            var by = new Migrations(database.vertx, JobsDatabase.settings(pooler.address()));
            assertThat(Rig.await(by.apply()).pending()).isEmpty();
        }
    }

    @Test
    void newerSchema_isRefused_andLeftAsItIs() {
        int known = Rig.await(migrations.apply()).known();
        database.sql("insert into muster.migration (number, name) values (" + (known + 1) + ", 'newer')");

        for (Throwable failure : List.of(
                Rig.causeOf(migrations.apply()), Rig.causeOf(PostgresStores.open(database.vertx, database.settings)))) {
            assertThat(((MusterException) failure).type()).isEqualTo(ErrorType.CONFLICT);
            assertThat(failure).hasMessageContaining("newer");
        }
        assertThat(Rig.await(migrations.status()).isNewer()).isTrue();
    }

    @Test
    void stepThatIsRefused_leavesNothing_andTheNextTryGoesOn() {
        database.sql("create schema muster");
        database.sql("create table muster.job (id int)");
        Throwable failure = Rig.causeOf(migrations.apply());
        assertThat(((MusterException) failure).type()).isEqualTo(ErrorType.QUERY);
        assertThat(Rig.await(migrations.status()).applied()).isZero();
        database.sql("drop table muster.job");

        assertThat(Rig.await(migrations.apply()).pending()).isEmpty();
    }

    @Test
    void resources_areAllKnown() throws Exception {
        try (var files =
                java.nio.file.Files.list(java.nio.file.Path.of("src/main/resources/dev/muster/queue/postgres"))) {
            assertThat(files.map(file -> file.getFileName().toString())
                            .filter(name -> name.endsWith(".sql"))
                            .sorted()
                            .map(name -> name.replace(".sql", "")))
                    .isEqualTo(Rig.await(migrations.status()).pending());
        }
    }
}
