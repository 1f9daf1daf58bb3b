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
 * What holders of leases say: while a call to the store is in flight, what follows gathers and goes together in the next one;
 * of one job one at a time, in its order. Where much gathers, more than one call is in flight.
 */
final class SettleLine {

    private static final int MOST_AT_ONCE = 1_000;

    /** Where so many wait, another call is worth its commit. */
    private static final int MANY = 200;

    private static final int MOST_CALLS = 3;

    /** A call with more in its texts takes in nothing else. */
    private static final long MOST_CHARS = 16L << 20;

    private final StoreCalls store;
    private final CancelWatches watches;

    /** What has something that was not sent. */
    private final ArrayDeque<Said> said = new ArrayDeque<>();

    /** Jobs of which something is in flight. */
    private final Set<String> busy = new HashSet<>();

    /** What was said and not sent. */
    private int waiting;

    private int calls;

    /** Within {@link #send}, whose loop sees to answers that come at once. */
    private boolean sending;

    private long applied;

    /** What was said together, and what came of each. */
    private static final class Said {
        final List<Settle> settles;
        final @Nullable Part<Settled>[] parts;
        final Promise<List<Part<Settled>>> answer = Promise.promise();
        int sent;
        int known;

        @SuppressWarnings({"unchecked", "rawtypes"}) // arrays know no type variables
        Said(List<Settle> settles) {
            this.settles = settles;
            this.parts = new Part[settles.size()];
        }
    }

    /** A piece of what was said together. */
    private record Span(Said said, int from, int to) {}

    SettleLine(StoreCalls store, CancelWatches watches) {
        this.store = store;
        this.watches = watches;
    }

    int waiting() {
        return waiting;
    }

    long applied() {
        return applied;
    }

    Future<List<Part<Settled>>> say(List<Settle> settles) {
        if (settles.isEmpty()) {
            return Future.succeededFuture(List.of());
        }
        var one = new Said(settles);
        said.add(one);
        waiting += settles.size();
        send();
        return one.answer.future();
    }

    /** Jobs that nobody wants any more. If the store is out of reach, their leases run out. */
    void giveBack(List<Job> jobs) {
        say(jobs.stream()
                .<Settle>map(job -> new Settle.Release(job.id(), job.lease()))
                .toList());
    }

    private void send() {
        if (sending) {
            return;
        }
        sending = true;
        while (mayCall()) {
            List<Settle> settles = new ArrayList<>(Math.min(MOST_AT_ONCE, waiting));
            call(settles, next(settles));
        }
        sending = false;
    }

    private boolean mayCall() {
        if (waiting == 0 || calls > 0 && (calls == MOST_CALLS || waiting < MANY)) {
            return false;
        }
        Said first = said.element();
        return !busy.contains(first.settles.get(first.sent).id());
    }

    /** Fills a call, with nothing of a job of which something is in flight; what is in it. */
    private List<Span> next(List<Settle> settles) {
        List<Span> spans = new ArrayList<>();
        long chars = 0;
        while (!said.isEmpty()) {
            Said one = said.element();
            int from = one.sent;
            while (one.sent < one.settles.size()
                    && settles.size() < MOST_AT_ONCE
                    && chars < MOST_CHARS
                    && busy.add(one.settles.get(one.sent).id())) {
                Settle settle = one.settles.get(one.sent++);
                settles.add(settle);
                chars += settle.chars();
            }
            if (one.sent > from) {
                spans.add(new Span(one, from, one.sent));
            }
            if (one.sent < one.settles.size()) {
                break;
            }
            said.remove();
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

    /** All that is known is noted before the first is answered, who may say more at once. */
    private void answer(List<Settle> settles, List<Span> spans, List<Settled> results, @Nullable Throwable failure) {
        int at = 0;
        for (Span span : spans) {
            for (int i = span.from(); i < span.to(); i++, at++) {
                if (failure == null) {
                    note(settles.get(at), results.get(at));
                }
                span.said().parts[i] = failure == null ? Part.of(results.get(at)) : Part.failed(failure);
            }
            span.said().known += span.to() - span.from();
        }
        for (Span span : spans) {
            Said one = span.said();
            if (one.known == one.parts.length) {
                one.answer.complete(Arrays.asList(one.parts));
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
