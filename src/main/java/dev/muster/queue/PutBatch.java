package dev.muster.queue;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The jobs of one put, and the result of each. The jobs in flight are always the first ones without a result. Jobs that the store
 * returns as {@code FULL} are sent again with the jobs after them. Runs on the queue's loop.
 */
final class PutBatch {

    private final List<NewJob> jobs;
    private final @Nullable ItemResult<PutResult>[] parts;

    /** Jobs from here to {@link #sentTo} were in the last call and are without a result. */
    private int sentFrom;

    private int sentTo;
    private int withStore;
    private int waiting;

    /** A batch of new jobs. Jobs that are too long for the queue are rejected at once. */
    @SuppressWarnings({"unchecked", "rawtypes"}) // Java has no generic arrays
    PutBatch(List<NewJob> jobs, QueueSettings settings) {
        this.jobs = jobs;
        this.parts = new ItemResult[jobs.size()];
        this.waiting = parts.length;
        for (int i = 0; i < parts.length; i++) {
            QueueException tooLong = QueueException.ifTooLong(jobs.get(i), settings);
            if (tooLong != null) {
                decide(i, ItemResult.failed(tooLong));
            }
        }
    }

    /** Returns the number of jobs that have not been sent. */
    int waiting() {
        return waiting;
    }

    /** Returns the number of jobs in flight. */
    int withStore() {
        return withStore;
    }

    /** Whether every job has a result. */
    boolean isDecided() {
        return waiting + withStore == 0;
    }

    /** Returns the results in the order of the jobs, once {@link #isDecided}. */
    List<ItemResult<PutResult>> parts() {
        return Arrays.asList(parts);
    }

    /**
     * Adds waiting jobs to a call, until it has {@code most} jobs or {@code mostChars} characters of bodies. Returns the number
     * of characters added.
     */
    long send(List<NewJob> to, int most, long mostChars) {
        long chars = 0;
        sentFrom = sentTo;
        for (; sentTo < parts.length && to.size() < most && chars < mostChars; sentTo++) {
            if (parts[sentTo] == null) {
                NewJob job = jobs.get(sentTo);
                to.add(job);
                chars += job.body().length();
                withStore++;
            }
        }
        waiting -= withStore;
        return chars;
    }

    /**
     * Records the results of the jobs in flight.
     *
     * @param results results of one call; those of this batch begin at {@code from}
     * @param ifFull result of the jobs for which there was no room; null if they keep waiting
     * @return number of accepted jobs
     */
    int answered(
            List<PutResult> results, int from, @Nullable ItemResult<PutResult> ifFull, ItemResult<PutResult> ifClosed) {
        int accepted = 0;
        int next = from;
        int full = -1;
        for (int i = sentFrom; i < sentTo; i++) {
            if (parts[i] != null) {
                continue;
            }
            PutResult result = results.get(next++);
            switch (result.verdict()) {
                case ACCEPTED -> {
                    parts[i] = ItemResult.of(result);
                    accepted++;
                }
                case EXISTING -> parts[i] = ItemResult.of(result);
                case CLOSED -> parts[i] = ifClosed;
                case FULL -> {
                    parts[i] = ifFull;
                    full = full < 0 ? i : full;
                    waiting += ifFull == null ? 1 : 0;
                }
            }
        }
        sentTo = full >= 0 ? full : sentTo;
        withStore = 0;
        return accepted;
    }

    /** Fails the jobs in flight, because the call to the store failed. */
    void failed(Throwable failure) {
        for (int i = sentFrom; i < sentTo; i++) {
            if (parts[i] == null) {
                parts[i] = ItemResult.failed(failure);
            }
        }
        withStore = 0;
    }

    /** Decides the waiting jobs, except for the first {@code spared} ones. */
    void giveUp(int spared, ItemResult<PutResult> part) {
        int left = spared;
        for (int i = sentTo; i < parts.length; i++) {
            if (parts[i] == null && --left < 0) {
                decide(i, part);
            }
        }
    }

    private void decide(int place, ItemResult<PutResult> part) {
        parts[place] = part;
        waiting--;
    }
}
