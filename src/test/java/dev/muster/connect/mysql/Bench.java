package dev.muster.connect.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.TestServers;
import dev.muster.config.Problems;
import dev.muster.connect.sql.SqlBench;
import java.util.List;
import java.util.Map;

/** One for MySQL. */
final class Bench extends SqlBench {

    /** Over a new database of the tests' server, with these further words of a source. */
    static Bench of(String... words) {
        return at(TestServers.mysql().freshDatabase(), words);
    }

    static Bench at(String address, String... words) {
        return new Bench(settings(address, words));
    }

    private Bench(MySqlSettings settings) {
        super(vertx -> MySqlDatabase.connector(vertx, List.of(settings)));
    }

    static MySqlSettings settings(String address, String... words) {
        var problems = new Problems();
        MySqlSettings settings = settings(problems, address, words);
        assertThat(problems.list()).isEmpty();
        return settings;
    }

    static MySqlSettings settings(Problems problems, String address, String... words) {
        return MySqlSettings.read("db", words(problems, "mysql", address, words), Map.of());
    }
}
