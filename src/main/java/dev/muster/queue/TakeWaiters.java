package dev.muster.queue;

import dev.muster.task.CancelReason;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The takes that wait for jobs of a queue, in order of arrival: each gets one batch. Jobs are requested from the store only for
 * takes that wait. Runs on the loop.
 */
final class TakeWaiters extends QueueWait.Waiters<Integer, List<Job>> {

    private static final int MAX_AT_ONCE = 1_000;

    private final SettleBatcher settles;
    private final Runnable whenQuiet;
    private long wanted;
    private boolean inFlight;

    /** True inside {@link #ask}, whose loop handles calls that complete at once. */
    private boolean asking;

    /** Whether the store had no more jobs at the last call and has sent no hint since. */
    private boolean quiet;

    private boolean hinted;
    private long taken;

    /**
     * An empty line.
     *
     * @param whenQuiet called when a take waits and the store has no jobs
     */
    TakeWaiters(StoreCalls store, SettleBatcher settles, String queue, int maxWaiting, Runnable whenQuiet) {
        super(store, queue, maxWaiting);
        this.settles = settles;
        this.whenQuiet = whenQuiet;
    }

    long taken() {
        return taken;
    }

    @Override
    void joined(QueueWait<Integer, List<Job>> wait) {
        // A hint can be late: the first take in the line always asks the store, later ones do not.
        quiet &= waiting() > 1;
        wanted += wait.asks;
        ask();
    }

    @Override
    public boolean leave(QueueWait<Integer, List<Job>> wait, CancelReason reason) {
        if (wait.phase != QueueWait.Phase.WAITING) {
            return false;
        }
        wanted -= wait.asks;
        return super.leave(wait, reason);
    }

    void jobsReady() {
        hinted = inFlight;
        quiet = false;
        ask();
    }

    private void ask() {
        if (asking) {
            return;
        }
        asking = true;
        while (!inFlight && !quiet && waiting() > 0) {
            int max = (int) Math.min(wanted, MAX_AT_ONCE);
            inFlight = true;
            hinted = false;
            store.take(max).onComplete((jobs, failure) -> {
                inFlight = false;
                if (failure == null) {
                    quiet = jobs.size() < max && !hinted;
                    handOut(jobs);
                } else {
                    quiet = true;
                    end(failure);
                }
                ask();
                store.answered();
            });
        }
        asking = false;
        if (!inFlight && quiet && waiting() > 0) {
            whenQuiet.run();
        }
    }

    private void handOut(List<Job> jobs) {
        int from = 0;
        while (from < jobs.size()) {
            var next = poll();
            if (next == null) {
                // The takes that the jobs were requested for have left meanwhile.
                settles.release(jobs.subList(from, jobs.size()));
                return;
            }
            int to = Math.min(jobs.size(), from + next.asks);
            taken += to - from;
            next.answer(List.copyOf(jobs.subList(from, to)));
            from = to;
        }
    }

    @Override
    @Nullable
    QueueWait<Integer, List<Job>> poll() {
        QueueWait<Integer, List<Job>> first = super.poll();
        if (first != null) {
            wanted -= first.asks;
        }
        return first;
    }
}
