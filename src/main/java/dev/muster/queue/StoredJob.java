package dev.muster.queue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** A job in memory. It is in one line or heap at a time, that of its state. */
final class StoredJob extends IndexedHeap.Element {

    final long number;
    final String id;
    final String body;
    final int bytes;
    final @Nullable String key;
    final @Nullable String unique;
    final int priority;
    final Instant created;

    JobState state;
    private boolean isInLine;
    int attempt;

    /** When the job becomes, or became, ready. */
    long readyNanos;

    /** The jobs of this job's key, while this job is ready or leased and its queue limits keys; null otherwise. */
    ReadyJobs.@Nullable KeyedJobs among;

    String lease = "";

    /** Fencing token of the last lease. */
    long fence;

    long expiresNanos;
    Instant expires = Instant.MAX;
    boolean cancelAsked;
    long diedNanos;

    @Nullable
    String error;

    @Nullable
    String checkpoint;

    StoredJob(long number, NewJob put, Instant created) {
        this.number = number;
        this.id = Long.toString(number);
        this.body = put.body();
        this.bytes = utf8Bytes(put.body());
        this.key = put.key();
        this.unique = put.unique();
        this.priority = put.priority();
        this.created = created;
        this.state = put.delay().isZero() ? JobState.READY : JobState.SCHEDULED;
    }

    /** Returns the length of a text in UTF-8, in bytes. */
    static int utf8Bytes(String text) {
        int bytes = text.length();
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            if (unit >= 0x80) {
                // Each half of a surrogate pair counts 2 bytes: 4 for the pair.
                bytes += unit < 0x800 || Character.isSurrogate(unit) ? 1 : 2;
            }
        }
        return bytes;
    }

    /** Changes the state, or sets the first one. A forbidden change is a bug of the store and stops this job alone. */
    void become(JobState next) {
        if (isInLine ? !state.mayBecome(next) : next != state) {
            throw new IllegalStateException("job " + id + " may not go from " + state.word() + " to " + next.word());
        }
        isInLine = true;
        state = next;
    }

    Job leased() {
        return new Job(id, body, attempt, lease, expires, key, priority, checkpoint, fence);
    }

    /** Returns the job as of this moment. The caller has applied the changes that are due. */
    Job.View view(Instant now, long nowNanos) {
        return new Job.View(
                id,
                state,
                body,
                attempt,
                key,
                unique,
                priority,
                created,
                state == JobState.SCHEDULED ? now.plusNanos(readyNanos - nowNanos) : null,
                state == JobState.LEASED ? expires : null,
                state == JobState.LEASED && cancelAsked,
                error,
                null,
                checkpoint);
    }

    /** Compares two jobs by the order in which they are taken. */
    static int compareReady(StoredJob a, StoredJob b, boolean lifo) {
        int byPriority = Integer.compare(b.priority, a.priority);
        if (byPriority != 0) {
            return byPriority;
        }
        int inOrder = compareDue(a, b);
        return lifo ? -inOrder : inOrder;
    }

    /** Selects the jobs of a list as {@link JobStore#list} specifies, in one pass that holds no more jobs than the limit. */
    static List<StoredJob> list(Collection<StoredJob> all, JobState state, @Nullable String after, int limit) {
        long afterNumber = number(after);
        Comparator<StoredJob> byNumber = Comparator.comparingLong(job -> job.number);
        var first = new PriorityQueue<StoredJob>(Math.min(limit, all.size()) + 1, byNumber.reversed());
        for (StoredJob job : all) {
            if (job.state == state && job.number > afterNumber) {
                first.add(job);
                if (first.size() > limit) {
                    first.poll();
                }
            }
        }
        List<StoredJob> listed = new ArrayList<>(first);
        listed.sort(byNumber);
        long chars = 0;
        for (int i = 0; i < listed.size(); i++) {
            chars += listed.get(i).chars();
            if (i > 0 && chars > JobStore.MAX_LISTED_CHARS) {
                return listed.subList(0, i);
            }
        }
        return listed;
    }

    private static long number(@Nullable String id) {
        try {
            return id == null ? 0 : Long.parseLong(id);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private long chars() {
        return body.length() + (error == null ? 0L : error.length()) + (checkpoint == null ? 0L : checkpoint.length());
    }

    static int compareDue(StoredJob a, StoredJob b) {
        int byTime = Long.compare(a.readyNanos, b.readyNanos);
        return byTime != 0 ? byTime : Long.compare(a.number, b.number);
    }

    static int compareExpiry(StoredJob a, StoredJob b) {
        int byTime = Long.compare(a.expiresNanos, b.expiresNanos);
        return byTime != 0 ? byTime : Long.compare(a.number, b.number);
    }
}
