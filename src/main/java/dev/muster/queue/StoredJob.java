package dev.muster.queue;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A job in memory. It stands in one line or heap at a time: that of its state. */
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

    /** When it becomes, or became, ready. */
    long readyNanos;

    /** The jobs of its key, while it is ready or leased and its queue looks at keys. */
    @Nullable
    KeyedJobs among;

    String lease = "";

    /** Of the last lease. */
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

    /** How many bytes a text has in UTF-8. */
    static int utf8Bytes(String text) {
        int bytes = text.length();
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            if (unit >= 0x80) {
                // Each half of a surrogate pair counts 2, both 4.
                bytes += unit < 0x800 || Character.isSurrogate(unit) ? 1 : 2;
            }
        }
        return bytes;
    }

    /** Goes on to a state, or into its first one. A step that no job may take is a fault of the store, and stops this job alone. */
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

    /** As seen at a moment: what is due by then counts as ready. */
    JobView view(Instant now, long nowNanos) {
        return new JobView(
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

    /** Which of two is taken first. */
    static int compareReady(StoredJob a, StoredJob b, boolean lifo) {
        int byPriority = Integer.compare(b.priority, a.priority);
        if (byPriority != 0) {
            return byPriority;
        }
        int byTime = Long.compare(a.readyNanos, b.readyNanos);
        int inOrder = byTime != 0 ? byTime : Long.compare(a.number, b.number);
        return lifo ? -inOrder : inOrder;
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
