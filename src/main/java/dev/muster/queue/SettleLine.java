package dev.muster.queue;

import io.vertx.core.Completable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What holders of leases say: while a call to the store is in flight, what follows gathers and goes together in the next one;
 * of one job one at a time, in its order. Where much gathers, more than one call is in flight.
 */
final class SettleLine {

    private static final int MOST_AT_ONCE = 1_000;

    /** Where so many wait, another call is worth its commit. */
    private static final int MANY = 200;

    private static final int MOST_CALLS = 3;

    /** A batch with more in its texts takes in no other one. */
    private static final long MOST_CHARS = 16L << 20;

    private final StoreCalls store;
    private final CancelWatches watches;
    private final ArrayDeque<Said> said = new ArrayDeque<>();

    /** Of which something is in flight. */
    private final Set<String> busy = new HashSet<>();

    private int calls;

    /** Within {@link #send}, whose loop sees to answers that come at once. */
    private boolean sending;

    private long applied;

    private record Said(Settle settle, Completable<Settled> answer) {}

    SettleLine(StoreCalls store, CancelWatches watches) {
        this.store = store;
        this.watches = watches;
    }

    int waiting() {
        return said.size();
    }

    long applied() {
        return applied;
    }

    Future<Settled> say(Settle settle) {
        Promise<Settled> answer = Promise.promise();
        said.add(new Said(settle, answer));
        send();
        return answer.future();
    }

    /** Jobs that nobody wants any more. If the store is out of reach, their leases run out. */
    void giveBack(List<Job> jobs) {
        jobs.forEach(job -> say(new Settle.Release(job.id(), job.lease())));
    }

    private void send() {
        if (sending) {
            return;
        }
        sending = true;
        while (mayCall()) {
            List<Said> batch = new ArrayList<>(Math.min(MOST_AT_ONCE, said.size()));
            long chars = 0;
            while (!said.isEmpty()
                    && batch.size() < MOST_AT_ONCE
                    && chars < MOST_CHARS
                    && busy.add(said.element().settle().id())) {
                Said next = said.remove();
                batch.add(next);
                chars += next.settle().chars();
            }
            call(batch);
        }
        sending = false;
    }

    private boolean mayCall() {
        return !said.isEmpty()
                && (calls == 0 || calls < MOST_CALLS && said.size() >= MANY)
                && !busy.contains(said.element().settle().id());
    }

    private void call(List<Said> batch) {
        List<Settle> settles = batch.stream().map(Said::settle).toList();
        calls++;
        store.call(to -> to.settle(settles)).onComplete((results, failure) -> {
            calls--;
            settles.forEach(settle -> busy.remove(settle.id()));
            for (int i = 0; i < batch.size(); i++) {
                Said one = batch.get(i);
                if (failure == null) {
                    note(one.settle(), results.get(i));
                    one.answer().succeed(results.get(i));
                } else {
                    one.answer().fail(failure);
                }
            }
            send();
            store.answered();
        });
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
