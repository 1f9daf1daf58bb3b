package dev.muster.bus;

import dev.muster.cluster.Cluster.Place;
import dev.muster.cluster.Cluster.Question;
import dev.muster.connect.queue.RemoteQueues;
import dev.muster.loop.Loop;
import dev.muster.service.JobJsonReader;
import dev.muster.service.OnLoop;
import dev.muster.service.PendingRequest;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Handles messages to queues of other nodes. Runs on its loop.
 *
 * @param queues the queues of the other nodes
 * @param loop the loop on which requests are answered
 */
record QueuesElsewhere(RemoteQueues queues, Loop loop) {

    private static final String JOBS = "jobs";

    /** Forwards an operation to the node that has the queue. */
    void forward(Place owner, String name, String word, Map<String, @Nullable Object> body, BusRequest request) {
        Duration wait = JobJsonReader.wait(body.get("wait"));
        Question question = queues.ask(owner, BusQueues.address(name, word), body, wait);
        // If the sender leaves, the other node is asked to answer at once, and its answer is still awaited: it can
        // contain jobs, which must be released.
        request.bindWait(new PendingRequest<>(question.reply(), reason -> question.hurry()));
        OnLoop.then(
                loop,
                question.reply(),
                value -> {
                    if (!request.isGone()) {
                        request.reply(value, Map.of());
                    } else if (word.equals("take")) {
                        giveBack(owner, name, value);
                    }
                },
                failure -> request.fail(error(name, failure)));
    }

    private void giveBack(Place owner, String name, @Nullable Object taken) {
        List<?> jobs = taken instanceof Map<?, ?> map && map.get(JOBS) instanceof List<?> list ? list : List.of();
        if (!jobs.isEmpty()) {
            List<?> leases = jobs.stream().map(QueuesElsewhere::lease).toList();
            queues.ask(owner, BusQueues.address(name, "release"), Map.of(JOBS, leases), Duration.ZERO);
        }
    }

    private static Map<String, Object> lease(Object job) {
        var words = (Map<?, ?>) job;
        return Map.of("id", words.get("id"), "lease", words.get("lease"));
    }

    private static BusError error(String name, Throwable failure) {
        boolean isReported = failure instanceof ReplyException rejection
                && rejection.failureType() == ReplyFailure.RECIPIENT_FAILURE;
        return isReported
                ? new BusError(((ReplyException) failure).failureCode(), String.valueOf(failure.getMessage()))
                : BusError.of(RemoteQueues.lost(name, failure));
    }
}
