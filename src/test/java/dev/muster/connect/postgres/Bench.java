package dev.muster.connect.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.TestServers;
import dev.muster.config.Problems;
import dev.muster.connect.sql.SqlBench;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** One for Postgres. */
final class Bench extends SqlBench {
    static final Duration LONGEST = Duration.ofSeconds(30);

    /** Of the tests' server, with these further words. */
    static Bench of(String... words) {
        return at(TestServers.postgres().uri(), words);
    }

    static Bench at(String address, String... words) {
        return new Bench(settings(address, words));
    }

    private Bench(PostgresSettings settings) {
        super(vertx -> PostgresDatabase.connector(vertx, List.of(settings), source -> LONGEST));
    }

    static PostgresSettings settings(String address, String... words) {
        var problems = new Problems();
        var settings = PostgresSettings.read("db", words(problems, "postgres", address, words), Map.of());
        assertThat(problems.list()).isEmpty();
        return settings;
    }

    @Override
    public Bench closing(Vertx further) {
        super.closing(further);
        return this;
    }
}
