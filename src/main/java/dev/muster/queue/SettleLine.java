package dev.muster.queue;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What holders of leases say: while a call to the store is in flight, what follows gathers and goes together in the next one,
 * in its order, and of one job one at a time.
 */
final class SettleLine {

    private static final int MOST_AT_ONCE = 256;

    private final StoreCalls store;
    private final CancelWatches watches;
    private final ArrayDeque<Said> said = new ArrayDeque<>();

    /** What was said and not sent. */
    private int waiting;

    private boolean inFlight;

    /** Within {@link #send}, whose loop sees to answers that come at once. */
    private boolean sending;

    private long applied;

    /** What was said together; what came of it so far is known of the first ones. */
    private static final class Said {
        final List<Settle> settles;
        final List<Part<Settled>> parts;
        final Promise<List<Part<Settled>>> answer = Promise.promise();
        int sent;

        Said(List<Settle> settles) {
            this.settles = settles;
            this.parts = new ArrayList<>(settles.size());
        }
    }

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
        while (!inFlight && waiting > 0) {
            List<Settle> batch = next();
            waiting -= batch.size();
            inFlight = true;
            store.call(to -> to.settle(batch)).onComplete((results, failure) -> {
                inFlight = false;
                answer(batch, results, failure);
                send();
                store.answered();
            });
        }
        sending = false;
    }

    /** What is sent next: nothing of a job that is said of already. */
    private List<Settle> next() {
        int most = Math.min(MOST_AT_ONCE, waiting);
        List<Settle> batch = new ArrayList<>(most);
        Set<String> jobs = new HashSet<>(2 * most);
        for (Said one : said) {
            for (; one.sent < one.settles.size(); one.sent++) {
                Settle settle = one.settles.get(one.sent);
                if (batch.size() == most || !jobs.add(settle.id())) {
                    return batch;
                }
                batch.add(settle);
            }
        }
        return batch;
    }

    /** All that is known is noted before the first is answered, who may say more at once. */
    private void answer(List<Settle> batch, List<Settled> results, @Nullable Throwable failure) {
        List<Said> over = new ArrayList<>();
        for (int at = 0; at < batch.size(); ) {
            Said one = said.element();
            for (; one.parts.size() < one.sent; at++) {
                if (failure == null) {
                    note(batch.get(at), results.get(at));
                    one.parts.add(Part.of(results.get(at)));
                } else {
                    one.parts.add(Part.failed(failure));
                }
            }
            if (one.parts.size() == one.settles.size()) {
                over.add(said.remove());
            }
        }
        over.forEach(one -> one.answer.complete(one.parts));
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
