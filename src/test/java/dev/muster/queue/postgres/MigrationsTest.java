package dev.muster.queue.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.connect.Rig;
import dev.muster.connect.postgres.SharingPooler;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.queue.HeardHints;
import dev.muster.queue.Job;
import dev.muster.queue.QueueSettings;
import io.vertx.core.Future;
import java.time.Duration;
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
    void jobsOfAnOlderSchema_areThereAfterItsSteps_andTheirLeasesRunOut() {
        List<String> names = Rig.await(migrations.status()).pending();
        List<String> before = names.subList(0, names.indexOf("012_fences"));
        Rig.await(new Migrations(database.vertx, database.settings, before).apply());
        database.sql(
                "select muster.configure('old', 9, 999, 3, 1000000, null, null, null, 1, 1, 1000000, 1000000, 1000000)");
        database.sql("select * from muster.put(1, array['1', '2'], array['', ''], array['', ''], array[0, 0]::bigint[],"
                + " array[0, 0], false)");
        long lease = database.sql("select lease from muster.take(1, 1, 7, false)")
                .iterator()
                .next()
                .getLong(0);

        PostgresStores node = database.node();
        assertThat(database.number("select fence from muster.job where state = 'leased'"))
                .isEqualTo(lease);
        PostgresFixture store = database.open(
                node, QueueSettings.durable("old", "db").withLease(Duration.ofSeconds(1)), new HeardHints());
        store.advance(Duration.ofSeconds(2));
        store.advance(Duration.ofSeconds(2));
        List<Job> jobs = store.take(2);

        assertThat(jobs).extracting(Job::body).containsExactlyInAnyOrder("1", "2");
        assertThat(jobs).allSatisfy(job -> assertThat(job.fence()).isGreaterThan(lease));
        store.end();
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
