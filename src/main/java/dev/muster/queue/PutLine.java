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
 * Who puts into a queue, each a batch of jobs: while a call to the store is in flight, later puts gather and go together in the
 * next one. Jobs that found the queue full wait in their places until the store hints at room.
 */
final class PutLine implements QueueWait.At<PutBatch, List<Part<PutResult>>> {

    private static final int MOST_AT_ONCE = 1_000;

    /** A batch with more in its bodies takes in no other job. */
    private static final long MOST_CHARS = 16L << 20;

    private final Loop loop;
    private final StoreCalls store;
    private final int mostWaiting;
    private final String queue;

    /** In it stands whoever has jobs of which it is not known what became of them; those with the store are at the head. */
    private final Line<QueueWait<PutBatch, List<Part<PutResult>>>> line = new Line<>();

    /** Jobs that wait to be sent. */
    private int waiting;

    /** How many stand in the line and only try. */
    private int trying;

    private boolean inFlight;

    /** Within {@link #send}, whose loop sees to answers that come at once. */
    private boolean sending;

    private boolean blocked;

    /** Room that was hinted at while a call was in flight. */
    private long hinted;

    /** How many to send at most: what was hinted at, then twice as many as last fitted. */
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

    /** Puts as far as there is room and nobody waits for it. */
    void tryPut(PutBatch batch, Completable<List<Part<PutResult>>> answer) {
        if (blocked && waiting > 0) {
            batch.giveUp(0, Part.of(PutResult.FULL));
            answer.succeed(batch.parts());
        } else {
            // One who tries learns how it is now, even where the hint of room is still on its way.
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

    /** It is answered in any case: a part of its jobs may be in the queue already. */
    @Override
    public boolean leave(QueueWait<PutBatch, List<Part<PutResult>>> wait, CancelReason reason) {
        giveUp(List.of(wait), Part.failed(new CancelledException(reason)));
        return false;
    }

    /** So many may fit now, or the queue was closed. */
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

    /** What becomes of a job for which there was no room; null if it goes on waiting. */
    private @Nullable Part<PutResult> ifFull(QueueWait<PutBatch, List<Part<PutResult>>> wait) {
        if (wait.onlyTries()) {
            return Part.of(PutResult.FULL);
        }
        if (wait.wantsToLeave != null) {
            return Part.failed(new CancelledException(wait.wantsToLeave));
        }
        return store.isEnding() ? Part.failed(QueueException.ended(queue)) : null;
    }

    /** Lets nothing of these be sent any more. */
    private void giveUp(List<QueueWait<PutBatch, List<Part<PutResult>>>> waits, Part<PutResult> part) {
        for (var wait : waits) {
            waiting -= wait.asks.waiting();
            wait.asks.giveUp(0, part);
        }
        answerDecided(waits);
    }

    /** All leave the line before the first is answered, which may put again at once. */
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
