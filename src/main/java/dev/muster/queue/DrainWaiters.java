package dev.muster.queue;

import dev.muster.sync.Line;
import dev.muster.task.CancelReason;
import org.jspecify.annotations.Nullable;

/** The callers that wait until all jobs of a queue are finished. Runs on the loop. */
final class DrainWaiters implements QueueWait.At<String, @Nullable Void> {

    private final StoreCalls store;
    private final String queue;
    private final int mostWaiting;
    private final Runnable look;
    private final Line<QueueWait<String, @Nullable Void>> line = new Line<>();

    /**
     * An empty line.
     *
     * @param look checks whether all jobs are finished, and then calls {@link #dismiss}
     */
    DrainWaiters(StoreCalls store, String queue, int mostWaiting, Runnable look) {
        this.store = store;
        this.queue = queue;
        this.mostWaiting = mostWaiting;
        this.look = look;
    }

    int waiting() {
        return line.size();
    }

    @Override
    public void arrive(QueueWait<String, @Nullable Void> wait) {
        if (store.isEnding()) {
            wait.fail(QueueException.ended(queue));
            return;
        }
        if (line.size() >= mostWaiting) {
            wait.fail(QueueException.tooManyWait(queue, mostWaiting));
            return;
        }
        wait.phase = QueueWait.Phase.WAITING;
        line.append(wait);
        look.run();
    }

    @Override
    public boolean leave(QueueWait<String, @Nullable Void> wait, CancelReason reason) {
        line.remove(wait);
        return true;
    }

    /** Completes every waiting caller. */
    void dismiss() {
        for (var next = poll(); next != null; next = poll()) {
            next.answer(null);
        }
    }

    void end(Throwable failure) {
        for (var next = poll(); next != null; next = poll()) {
            next.fail(failure);
        }
    }

    private @Nullable QueueWait<String, @Nullable Void> poll() {
        var head = line.first();
        if (head != null) {
            line.remove(head);
        }
        return head;
    }
}
