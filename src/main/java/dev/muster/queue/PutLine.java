package dev.muster.queue;

import dev.muster.loop.Loop;
import dev.muster.sync.Line;
import dev.muster.task.CancelledException;
import io.vertx.core.Completable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who puts into a queue: while a call to the store is in flight, later puts gather and go together in the next one. Those
 * that found the queue full wait here, in their order, until the store hints at room.
 */
final class PutLine implements QueueWait.At<NewJob, PutResult> {

    private static final int MOST_AT_ONCE = 1_000;

    /** A batch with more in its bodies takes in no other job. */
    private static final long MOST_CHARS = 16L << 20;

    private final Loop loop;
    private final StoreCalls store;
    private final int mostWaiting;
    private final String queue;
    private final Line<QueueWait<NewJob, PutResult>> line = new Line<>();

    /** The head of the line: those who have been with the store and found it full. Who left is skipped. */
    private final ArrayDeque<QueueWait<NewJob, PutResult>> returned = new ArrayDeque<>();

    private int waitingReturned;
    private boolean inFlight;

    /** Within {@link #send}, whose loop sees to answers that come at once. */
    private boolean sending;

    private boolean blocked;

    /** Room that was hinted at while a call was in flight. */
    private long hinted;

    /** How many to send at most: what was hinted at, then twice as many as last fitted. */
    private long most = MOST_AT_ONCE;

    private long accepted;

    PutLine(Loop loop, StoreCalls store, String queue, int mostWaiting) {
        this.loop = loop;
        this.store = store;
        this.queue = queue;
        this.mostWaiting = mostWaiting;
    }

    int waiting() {
        return waitingReturned + line.size();
    }

    long accepted() {
        return accepted;
    }

    /** Puts if there is room and nobody waits for it. */
    void tryPut(NewJob job, Completable<PutResult> answer) {
        if (blocked && waiting() > 0) {
            answer.succeed(PutResult.FULL);
        } else {
            // One who tries learns how it is now, even where the hint of room is still on its way.
            blocked = false;
            arrive(new QueueWait<>(loop, this, job, answer));
        }
    }

    @Override
    public void arrive(QueueWait<NewJob, PutResult> wait) {
        if (store.isEnding()) {
            wait.fail(QueueException.ended(queue));
            return;
        }
        if (waiting() >= mostWaiting) {
            wait.fail(QueueException.tooManyWait(queue, mostWaiting));
            return;
        }
        if (waiting() == 0) {
            blocked = false;
        }
        wait.phase = QueueWait.Phase.WAITING;
        line.append(wait);
        send();
    }

    @Override
    public boolean leave(QueueWait<NewJob, PutResult> wait) {
        if (wait.phase != QueueWait.Phase.WAITING) {
            return false;
        }
        if (line.contains(wait)) {
            line.remove(wait);
        } else {
            waitingReturned--;
        }
        return true;
    }

    /** So many may fit now, or the queue was closed. */
    void room(long jobs) {
        if (inFlight) {
            hinted = Math.max(hinted, jobs);
        } else {
            blocked = false;
            most = Math.max(1, Math.min(jobs, MOST_AT_ONCE));
            send();
        }
    }

    void end(Throwable failure) {
        for (var next = poll(); next != null; next = poll()) {
            next.fail(failure);
        }
    }

    private void send() {
        if (sending) {
            return;
        }
        sending = true;
        while (!inFlight && !blocked && waiting() > 0) {
            List<QueueWait<NewJob, PutResult>> batch = new ArrayList<>((int) Math.min(most, waiting()));
            long chars = 0;
            for (var next = poll(); next != null; next = batch.size() < most && chars < MOST_CHARS ? poll() : null) {
                next.phase = QueueWait.Phase.SENT;
                batch.add(next);
                chars += next.asks.body().length();
            }
            List<NewJob> jobs = batch.stream().map(wait -> wait.asks).toList();
            inFlight = true;
            store.call(to -> to.put(jobs)).onComplete((results, failure) -> {
                inFlight = false;
                if (failure == null) {
                    answer(batch, results);
                } else {
                    batch.forEach(wait -> wait.fail(failure));
                }
                send();
                store.answered();
            });
        }
        sending = false;
    }

    private void answer(List<QueueWait<NewJob, PutResult>> batch, List<PutResult> results) {
        List<QueueWait<NewJob, PutResult>> full = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            if (results.get(i).verdict() == PutResult.Verdict.FULL) {
                full.add(batch.get(i));
            } else if (results.get(i).verdict() == PutResult.Verdict.ACCEPTED) {
                accepted++;
            }
        }
        blocked = !full.isEmpty() && hinted == 0;
        most = full.isEmpty() ? Math.min(most * 2, MOST_AT_ONCE) : Math.max(1, Math.min(hinted, MOST_AT_ONCE));
        hinted = 0;
        for (int i = full.size() - 1; i >= 0; i--) {
            if (!full.get(i).onlyTries()) {
                putBack(full.get(i));
            }
        }
        for (int i = 0; i < batch.size(); i++) {
            PutResult result = results.get(i);
            if (result.verdict() == PutResult.Verdict.CLOSED) {
                batch.get(i).fail(QueueException.closed(queue));
            } else if (result.verdict() != PutResult.Verdict.FULL
                    || batch.get(i).onlyTries()) {
                batch.get(i).answer(result);
            }
        }
    }

    /** To the head of the line, unless it waits no longer. */
    private void putBack(QueueWait<NewJob, PutResult> wait) {
        if (wait.wantsToLeave != null) {
            wait.fail(new CancelledException(wait.wantsToLeave));
        } else if (store.isEnding()) {
            wait.fail(QueueException.ended(queue));
        } else {
            wait.phase = QueueWait.Phase.WAITING;
            waitingReturned++;
            returned.addFirst(wait);
        }
    }

    private @Nullable QueueWait<NewJob, PutResult> poll() {
        for (var next = returned.poll(); next != null; next = returned.poll()) {
            if (next.phase == QueueWait.Phase.WAITING) {
                waitingReturned--;
                return next;
            }
        }
        var head = line.first();
        if (head != null) {
            line.remove(head);
        }
        return head;
    }
}
