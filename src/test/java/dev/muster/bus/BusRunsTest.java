package dev.muster.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.cluster.Cluster;
import dev.muster.cluster.Cluster.Answerer;
import dev.muster.cluster.Cluster.Place;
import dev.muster.cluster.Cluster.Question;
import dev.muster.connect.queue.RemoteQueues;
import dev.muster.service.Deployment;
import dev.muster.service.FakeDeployment;
import dev.muster.service.QueueService;
import dev.muster.service.RunManager;
import io.vertx.core.Future;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A cancel at a node that does not have the run, and what its caller learns from the answers of the other nodes. */
class BusRunsTest {

    private static final Throwable UNKNOWN = refused(404, "{\"type\":\"notFound\"}");
    private static final Throwable GONE = new ReplyException(ReplyFailure.NO_HANDLERS, Cluster.GONE, "gone");
    private static final Throwable SILENT = new ReplyException(ReplyFailure.TIMEOUT, "silent");

    private final FakeDeployment offer = new FakeDeployment();
    private final Queue<Future<@Nullable Object>> answers = new ArrayDeque<>();

    private static Throwable refused(int code, String text) {
        return new ReplyException(ReplyFailure.RECIPIENT_FAILURE, code, text);
    }

    /** What the caller gets when the other nodes fail like this, one after the other. */
    private Object cancel(Throwable... failures) {
        for (Throwable failure : failures) {
            answers.add(Future.failedFuture(failure));
        }
        return cancel();
    }

    private Object cancel() {
        var request = new FakeRequest(Map.of(), Map.of("run", "r-1"));
        new BusRuns(new TestNode(answers.size()), offer.loop).cancel(request);
        offer.loop.runReady();
        assertThat(request.replies).hasSize(1);
        assertThat(answers).as("nodes that were not asked").isEmpty();
        return request.replies.get(0);
    }

    @Test
    void cancel_ofARunThatNoNodeHas_isNotFound() {
        assertThat(cancel(UNKNOWN, GONE))
                .isInstanceOfSatisfying(
                        BusError.class, error -> assertThat(error.code()).isEqualTo(404));
    }

    @Test
    void cancel_afterANodeThatDidNotAnswer_asksTheNext() {
        answers.add(Future.failedFuture(SILENT));
        answers.add(Future.succeededFuture(Map.of("run", "r-1")));

        assertThat(cancel()).isEqualTo(Map.of("run", "r-1"));
    }

    @Test
    void cancel_thatANodeDidNotAnswer_isUnavailable_asItsOutcomeIsOpen() {
        for (Throwable open : List.of(SILENT, refused(500, "{}"), new IllegalStateException("no JSON"))) {
            assertThat(cancel(open, UNKNOWN)).as(open.toString()).isInstanceOfSatisfying(BusError.class, error -> {
                assertThat(error.code()).isEqualTo(503);
                assertThat(error.message()).contains("possibly cancelled");
            });
        }
    }

    @Test
    void cancel_thatANodeRefuses_isRefusedWithItsWords() {
        assertThat(cancel(UNKNOWN, refused(403, "not yours"))).isEqualTo(new BusError(403, "not yours"));
        assertThat(cancel(UNKNOWN, refused(401, "who?"))).isEqualTo(new BusError(401, "who?"));
    }

    /** A node with so many others. */
    private final class TestNode implements BusNode, Cluster {
        private final RunManager runManager = new RunManager(RunManager.Limits.DEFAULTS);
        private final int others;

        TestNode(int others) {
            this.others = others;
        }

        @Override
        public Deployment offer() {
            return offer;
        }

        @Override
        public RunManager runManager() {
            return runManager;
        }

        @Override
        public QueueService queues() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Cluster otherNodes() {
            return this;
        }

        @Override
        public RemoteQueues remoteQueues() {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean isClustered() {
            return true;
        }

        @Override
        public int nodes() {
            return others + 1;
        }

        @Override
        public Future<List<Place>> places(String address) {
            return Future.succeededFuture(IntStream.range(0, others)
                    .mapToObj(number -> new Place("n" + number, false, true))
                    .toList());
        }

        @Override
        public Question ask(
                Place place, String address, @Nullable Object value, Map<String, String> headers, Duration patience) {
            Future<@Nullable Object> answer = answers.remove();
            return new Question() {
                @Override
                public Future<@Nullable Object> reply() {
                    return answer;
                }

                @Override
                public void giveUp() {}
            };
        }

        @Override
        public void answer(String beginning, Answerer answerer) {}
    }
}
