package dev.muster.connect.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.config.Fields;
import dev.muster.config.Mapping;
import dev.muster.config.Position;
import dev.muster.config.Problems;
import dev.muster.config.Yaml;
import dev.muster.connect.sql.QueryFile.NamedQuery;
import dev.muster.connect.sql.SqlConnector;
import dev.muster.expr.Expressions;
import dev.muster.plan.Language;
import dev.muster.plan.PlanParser;
import dev.muster.plan.PlanParser.Known;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The words of a source and of the verb. */
class PostgresSettingsTest {
    private final Problems problems = new Problems();

    @Test
    void address_saysAll() {
        PgConnectOptions options =
                read("postgres: 'postgresql://me%40work:p%3Aw@db.internal:6432/shop?sslmode=require&application_name=tests'")
                        .connect();
        assertThat(problems.list()).isEmpty();
        assertThat(options.getUser()).isEqualTo("me@work");
        assertThat(options.getPassword()).isEqualTo("p:w");
        assertThat(options.getHost()).isEqualTo("db.internal");
        assertThat(options.getPort()).isEqualTo(6432);
        assertThat(options.getDatabase()).isEqualTo("shop");
        assertThat(options.getSslMode()).isEqualTo(SslMode.REQUIRE);
        assertThat(options.getPipeliningLimit()).isEqualTo(1);
        assertThat(options.getProperties())
                .containsEntry("application_name", "tests")
                .containsEntry("TimeZone", "UTC");
    }

    @Test
    void defaults_areTheDocumentedOnes() {
        PostgresSettings settings = read("postgres: 'postgres://someone@db'");
        assertThat(settings.connect().getDatabase()).isEqualTo("someone");
        assertThat(settings.common().pool()).isEqualTo(16);
        assertThat(settings.common().maxWaiting()).isEqualTo(1_000);
        assertThat(settings.common().waitTimeout()).hasSeconds(5);
        assertThat(settings.common().maxRows()).isEqualTo(100_000);
        assertThat(settings.common().maxResponse()).isEqualTo(16 << 20);
        assertThat(settings.connect().getProperties()).containsEntry("application_name", "muster");
    }

    @Test
    void whatIsWrong_isSaidWithoutThePassword() {
        read("postgres: 'postgres://me:hunter2@db:99999999/x'");
        read("postgres: 'postgres://me:hunter2@db/x?speed=high'");
        read("{postgres: 'postgres://db/x', pool: 0, pol: 3, tls: {cert: none.pem}}");
        assertThat(problems.list().toString())
                .contains("must be an address such as")
                .contains("has a parameter \"speed\" that is not known")
                .contains("pool of source db must be a whole number")
                .contains("unknown word \"pol\"")
                .contains("needs both cert and key")
                .contains("the file none.pem cannot be read")
                .doesNotContain("hunter2");
        assertThat(read("postgres: 'postgres://me:hunter2@db/x'").toString()).doesNotContain("hunter2");
    }

    @Test
    void timesThatMakeNoSense_areSaid() {
        read("{postgres: 'postgres://db/x', clientCheck: soon, statementTimeout: 5}");
        read("{postgres: 'postgres://db/x', clientCheck: 25d, statementTimeout: -1s}");
        read("{postgres: 'postgres://db/x', clientCheck: 600h, statementTimeout: 1000h}");
        read("{postgres: 'postgres://db/x', clientCheck:, statmentTimeout: 1s}");
        assertThat(problems.list().toString())
                .contains("clientCheck of source db: \"soon\" is not a duration")
                .contains("clientCheck of source db: \"25d\" is not a duration")
                .contains("clientCheck of source db must be at most 596h, or 0 to leave it to the server")
                .contains("clientCheck of source db must be a duration, such as 300ms, 5s, 2m or 1h, or 0, not nothing")
                .contains("statementTimeout of source db: \"5\" is not a duration")
                .contains("statementTimeout of source db: \"-1s\" is not a duration")
                .contains("statementTimeout of source db must be at most 596h, or 0 to leave it to the server")
                .contains("unknown word \"statmentTimeout\" in source db (did you mean \"statementTimeout\"?)");
    }

    @Test
    void otherTimesForTheServer_areAnotherWayToConnect() {
        PostgresSettings one = read("{postgres: 'postgres://db/x', clientCheck: 3s}");
        assertThat(one.connectsAs(read("{postgres: 'postgres://db/x', clientCheck: 3s, pool: 3}")))
                .isTrue();
        assertThat(one.connectsAs(read("{postgres: 'postgres://db/x'}"))).isFalse();
        assertThat(one.connectsAs(read("{postgres: 'postgres://db/x', clientCheck: 3s, statementTimeout: 9s}")))
                .isFalse();
        assertThat(one.connectsAs(read("{postgres: 'postgres://db/y', clientCheck: 3s}")))
                .isFalse();
    }

    @Test
    void queryThatIsNotThere_isAPlanErrorWithASuggestion() {
        refused(
                "there is no query \"by_ids\" of the source db (did you mean \"by_id\"?)",
                "{postgres: db, query: by_ids}");
        refused("needs exactly one of sql, query", "{postgres: db}");
        refused("sql of the step \"a\" is never computed", "{postgres: db, sql: = input.x}");
        refused("rows of the step \"a\" must be one of", "{postgres: db, query: by_id, rows: some}");
    }

    @Test
    void retryOfWhatIsNoSelect_needsToBeIdempotent() {
        refused("has effects", "{postgres: db, sql: delete from t, retry: {times: 1}}");
        refused("has effects", "{postgres: db, query: remove, retry: {times: 1}}");
        parse("{postgres: db, query: by_id, retry: {times: 1}}");
        parse("{postgres: db, query: remove, retry: {times: 1}, idempotent: true}");
    }

    private static void refused(String message, String step) {
        assertThatThrownBy(() -> parse(step)).hasMessageContaining(message);
    }

    private static void parse(String step) {
        var problems = new Problems();
        var at = new Position("queries/db.sql", 1, 1);
        Map<String, NamedQuery> queries = Map.of(
                "by_id",
                new NamedQuery("by_id", "select 1", at),
                "remove",
                new NamedQuery("remove", "delete from t", at));
        PostgresSettings settings = PostgresSettings.read("db", fields("postgres: 'postgres://db'", problems), queries);
        Vertx vertx = Vertx.vertx();
        try {
            SqlConnector connector = PostgresDatabase.connector(vertx, List.of(settings), source -> Bench.LONGEST);
            var known = new Known(Map.of("db", "postgres"), Set.of(), Set.of(), Set.of());
            new PlanParser(Language.of(connector.words()), new Expressions())
                    .parse("a.yaml", ("plan: a\nsteps:\n  a: " + step).getBytes(StandardCharsets.UTF_8), known);
        } finally {
            vertx.close();
        }
    }

    private PostgresSettings read(String yaml) {
        return PostgresSettings.read("db", fields(yaml, problems), Map.of());
    }

    private static Fields fields(String yaml, Problems problems) {
        var mapping = (Mapping) Yaml.read("muster.yaml", yaml.getBytes(StandardCharsets.UTF_8));
        return new Fields(mapping, "source db", problems);
    }
}
