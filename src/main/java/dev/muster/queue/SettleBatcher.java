package dev.muster.queue;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The batcher of settles. Settles that arrive while a call to the store is in flight are sent together in the next call. The
 * settles of one job are sent one at a time, in their order. If many are waiting, up to three calls are in flight. Runs on the
 * loop.
 */
final class SettleBatcher {

    private static final int MAX_AT_ONCE = 1_000;

    /** From this number of waiting settles on, another concurrent call is worth its commit. */
    private static final int MANY = 200;

    private static final int MAX_CALLS = 3;

    /** A call whose texts have this many characters takes no further settle. */
    private static final long MAX_CHARS = 16L << 20;

    private final StoreCalls store;
    private final CancelWatches watches;

    /** Submissions with settles that have not been sent. */
    private final ArrayDeque<Submission> submissions = new ArrayDeque<>();

    /** Ids of the jobs with a settle in flight. */
    private final Set<String> busy = new HashSet<>();

    /** Number of settles that have not been sent. */
    private int waiting;

    private int calls;

    /** True inside {@link #send}, whose loop handles calls that complete at once. */
    private boolean sending;

    private long applied;

    /** One submission: its settles and their results. */
    private static final class Submission {
        final List<Settle> settles;
        final @Nullable ItemResult<Settled>[] parts;
        final Promise<List<ItemResult<Settled>>> answer = Promise.promise();
        int sent;
        int known;

        @SuppressWarnings({"unchecked", "rawtypes"}) // Java has no generic arrays
        Submission(List<Settle> settles) {
            this.settles = settles;
            this.parts = new ItemResult[settles.size()];
        }
    }

    /** A range of a submission that is part of one call. */
    private record Span(Submission submission, int from, int to) {}

    SettleBatcher(StoreCalls store, CancelWatches watches) {
        this.store = store;
        this.watches = watches;
    }

    int waiting() {
        return waiting;
    }

    long applied() {
        return applied;
    }

    Future<List<ItemResult<Settled>>> settle(List<Settle> settles) {
        if (settles.isEmpty()) {
            return Future.succeededFuture(List.of());
        }
        var submission = new Submission(settles);
        submissions.add(submission);
        waiting += settles.size();
        send();
        return submission.answer.future();
    }

    /** Releases jobs whose taker has left. If the store cannot be reached, their leases expire. */
    void release(List<Job> jobs) {
        settle(jobs.stream()
                .<Settle>map(job -> new Settle.Release(job.id(), job.lease()))
                .toList());
    }

    private void send() {
        if (sending) {
            return;
        }
        sending = true;
        while (mayCall()) {
            List<Settle> settles = new ArrayList<>(Math.min(MAX_AT_ONCE, waiting));
            call(settles, next(settles));
        }
        sending = false;
    }

    private boolean mayCall() {
        if (waiting == 0 || calls > 0 && (calls == MAX_CALLS || waiting < MANY)) {
            return false;
        }
        Submission first = submissions.element();
        return !busy.contains(first.settles.get(first.sent).id());
    }

    /** Fills a call, without a second settle of a job that has one in flight. Returns the ranges the call contains. */
    private List<Span> next(List<Settle> settles) {
        List<Span> spans = new ArrayList<>();
        long chars = 0;
        while (!submissions.isEmpty()) {
            Submission submission = submissions.element();
            int from = submission.sent;
            while (submission.sent < submission.settles.size()
                    && settles.size() < MAX_AT_ONCE
                    && chars < MAX_CHARS
                    && busy.add(submission.settles.get(submission.sent).id())) {
                Settle settle = submission.settles.get(submission.sent++);
                settles.add(settle);
                chars += settle.chars();
            }
            if (submission.sent > from) {
                spans.add(new Span(submission, from, submission.sent));
            }
            if (submission.sent < submission.settles.size()) {
                break;
            }
            submissions.remove();
        }
        return spans;
    }

    private void call(List<Settle> settles, List<Span> spans) {
        waiting -= settles.size();
        calls++;
        store.settle(settles).onComplete((results, failure) -> {
            calls--;
            settles.forEach(settle -> busy.remove(settle.id()));
            answer(settles, spans, results, failure);
            send();
            store.answered();
        });
    }

    /** Records all results before the first submitter is notified, because a submitter can settle again at once. */
    private void answer(List<Settle> settles, List<Span> spans, List<Settled> results, @Nullable Throwable failure) {
        int at = 0;
        for (Span span : spans) {
            for (int i = span.from(); i < span.to(); i++, at++) {
                if (failure == null) {
                    note(settles.get(at), results.get(at));
                }
                span.submission().parts[i] =
                        failure == null ? ItemResult.of(results.get(at)) : ItemResult.failed(failure);
            }
            span.submission().known += span.to() - span.from();
        }
        for (Span span : spans) {
            Submission submission = span.submission();
            if (submission.known == submission.parts.length) {
                submission.answer.complete(Arrays.asList(submission.parts));
            }
        }
    }

    private void note(Settle settle, Settled settled) {
        applied += settled.isApplied() ? 1 : 0;
        boolean isOver =
                settled.verdict() == Settled.Verdict.STALE || settled.isApplied() && settled.state() != JobState.LEASED;
        if (isOver) {
            watches.over(settle.lease());
        }
    }
}
