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
    private final List<StoredJob> cancels = new ArrayList<>();
    private @Nullable MemoryJobs jobs;
    private JobStore.@Nullable Listener listener;
    private boolean jobsReady;
    private boolean roomIsWanted;
    private boolean finished;
    private boolean closed;
    private boolean isScheduled;
    private boolean ended;

    StoreHints(Loop loop) {
        this.loop = loop;
    }

    /** Sets the jobs that the hints are about. */
    void of(MemoryJobs jobs) {
        this.jobs = jobs;
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

    /** Notes that the cancel of a leased job was requested. */
    void cancelAsked(StoredJob job) {
        cancels.add(job);
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
    void scheduleDelivery() {
        MemoryJobs now = jobs;
        JobStore.Listener to = listener;
        if (isScheduled || to == null || now == null) {
            return;
        }
        boolean hasSomething =
                jobsReady || closed || !cancels.isEmpty() || finished && now.isIdle() || roomIsWanted && now.room() > 0;
        if (hasSomething) {
            isScheduled = true;
            loop.execute(() -> deliver(now, to));
        }
    }

    private void deliver(MemoryJobs now, JobStore.Listener to) {
        isScheduled = false;
        if (ended) {
            return;
        }
        boolean hintsReady = jobsReady && now.canTake();
        boolean hintsIdle = finished && now.isIdle();
        long fits = roomIsWanted ? Math.max(now.room(), closed ? 1 : 0) : 0;
        List<StoredJob> cancelled = List.copyOf(cancels);
        jobsReady = false;
        closed = false;
        finished = false;
        roomIsWanted &= fits <= 0;
        cancels.clear();
        cancelled.forEach(job -> to.cancelAsked(job.id, job.fence));
        if (fits > 0) {
            to.room(fits);
        }
        if (hintsReady) {
            to.jobsReady();
        }
        if (hintsIdle) {
            to.idle();
        }
    }
}
