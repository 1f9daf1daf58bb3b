package dev.muster.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.cluster.Cluster;
import dev.muster.cluster.Cluster.Answerer;
import dev.muster.cluster.Cluster.Place;
import dev.muster.cluster.Cluster.Question;
import dev.muster.connect.queue.RemoteQueues;
import dev.muster.loop.VirtualLoop;
import dev.muster.task.CancelReason;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class QueuesElsewhereTest {

    private static final Cluster.Place OWNER = new Cluster.Place("n2", false, true);

    private final VirtualLoop loop = VirtualLoop.inOrder();
    private final List<Asked> asked = new ArrayList<>();
    private final FakeRequest request = new FakeRequest(Map.of());

    /** What the other node was asked. */
    private static final class Asked implements Cluster.Question {
        final String address;
        final @Nullable Object value;
        final Promise<@Nullable Object> reply = Promise.promise();
        final List<String> told = new ArrayList<>();

        Asked(String address, @Nullable Object value) {
            this.address = address;
            this.value = value;
        }

        @Override
        public Future<@Nullable Object> reply() {
            return reply.future();
        }

        @Override
        public void hurry() {
            told.add("hurry");
        }

        @Override
        public void giveUp() {
            told.add("give up");
        }
    }

    private final class TestNodes implements Cluster {
        @Override
        public boolean isClustered() {
            return true;
        }

        @Override
        public int nodes() {
            return 2;
        }

        @Override
        public Future<List<Place>> places(String address) {
            return Future.succeededFuture(List.of(OWNER));
        }

        @Override
        public Question ask(
                Place place, String address, @Nullable Object value, Map<String, String> headers, Duration patience) {
            var one = new Asked(address, value);
            asked.add(one);
            return one;
        }

        @Override
        public void answer(String beginning, Answerer answerer) {}
    }

    private Asked ask(String word) {
        var elsewhere = new QueuesElsewhere(new RemoteQueues(new TestNodes()), loop);
        elsewhere.forward(OWNER, "mail", word, Map.of("wait", "1m"), request);
        return asked.get(0);
    }

    @Test
    void jobsOfATake_whoseCallerIsGone_goBack() {
        Asked take = ask("take");
        request.isGone = true;
        take.reply.complete(Map.of("jobs", List.of(Map.of("id", "7", "body", 1L, "lease", "L7")), "expiresIn", "30s"));
        loop.runReady();

        assertThat(request.replies).isEmpty();
        assertThat(asked.get(1).address).isEqualTo("muster.queue.mail.release");
        assertThat(asked.get(1).value).isEqualTo(Map.of("jobs", List.of(Map.of("id", "7", "lease", "L7"))));
    }

    @Test
    void takeWithoutJobs_whoseCallerIsGone_isOver() {
        Asked take = ask("take");
        request.isGone = true;
        take.reply.complete(Map.of("jobs", List.of()));
        loop.runReady();

        assertThat(asked).containsExactly(take);
    }

    @Test
    void withdrawal_andACallerWhoGoes_haveTheOtherNodeHurry_asItsAnswerMayHaveJobs() {
        Asked take = ask("take");
        request.waits.withdraw();
        request.waits.giveUp().accept(CancelReason.of("the caller left"));

        assertThat(take.told).containsExactly("hurry", "hurry");
    }
}
