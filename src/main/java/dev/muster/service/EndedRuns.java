package dev.muster.service;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The runs that ended recently, oldest first; bounded in number, age and size. Safe on any thread. Adding is cheap, because every
 * run is added and few are looked up.
 */
final class EndedRuns {

    private final RunManagerLimits limits;
    private final long ageNanos;
    private final ArrayDeque<EndedRun> runs = new ArrayDeque<>();
    private long bytes;

    EndedRuns(RunManagerLimits limits) {
        this.limits = limits;
        this.ageNanos = limits.eventsAge().toNanos();
    }

    synchronized void add(EndedRun run) {
        runs.addLast(run);
        bytes += run.bytes();
        forget(run.endedNanos());
    }

    synchronized @Nullable EndedRun find(String id, long nowNanos) {
        forget(nowNanos);
        for (EndedRun run : runs) {
            if (run.id().equals(id)) {
                return run;
            }
        }
        return null;
    }

    synchronized List<EndedRun> all(long nowNanos) {
        forget(nowNanos);
        return new ArrayList<>(runs);
    }

    private void forget(long nowNanos) {
        for (EndedRun oldest = runs.peekFirst(); oldest != null; oldest = runs.peekFirst()) {
            boolean isOld = nowNanos - oldest.endedNanos() > ageNanos;
            boolean isCrowded = runs.size() > limits.ended() || (bytes > limits.endedBytes() && runs.size() > 1);
            if (!isOld && !isCrowded) {
                return;
            }
            runs.removeFirst();
            bytes -= oldest.bytes();
        }
    }
}
