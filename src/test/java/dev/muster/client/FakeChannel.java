package dev.muster.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A way to a node whose part the test plays: it sees what is asked, and replies. */
final class FakeChannel implements Channel {

    /** What was asked and not replied to yet. */
    final class Asked {
        final String word;
        final Map<String, ?> body;
        boolean isWithdrawn;
        private final Promise<@Nullable Object> reply = Promise.promise();

        Asked(String word, Map<String, ?> body) {
            this.word = word;
            this.body = body;
        }

        void reply(Object value) {
            waiting.remove(this);
            reply.complete(value);
        }

        void fail(String type) {
            waiting.remove(this);
            reply.fail(MusterError.of(Map.of("type", type, "detail", "the test")));
        }

        /** Replies to a take with jobs of these ids, whose leases last so long. */
        void give(String lease, int... ids) {
            List<?> jobs = IntStream.of(ids)
                    .mapToObj(id -> Map.of("id", "" + id, "body", (long) id, "attempt", 1L, "lease", "L" + id))
                    .toList();
            reply(Map.of("jobs", jobs, "expiresIn", lease));
        }

        /** Replies to a take that nobody waits for any more. */
        void giveNothing() {
            assertThat(isWithdrawn).isTrue();
            reply(Map.of("jobs", List.of()));
        }

        /** Replies that all of it took effect but for jobs of these ids, which are a conflict. */
        void applied(String... refused) {
            List<?> jobs = ids().stream()
                    .map(id -> List.of(refused).contains(id)
                            ? Map.of("id", id, "error", Map.of("type", "conflict", "detail", "gone"))
                            : Map.of("id", id, "state", "done"))
                    .toList();
            reply(Map.of("jobs", jobs));
        }

        List<Map<String, Object>> jobs() {
            @SuppressWarnings("unchecked") // as they were sent
            var jobs = (List<Map<String, Object>>) body.get("jobs");
            return jobs;
        }

        List<String> ids() {
            return jobs().stream().map(job -> (String) job.get("id")).toList();
        }
    }

    final List<Asked> waiting = new ArrayList<>();

    /** The one that is asked for by this word now. */
    Asked the(String word) {
        List<Asked> all =
                waiting.stream().filter(asked -> asked.word.equals(word)).toList();
        assertThat(all).as("%s of %s", word, words()).hasSize(1);
        return all.get(0);
    }

    List<String> words() {
        return waiting.stream().map(asked -> asked.word).toList();
    }

    @Override
    public Future<@Nullable Object> ask(String address, Map<String, ?> body, Duration patience) {
        assertThat(address).startsWith("muster.queue.mail.");
        var asked = new Asked(address.substring(address.lastIndexOf('.') + 1), body);
        waiting.add(asked);
        return asked.reply.future();
    }

    @Override
    public QueueRequest<@Nullable Object> askAndWait(String address, Map<String, ?> body, Duration patience) {
        Future<@Nullable Object> answer = ask(address, body, patience);
        Asked asked = waiting.get(waiting.size() - 1);
        return new QueueRequest<>(answer, () -> asked.isWithdrawn = true);
    }

    @Override
    public Future<Void> listen(
            String address, boolean stays, Consumer<Channel.Incoming> receiver, Consumer<MusterError> broken) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void leave(String address) {}

    @Override
    public boolean isClosed() {
        return false;
    }

    @Override
    public Future<Void> close() {
        return Future.succeededFuture();
    }
}
