package dev.muster.queue;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Jobs that came together, and what became of each. Those that are with the store are always the first of which it is not
 * known; what comes back from there as too much is sent again with what follows. On the queue's loop.
 */
final class PutBatch {

    private final List<NewJob> jobs;
    private final @Nullable Part<PutResult>[] parts;

    /** What was sent last, and is not known, stands from here to {@link #sentTo}. */
    private int sentFrom;

    private int sentTo;
    private int withStore;
    private int waiting;

    /** Jobs that nobody has seen yet; those that are too long for the queue are refused already. */
    @SuppressWarnings({"unchecked", "rawtypes"}) // arrays know no type variables
    PutBatch(List<NewJob> jobs, QueueSettings settings) {
        this.jobs = jobs;
        this.parts = new Part[jobs.size()];
        this.waiting = parts.length;
        for (int i = 0; i < parts.length; i++) {
            QueueException tooLong = QueueException.ifTooLong(jobs.get(i), settings);
            if (tooLong != null) {
                decide(i, Part.failed(tooLong));
            }
        }
    }

    /** How many have still to go to the store. */
    int waiting() {
        return waiting;
    }

    /** How many are with the store. */
    int withStore() {
        return withStore;
    }

    /** Whether it is known of each what became of it. */
    boolean isDecided() {
        return waiting + withStore == 0;
    }

    /** What became of each, once that is known, in the order of the jobs. */
    List<Part<PutResult>> parts() {
        return Arrays.asList(parts);
    }

    /** Adds what waits to what is sent, up to so many together, until so much is in the bodies; how much it added there. */
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
     * Takes the answers to what was sent.
     *
     * @param results of one call, of which these begin at {@code from}
     * @param ifFull what becomes of those for which there was no room; null if they go on waiting
     * @return how many jobs were accepted
     */
    int answered(List<PutResult> results, int from, @Nullable Part<PutResult> ifFull, Part<PutResult> ifClosed) {
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
                    parts[i] = Part.of(result);
                    accepted++;
                }
                case EXISTING -> parts[i] = Part.of(result);
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

    /** The store could not be asked. */
    void failed(Throwable failure) {
        for (int i = sentFrom; i < sentTo; i++) {
            if (parts[i] == null) {
                parts[i] = Part.failed(failure);
            }
        }
        withStore = 0;
    }

    /** Says what becomes of those that wait, but for so many of the first. */
    void giveUp(int spared, Part<PutResult> part) {
        int left = spared;
        for (int i = sentTo; i < parts.length; i++) {
            if (parts[i] == null && --left < 0) {
                decide(i, part);
            }
        }
    }

    private void decide(int place, Part<PutResult> part) {
        parts[place] = part;
        waiting--;
    }
}
