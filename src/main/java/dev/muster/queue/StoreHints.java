package dev.muster.queue;

import dev.muster.loop.Loop;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The pending hints of a memory store. They are collected during an operation, and delivered in a later turn of the loop if they
 * still hold.
 */
final class StoreHints {

    private final Loop loop;
    private final List<StoredCancel> cancels = new ArrayList<>();
    private @Nullable MemoryJobs jobs;
    private JobStore.@Nullable Listener listener;
    private boolean jobsReady;
    private boolean roomIsWanted;
    private boolean finished;
    private boolean closed;
    private boolean telling;
    private boolean ended;

    private record StoredCancel(String id, long fence) {}

    StoreHints(Loop loop) {
        this.loop = loop;
    }

    /** Sets the jobs that the hints are about. */
    void of(MemoryJobs those) {
        jobs = those;
    }

    void listen(JobStore.Listener to) {
        if (listener != null) {
            throw new IllegalStateException("a store has one listener, and this store already has one");
        }
        listener = to;
    }

    void jobsReady() {
        jobsReady = true;
    }

    /** Notes that a put found the queue full. */
    void wantRoom() {
        roomIsWanted = true;
    }

    void cancelAsked(String id, long fence) {
        cancels.add(new StoredCancel(id, fence));
    }

    /** Notes that a job ended, which can have been the last one. */
    void finished() {
        finished = true;
    }

    /** Notes that the queue was closed, for puts that wait for room and for callers that wait for the end. */
    void closed() {
        closed = true;
        finished = true;
    }

    void end() {
        ended = true;
    }

    /** Schedules the delivery in a separate turn of the loop, if there is anything to deliver. */
    void tellLater() {
        MemoryJobs now = jobs;
        JobStore.Listener to = listener;
        if (telling || to == null || now == null) {
            return;
        }
        boolean hasSomething =
                jobsReady || closed || !cancels.isEmpty() || finished && now.isIdle() || roomIsWanted && now.room() > 0;
        if (hasSomething) {
            telling = true;
            loop.execute(() -> tell(now, to));
        }
    }

    private void tell(MemoryJobs now, JobStore.Listener to) {
        telling = false;
        if (ended) {
            return;
        }
        boolean tellReady = jobsReady && now.canTake();
        boolean tellIdle = finished && now.isIdle();
        long fits = roomIsWanted ? Math.max(now.room(), closed ? 1 : 0) : 0;
        List<StoredCancel> asked = List.copyOf(cancels);
        jobsReady = false;
        closed = false;
        finished = false;
        roomIsWanted &= fits <= 0;
        cancels.clear();
        asked.forEach(cancel -> to.cancelAsked(cancel.id(), cancel.fence()));
        if (fits > 0) {
            to.room(fits);
        }
        if (tellReady) {
            to.jobsReady();
        }
        if (tellIdle) {
            to.idle();
        }
    }
}
