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
final class PutBatcher implements QueueWait.At<PutBatch, List<ItemResult<PutResult>>> {

    private static final int MAX_AT_ONCE = 1_000;

    /** A call whose bodies have this many characters takes no further job. */
    private static final long MAX_CHARS = 16L << 20;

    private final Loop loop;
    private final StoreCalls store;
    private final int maxWaiting;
    private final String queue;

    /** The puts with jobs whose result is not known, in order of arrival. The puts in flight are at the head. */
    private final Line<QueueWait<PutBatch, List<ItemResult<PutResult>>>> line = new Line<>();

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
    private int most = MAX_AT_ONCE;

    private long accepted;

    PutBatcher(Loop loop, StoreCalls store, String queue, int maxWaiting) {
        this.loop = loop;
        this.store = store;
        this.queue = queue;
        this.maxWaiting = maxWaiting;
    }

    int waiting() {
        return waiting;
    }

    long accepted() {
        return accepted;
    }

    /** Puts as many jobs as there is room for, if no other put waits for room. */
    void tryPut(PutBatch batch, Completable<List<ItemResult<PutResult>>> answer) {
        if (blocked && waiting > 0) {
            batch.giveUp(0, ItemResult.of(PutResult.FULL));
            answer.succeed(batch.parts());
        } else {
            // A {@code try} call gets the current state, even if the hint of room is still on its way.
            blocked = false;
            arrive(new QueueWait<>(loop, this, batch, answer));
        }
    }

    @Override
    public void arrive(QueueWait<PutBatch, List<ItemResult<PutResult>>> wait) {
        PutBatch batch = wait.asks;
        if (store.isEnding()) {
            batch.giveUp(0, ItemResult.failed(QueueException.ended(queue)));
        } else if (batch.waiting() > maxWaiting - waiting) {
            batch.giveUp(maxWaiting - waiting, ItemResult.failed(QueueException.tooManyWait(queue, maxWaiting)));
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
    public boolean leave(QueueWait<PutBatch, List<ItemResult<PutResult>>> wait, CancelReason reason) {
        giveUp(List.of(wait), ItemResult.failed(new CancelledException(reason)));
        return false;
    }

    /** Notes that this many more jobs can fit, or that the queue was closed. */
    void room(long jobs) {
        if (inFlight) {
            hinted = Math.max(hinted, jobs);
        } else {
            blocked = false;
            most = (int) Math.max(1, Math.min(jobs, MAX_AT_ONCE));
            send();
        }
    }

    void end(Throwable failure) {
        giveUp(waits(wait -> true), ItemResult.failed(failure));
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
                    next != null && jobs.size() < most && chars < MAX_CHARS;
                    next = line.behind(next)) {
                chars += next.asks.send(jobs, most, MAX_CHARS - chars);
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
        List<QueueWait<PutBatch, List<ItemResult<PutResult>>>> sent = new ArrayList<>();
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
            giveUp(waits(QueueWait::onlyTries), ItemResult.of(PutResult.FULL));
        }
    }

    private void share(List<QueueWait<PutBatch, List<ItemResult<PutResult>>>> sent, List<PutResult> results) {
        boolean isFull = results.stream().anyMatch(result -> result.verdict() == Verdict.FULL);
        blocked = isFull && hinted == 0;
        most = isFull ? (int) Math.max(1, Math.min(hinted, MAX_AT_ONCE)) : Math.min(most * 2, MAX_AT_ONCE);
        hinted = 0;
        ItemResult<PutResult> ifClosed = ItemResult.failed(QueueException.closed(queue));
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
    private @Nullable ItemResult<PutResult> ifFull(QueueWait<PutBatch, List<ItemResult<PutResult>>> wait) {
        if (wait.onlyTries()) {
            return ItemResult.of(PutResult.FULL);
        }
        if (wait.wantsToLeave != null) {
            return ItemResult.failed(new CancelledException(wait.wantsToLeave));
        }
        return store.isEnding() ? ItemResult.failed(QueueException.ended(queue)) : null;
    }

    /** Decides all jobs of these puts that have not been sent. */
    private void giveUp(List<QueueWait<PutBatch, List<ItemResult<PutResult>>>> waits, ItemResult<PutResult> part) {
        for (var wait : waits) {
            waiting -= wait.asks.waiting();
            wait.asks.giveUp(0, part);
        }
        answerDecided(waits);
    }

    /** Removes all decided puts from the line before the first one completes, because its caller can put again at once. */
    private void answerDecided(List<QueueWait<PutBatch, List<ItemResult<PutResult>>>> waits) {
        var over = waits.stream().filter(wait -> wait.asks.isDecided()).toList();
        for (var wait : over) {
            line.remove(wait);
            trying -= wait.onlyTries() ? 1 : 0;
        }
        over.forEach(wait -> wait.answer(wait.asks.parts()));
    }

    private List<QueueWait<PutBatch, List<ItemResult<PutResult>>>> waits(
            Predicate<QueueWait<PutBatch, List<ItemResult<PutResult>>>> wanted) {
        List<QueueWait<PutBatch, List<ItemResult<PutResult>>>> found = new ArrayList<>();
        for (var next = line.first(); next != null; next = line.behind(next)) {
            if (wanted.test(next)) {
                found.add(next);
            }
        }
        return found;
    }
}
