package dev.muster.client;

import dev.muster.client.WorkLeases.HeldWork;
import dev.muster.json.Json;
import dev.muster.loop.Loop;
import dev.muster.loop.Timer;
import dev.muster.text.Utf8;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The batcher of a worker's reports: outcomes that arrive in the same moment, or while a message is in flight, are sent together
 * in the next message. A report without a response is repeated until the lease expires. Runs on the worker's loop.
 */
final class WorkReports {

    /** The maximum number of reports in one message. */
    static final int MAX_AT_ONCE = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(WorkReports.class);
    private static final long MAX_BYTES = 256 << 10;
    private static final int MAX_DETAIL = 1_000;

    /** Errors of an outcome that cannot be stored. */
    private static final Set<String> REFUSED = Set.of("badInput", "limit");

    private static final Set<String> STORED = Set.of("ack", "fail");

    private final Loop loop;
    private final QueueClient queue;
    private final Consumer<List<HeldWork>> onFinished;
    private final List<HeldWork> pending = new ArrayList<>();
    private @Nullable Timer pause;
    private boolean isSending;
    private boolean isLast;
    private int failures;

    /**
     * No reports yet.
     *
     * @param onFinished called with the jobs whose report is finished
     */
    WorkReports(Loop loop, QueueClient queue, Consumer<List<HeldWork>> onFinished) {
        this.loop = loop;
        this.queue = queue;
        this.onFinished = onFinished;
    }

    /** Reports the outcome of a job. */
    void report(HeldWork work, String word, Map<String, @Nullable Object> more) {
        Map<String, @Nullable Object> report = JobMessages.lease(work.job);
        report.putAll(more);
        try {
            work.bytes = Json.writeBytes(report).length;
        } catch (RuntimeException e) {
            String why = "the result cannot be sent as JSON: " + e.getMessage();
            report(work, "fail", JobMessages.failure(JobMessages.failed(why), null, true));
            return;
        }
        work.word = word;
        work.report = report;
        pending.add(work);
        send();
    }

    /** Drops the report of a job. */
    void forget(HeldWork work) {
        pending.remove(work);
    }

    /** Makes one last attempt for each pending report, and drops those that fail again. */
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
        if (isSending || pending.isEmpty()) {
            return;
        }
        isSending = true;
        // Jobs that end in the same moment are reported in the next turns of the loop.
        loop.execute(this::sendNow);
    }

    private void sendNow() {
        if (pending.isEmpty()) {
            isSending = false;
            return;
        }
        List<HeldWork> batch = batch();
        String word = String.valueOf(batch.get(0).word);
        queue.settle(word, batch.stream().map(work -> work.report).toList())
                .onComplete((answers, failure) -> loop.execute(() -> {
                    if (failure == null) {
                        answered(batch, word, answers);
                    } else {
                        failed(batch, word, failure);
                    }
                }));
    }

    private List<HeldWork> batch() {
        List<HeldWork> batch = new ArrayList<>();
        long bytes = 0;
        if (pending.get(0).isAlone) {
            return List.of(pending.get(0));
        }
        for (HeldWork work : pending) {
            if (work.isAlone) {
                continue;
            }
            bytes += work.bytes;
            if (batch.size() == MAX_AT_ONCE || bytes > MAX_BYTES && !batch.isEmpty()) {
                return batch;
            }
            if (batch.isEmpty() || String.valueOf(work.word).equals(batch.get(0).word)) {
                batch.add(work);
            } else {
                bytes -= work.bytes;
            }
        }
        return batch;
    }

    private void answered(List<HeldWork> batch, String word, List<Map<String, @Nullable Object>> answers) {
        List<@Nullable MusterError> errors = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            errors.add(i < answers.size() ? JobMessages.error(answers.get(i)) : null);
        }
        answeredEach(batch, word, errors);
    }

    private void failed(List<HeldWork> batch, String word, Throwable failure) {
        MusterError error =
                failure instanceof MusterError known ? known : MusterError.refused("internal", failure.toString());
        if (REFUSED.contains(error.type()) && !error.mayPass() && batch.size() > 1) {
            // Only one of these reports is to blame, so each is sent alone.
            batch.forEach(work -> work.isAlone = true);
            isSending = false;
            send();
        } else {
            answeredEach(batch, word, Collections.nCopies(batch.size(), error));
        }
    }

    /** Handles the errors of a batch; null for a report that was accepted. */
    private void answeredEach(List<HeldWork> batch, String word, List<? extends @Nullable MusterError> errors) {
        List<HeldWork> again = new ArrayList<>();
        List<HeldWork> done = new ArrayList<>();
        MusterError why = null;
        for (int i = 0; i < batch.size(); i++) {
            HeldWork work = batch.get(i);
            MusterError error = errors.get(i);
            if (!pending.contains(work)) {
                continue;
            }
            if (error != null && error.mayPass()) {
                work.isRepeated = true;
                again.add(work);
                why = error;
            } else if (error == null || !isReplaced(work, word, error)) {
                done.add(work);
            }
        }
        if (why != null && isLast) {
            LOG.warn(
                    "the outcomes for queue {} of {} jobs were not reported: {}",
                    queue.name(),
                    again.size(),
                    why.detail());
            done.addAll(again);
            why = null;
        }
        if (why == null) {
            failures = 0;
            done(done);
            return;
        }
        if (failures == 0) {
            LOG.warn(
                    "the outcomes for queue {} of {} jobs were not reported, retrying: {}",
                    queue.name(),
                    again.size(),
                    why.detail());
        }
        pause = loop.schedule(queue.pause(failures++, again.get(0).job.leaseTime()), () -> {
            pause = null;
            sendNow();
        });
        pending.removeAll(done);
        onFinished.accept(done);
    }

    /** Replaces a result or error that cannot be stored by a failure with the reason. Returns whether it was replaced. */
    private boolean isReplaced(HeldWork work, String word, MusterError error) {
        if (!REFUSED.contains(error.type()) || !STORED.contains(word) || work.isShortened) {
            if (!work.isRefused) {
                LOG.warn("job {}: {} was rejected: {}", work.job.id(), word, error.detail());
            }
            return false;
        }
        work.isShortened = true;
        String what = word.equals("ack") ? "result" : "error";
        String why = Utf8.beginning("the " + what + " cannot be stored: " + error.detail(), MAX_DETAIL);
        LOG.warn("job {} of queue {}: {}", work.job.id(), queue.name(), why);
        boolean givesUp = word.equals("ack") || Boolean.TRUE.equals(work.report.get("giveUp"));
        pending.remove(work);
        report(work, "fail", JobMessages.failure(JobMessages.failed(why), null, givesUp));
        return true;
    }

    private void done(List<HeldWork> batch) {
        pending.removeAll(batch);
        isSending = false;
        onFinished.accept(batch);
        send();
    }
}
