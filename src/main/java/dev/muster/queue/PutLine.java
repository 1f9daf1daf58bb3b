package dev.muster.queue;

import dev.muster.loop.Loop;
import dev.muster.queue.PutResult.Verdict;
import dev.muster.sync.Line;
import dev.muster.task.CancelReason;
import dev.muster.task.CancelledException;
import io.vertx.core.Completable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The batcher of puts. Puts that arrive while a call to the store is in flight are sent together in the next call. Jobs that find
 * the queue full keep their places until the store hints at room. Runs on the loop.
 */
final class PutLine implements QueueWait.At<PutBatch, List<Part<PutResult>>> {

    private static final int MOST_AT_ONCE = 1_000;

    /** A call whose bodies have this many characters takes no further job. */
    private static final long MOST_CHARS = 16L << 20;

    private final Loop loop;
    private final StoreCalls store;
    private final int mostWaiting;
    private final String queue;

    /** The puts with jobs whose result is not known, in order of arrival. The puts in flight are at the head. */
    private final Line<QueueWait<PutBatch, List<Part<PutResult>>>> line = new Line<>();

    /** Number of jobs that wait to be sent. */
    private int waiting;

    /** Number of puts in the line that are {@code try} calls. */
    private int trying;

    private boolean inFlight;

    /** True inside {@link #send}, whose loop handles calls that complete at once. */
    private boolean sending;

    private boolean blocked;

    /** Room that the store hinted at while a call was in flight, in jobs. */
    private long hinted;

    /** Maximum number of jobs of the next call: the room of the last hint, doubled after each call in which all jobs fitted. */
    private int most = MOST_AT_ONCE;

    private long accepted;

    PutLine(Loop loop, StoreCalls store, String queue, int mostWaiting) {
        this.loop = loop;
        this.store = store;
        this.queue = queue;
        this.mostWaiting = mostWaiting;
    }

    int waiting() {
        return waiting;
    }

    long accepted() {
        return accepted;
    }

    /** Puts as many jobs as there is room for, if no other put waits for room. */
    void tryPut(PutBatch batch, Completable<List<Part<PutResult>>> answer) {
        if (blocked && waiting > 0) {
            batch.giveUp(0, Part.of(PutResult.FULL));
            answer.succeed(batch.parts());
        } else {
            // A {@code try} call gets the current state, even if the hint of room is still on its way.
            blocked = false;
            arrive(new QueueWait<>(loop, this, batch, answer));
        }
    }

    @Override
    public void arrive(QueueWait<PutBatch, List<Part<PutResult>>> wait) {
        PutBatch batch = wait.asks;
        if (store.isEnding()) {
            batch.giveUp(0, Part.failed(QueueException.ended(queue)));
        } else if (batch.waiting() > mostWaiting - waiting) {
            batch.giveUp(mostWaiting - waiting, Part.failed(QueueException.tooManyWait(queue, mostWaiting)));
        }
        if (batch.isDecided()) {
            wait.answer(batch.parts());
            return;
        }
        if (waiting == 0) {
            blocked = false;
        }
        wait.phase = QueueWait.Phase.WAITING;
        waiting += batch.waiting();
        trying += wait.onlyTries() ? 1 : 0;
        line.append(wait);
        send();
    }

    /** Always returns false: some jobs of the put can be in the queue already, so the put completes with the result of each job. */
    @Override
    public boolean leave(QueueWait<PutBatch, List<Part<PutResult>>> wait, CancelReason reason) {
        giveUp(List.of(wait), Part.failed(new CancelledException(reason)));
        return false;
    }

    /** Notes that this many more jobs can fit, or that the queue was closed. */
    void room(long jobs) {
        if (inFlight) {
            hinted = Math.max(hinted, jobs);
        } else {
            blocked = false;
            most = (int) Math.max(1, Math.min(jobs, MOST_AT_ONCE));
            send();
        }
    }

    void end(Throwable failure) {
        giveUp(those(wait -> true), Part.failed(failure));
    }

    private void send() {
        if (sending) {
            return;
        }
        sending = true;
        while (!inFlight && !blocked && waiting > 0) {
            List<NewJob> jobs = new ArrayList<>(Math.min(most, waiting));
            long chars = 0;
            for (var next = line.first();
                    next != null && jobs.size() < most && chars < MOST_CHARS;
                    next = line.behind(next)) {
                chars += next.asks.send(jobs, most, MOST_CHARS - chars);
            }
            waiting -= jobs.size();
            inFlight = true;
            store.put(jobs).onComplete((results, failure) -> {
                inFlight = false;
                answer(results, failure);
                send();
                store.answered();
            });
        }
        sending = false;
    }

    private void answer(List<PutResult> results, @Nullable Throwable failure) {
        List<QueueWait<PutBatch, List<Part<PutResult>>>> sent = new ArrayList<>();
        for (var next = line.first(); next != null && next.asks.withStore() > 0; next = line.behind(next)) {
            sent.add(next);
        }
        if (failure == null) {
            share(sent, results);
        } else {
            sent.forEach(wait -> wait.asks.failed(failure));
        }
        answerDecided(sent);
        if (blocked && trying > 0) {
            giveUp(those(QueueWait::onlyTries), Part.of(PutResult.FULL));
        }
    }

    private void share(List<QueueWait<PutBatch, List<Part<PutResult>>>> sent, List<PutResult> results) {
        boolean isFull = results.stream().anyMatch(result -> result.verdict() == Verdict.FULL);
        blocked = isFull && hinted == 0;
        most = isFull ? (int) Math.max(1, Math.min(hinted, MOST_AT_ONCE)) : Math.min(most * 2, MOST_AT_ONCE);
        hinted = 0;
        Part<PutResult> ifClosed = Part.failed(QueueException.closed(queue));
        int at = 0;
        for (var wait : sent) {
            PutBatch batch = wait.asks;
            int count = batch.withStore();
            int before = batch.waiting();
            accepted += batch.answered(results, at, ifFull(wait), ifClosed);
            waiting += batch.waiting() - before;
            at += count;
        }
    }

    /** Returns the result of a job for which there was no room; null if the job keeps waiting. */
    private @Nullable Part<PutResult> ifFull(QueueWait<PutBatch, List<Part<PutResult>>> wait) {
        if (wait.onlyTries()) {
            return Part.of(PutResult.FULL);
        }
        if (wait.wantsToLeave != null) {
            return Part.failed(new CancelledException(wait.wantsToLeave));
        }
        return store.isEnding() ? Part.failed(QueueException.ended(queue)) : null;
    }

    /** Decides all jobs of these puts that have not been sent. */
    private void giveUp(List<QueueWait<PutBatch, List<Part<PutResult>>>> waits, Part<PutResult> part) {
        for (var wait : waits) {
            waiting -= wait.asks.waiting();
            wait.asks.giveUp(0, part);
        }
        answerDecided(waits);
    }

    /** Removes all decided puts from the line before the first one completes, because its caller can put again at once. */
    private void answerDecided(List<QueueWait<PutBatch, List<Part<PutResult>>>> waits) {
        var over = waits.stream().filter(wait -> wait.asks.isDecided()).toList();
        for (var wait : over) {
            line.remove(wait);
            trying -= wait.onlyTries() ? 1 : 0;
        }
        over.forEach(wait -> wait.answer(wait.asks.parts()));
    }

    private List<QueueWait<PutBatch, List<Part<PutResult>>>> those(
            Predicate<QueueWait<PutBatch, List<Part<PutResult>>>> wanted) {
        List<QueueWait<PutBatch, List<Part<PutResult>>>> those = new ArrayList<>();
        for (var next = line.first(); next != null; next = line.behind(next)) {
            if (wanted.test(next)) {
                those.add(next);
            }
        }
        return those;
    }
}
