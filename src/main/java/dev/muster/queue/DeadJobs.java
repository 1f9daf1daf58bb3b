package dev.muster.queue;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** The dead jobs of a memory queue, in the order in which they died. They have the limits of the waiting jobs. */
final class DeadJobs {

    private final QueueSettings settings;
    private final Set<StoredJob> jobs = new LinkedHashSet<>();
    private long bytes;
    private long dropped;

    DeadJobs(QueueSettings settings) {
        this.settings = settings;
    }

    int size() {
        return jobs.size();
    }

    long dropped() {
        return dropped;
    }

    /** Returns a copy of the list, oldest first. */
    List<StoredJob> oldest() {
        return new ArrayList<>(jobs);
    }

    void add(StoredJob job) {
        jobs.add(job);
        bytes += job.bytes;
    }

    void remove(StoredJob job) {
        if (jobs.remove(job)) {
            bytes -= job.bytes;
        }
    }

    /** Drops the oldest jobs until the others are within the limits. */
    void trim(Consumer<StoredJob> gone) {
        while (jobs.size() > settings.size() || bytes > settings.bytes()) {
            dropped++;
            drop(gone);
        }
    }

    /** Drops the jobs whose retention has ended. */
    void expire(long nanos, Consumer<StoredJob> gone) {
        while (expiresAtNanos() <= nanos) {
            drop(gone);
        }
    }

    long expiresAtNanos() {
        return jobs.isEmpty()
                ? Long.MAX_VALUE
                : jobs.iterator().next().diedNanos + settings.keep().dead().toNanos();
    }

    private void drop(Consumer<StoredJob> gone) {
        StoredJob oldest = jobs.iterator().next();
        remove(oldest);
        gone.accept(oldest);
    }
}
