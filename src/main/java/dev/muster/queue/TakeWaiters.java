package dev.muster.queue;

import dev.muster.sync.Line;
import dev.muster.task.CancelReason;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The takes that wait for jobs of a queue, in order of arrival: each gets one batch. Jobs are requested from the store only for
 * takes that wait. Runs on the loop.
 */
final class TakeWaiters implements QueueWait.At<Integer, List<Job>> {

    private static final int MAX_AT_ONCE = 1_000;

    private final StoreCalls store;
    private final SettleBatcher settles;
    private final int mostWaiting;
    private final String queue;
    private final Runnable whenQuiet;
    private final Line<QueueWait<Integer, List<Job>>> line = new Line<>();
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
    TakeWaiters(StoreCalls store, SettleBatcher settles, String queue, int mostWaiting, Runnable whenQuiet) {
        this.whenQuiet = whenQuiet;
        this.store = store;
        this.settles = settles;
        this.queue = queue;
        this.mostWaiting = mostWaiting;
    }

    int waiting() {
        return line.size();
    }

    long taken() {
        return taken;
    }

    @Override
    public void arrive(QueueWait<Integer, List<Job>> wait) {
        if (store.isEnding()) {
            wait.fail(QueueException.ended(queue));
            return;
        }
        if (line.size() >= mostWaiting) {
            wait.fail(QueueException.tooManyWait(queue, mostWaiting));
            return;
        }
        // A hint can be late: the first take in the line always asks the store, later ones do not.
        quiet &= line.first() != null;
        wait.phase = QueueWait.Phase.WAITING;
        line.append(wait);
        wanted += wait.asks;
        ask();
    }

    @Override
    public boolean leave(QueueWait<Integer, List<Job>> wait, CancelReason reason) {
        if (wait.phase != QueueWait.Phase.WAITING) {
            return false;
        }
        line.remove(wait);
        wanted -= wait.asks;
        return true;
    }

    void jobsReady() {
        hinted = inFlight;
        quiet = false;
        ask();
    }

    /** Completes every waiting take with no jobs. */
    void dismiss() {
        for (var next = poll(); next != null; next = poll()) {
            next.answer(List.of());
        }
    }

    void end(Throwable failure) {
        for (var next = poll(); next != null; next = poll()) {
            next.fail(failure);
        }
    }

    private void ask() {
        if (asking) {
            return;
        }
        asking = true;
        while (!inFlight && !quiet && line.first() != null) {
            int asked = (int) Math.min(wanted, MAX_AT_ONCE);
            inFlight = true;
            hinted = false;
            store.take(asked).onComplete((jobs, failure) -> {
                inFlight = false;
                if (failure == null) {
                    quiet = jobs.size() < asked && !hinted;
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
        if (!inFlight && quiet && line.first() != null) {
            whenQuiet.run();
        }
    }

    private void handOut(List<Job> jobs) {
        int from = 0;
        while (from < jobs.size()) {
            var next = poll();
            if (next == null) {
                // The takes that the jobs were requested for have left meanwhile.
                settles.giveBack(jobs.subList(from, jobs.size()));
                return;
            }
            int to = Math.min(jobs.size(), from + next.asks);
            taken += to - from;
            next.answer(List.copyOf(jobs.subList(from, to)));
            from = to;
        }
    }

    private @Nullable QueueWait<Integer, List<Job>> poll() {
        var head = line.first();
        if (head != null) {
            line.remove(head);
            wanted -= head.asks;
        }
        return head;
    }
}
