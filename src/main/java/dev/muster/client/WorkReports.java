package dev.muster.client;

import dev.muster.json.Json;
import dev.muster.loop.Loop;
import dev.muster.loop.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a worker says of its jobs: those that end together, or while a message is on its way, go together in the next one. What was
 * not answered is said again, as long as the lease lasts. On one loop.
 */
final class WorkReports {

    /** What a message says of at most. */
    static final int MOST_AT_ONCE = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(WorkReports.class);
    private static final long MOST_BYTES = 256 << 10;
    private static final Set<String> AGAIN = Set.of("unavailable", "timeout");

    private final Loop loop;
    private final QueueClient queue;
    private final IntFunction<Duration> pauses;
    private final Consumer<List<HeldWork>> over;
    private final List<HeldWork> unsaid = new ArrayList<>();
    private @Nullable Timer pause;
    private boolean isSending;
    private boolean isLast;
    private int failures;

    /**
     * Nothing is to be said yet.
     *
     * @param pauses how long to wait after so many failures in a row
     * @param over told of jobs of which everything was said
     */
    WorkReports(Loop loop, QueueClient queue, IntFunction<Duration> pauses, Consumer<List<HeldWork>> over) {
        this.loop = loop;
        this.queue = queue;
        this.pauses = pauses;
        this.over = over;
    }

    /** Says what came of a job. */
    void say(HeldWork one, String word, Map<String, @Nullable Object> more) {
        Map<String, @Nullable Object> said = JobMessages.lease(one.job);
        said.putAll(more);
        try {
            one.bytes = Json.writeBytes(said).length;
        } catch (RuntimeException e) {
            String why = "the result cannot be sent as JSON: " + e.getMessage();
            say(one, "fail", JobMessages.failure(JobMessages.failed(why), null, true));
            return;
        }
        one.word = word;
        one.said = said;
        unsaid.add(one);
        send();
    }

    /** Says nothing of a job any more. */
    void forget(HeldWork one) {
        unsaid.remove(one);
    }

    /** What cannot be said now is not said again. */
    void last() {
        isLast = true;
        if (pause != null) {
            pause.cancel();
            pause = null;
            isSending = false;
            send();
        }
    }

    private void send() {
        if (isSending || unsaid.isEmpty()) {
            return;
        }
        isSending = true;
        // What ends in the same moment is in the next steps.
        loop.execute(this::sendNow);
    }

    private void sendNow() {
        if (unsaid.isEmpty()) {
            isSending = false;
            return;
        }
        List<HeldWork> batch = batch();
        String word = String.valueOf(batch.get(0).word);
        queue.settle(word, batch.stream().map(one -> one.said).toList())
                .onComplete((answers, failure) -> loop.execute(() -> {
                    if (failure == null) {
                        answered(batch, word, answers);
                    } else {
                        failed(batch, failure);
                    }
                }));
    }

    private List<HeldWork> batch() {
        List<HeldWork> batch = new ArrayList<>();
        long bytes = 0;
        for (HeldWork one : unsaid) {
            bytes += one.bytes;
            if (batch.size() == MOST_AT_ONCE || bytes > MOST_BYTES && !batch.isEmpty()) {
                return batch;
            }
            if (batch.isEmpty() || String.valueOf(one.word).equals(batch.get(0).word)) {
                batch.add(one);
            } else {
                bytes -= one.bytes;
            }
        }
        return batch;
    }

    private void answered(List<HeldWork> batch, String word, List<Map<String, @Nullable Object>> answers) {
        failures = 0;
        for (int i = 0; i < Math.min(batch.size(), answers.size()); i++) {
            MusterError error = JobMessages.error(answers.get(i));
            if (error != null && !batch.get(i).isRefused) {
                LOG.warn("job {}: {} was refused: {}", batch.get(i).job.id(), word, error.detail());
            }
        }
        done(batch);
    }

    private void failed(List<HeldWork> batch, Throwable failure) {
        if (!isLast && failure instanceof MusterError error && AGAIN.contains(error.type())) {
            pause = loop.schedule(pauses.apply(failures++), () -> {
                pause = null;
                sendNow();
            });
            return;
        }
        LOG.warn("queue {} was not told how {} jobs went: {}", queue.name(), batch.size(), failure.getMessage());
        done(batch);
    }

    private void done(List<HeldWork> batch) {
        unsaid.removeAll(batch);
        isSending = false;
        over.accept(batch);
        send();
    }
}
