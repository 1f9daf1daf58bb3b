package dev.muster.queue.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.TestServers;
import dev.muster.connect.Rig;
import dev.muster.connect.postgres.PostgresSettings;
import dev.muster.connect.postgres.StartsSeen;
import dev.muster.loop.Loop;
import dev.muster.queue.JobStore;
import dev.muster.queue.NewJob;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the sessions of durable queues are told as they begin: those that work, the one that listens, those that make the schema. */
class StoreSessionsTest {
    private static final String[] OURS = {
        "client_connection_check_interval",
        "tcp_keepalives_idle",
        "tcp_keepalives_interval",
        "tcp_keepalives_count",
        "tcp_user_timeout"
    };

    private StartsSeen way;
    private Vertx vertx;

    @BeforeEach
    void open() {
        way = new StartsSeen(TestServers.postgres().freshDatabase());
        vertx = Vertx.vertx();
    }

    @AfterEach
    void close() {
        Rig.await(vertx.close());
        way.close();
    }

    /** Opens a store, puts a job and awaits that the node has heard of it. */
    private void work(String address, String... words) {
        PostgresSettings settings = JobsDatabase.settings(address, words);
        PostgresStores node = Rig.await(PostgresStores.open(vertx, settings));
        try {
            Loop loop = Loop.of(vertx);
            JobStore store = Rig.await(node.store(loop, JobsDatabase.queue()));
            Promise<Object> done = Promise.promise();
            loop.execute(() -> store.put(List.of(NewJob.of("1")))
                    .compose(put -> store.take(1))
                    .<Object>map(jobs -> jobs.size())
                    .onComplete(done));
            assertThat(Rig.<Object>await(done.future())).isEqualTo(1);
        } finally {
            Rig.await(node.close().recover(failure -> Future.succeededFuture()));
        }
    }

    @Test
    void allOfThem_noticeANodeThatIsDead() {
        work(way.address());

        assertThat(way.starts())
                .hasSizeGreaterThanOrEqualTo(3)
                .allSatisfy(told -> assertThat(told).containsKeys(OURS));
        assertThat(way.last("muster"))
                .as("the schema's, bounded as it is waited for")
                .containsEntry("statement_timeout", "120000");
        assertThat(way.last("muster queues")).as("a time of their own").containsEntry("statement_timeout", "30000");
    }

    @Test
    void whatTheAddressSays_wins() {
        work(way.address() + "?options=-c%20tcp_keepalives_idle%3D9%20-c%20client_connection_check_interval%3D7s");

        assertThat(way.starts())
                .allSatisfy(told -> assertThat(told)
                        .doesNotContainKeys("tcp_keepalives_idle", "client_connection_check_interval")
                        .containsKey("tcp_keepalives_count"));
    }

    @Test
    void timeOfTheSourcesStatements_isNoneOfTheirs() {
        work(way.address(), "statementTimeout: 700ms");

        assertThat(way.last("muster")).containsEntry("statement_timeout", "120000");
        assertThat(way.last("muster queues")).containsEntry("statement_timeout", "30000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"statementTimeout: 30s", "statementTimeout: 0"})
    void poolerThatRefusesAllOfIt_isWorkedThrough(String words) {
        way.refuse("statement_timeout", OURS[0], OURS[1], OURS[2], OURS[3], OURS[4]);

        work(way.address(), words);

        Map<String, String> last = way.last("muster queues");
        assertThat(last).containsEntry("jit", "off").doesNotContainKeys(OURS).doesNotContainKey("statement_timeout");
    }
}
