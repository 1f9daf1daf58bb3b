package dev.muster.dispatch;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The runs that ended lately, the oldest first; bounded in number, age and size. Safe on every thread. */
final class EndedRuns {

    private final DispatchLimits limits;
    private final long ageNanos;
    private final Map<String, EndedRun> runs = new LinkedHashMap<>();
    private long bytes;

    EndedRuns(DispatchLimits limits) {
        this.limits = limits;
        this.ageNanos = limits.eventsAge().toNanos();
    }

    synchronized void add(EndedRun run) {
        runs.put(run.id(), run);
        bytes += run.bytes();
        forget(run.endedNanos());
    }

    synchronized @Nullable EndedRun find(String id, long nowNanos) {
        forget(nowNanos);
        return runs.get(id);
    }

    synchronized List<EndedRun> all(long nowNanos) {
        forget(nowNanos);
        return new ArrayList<>(runs.values());
    }

    private void forget(long nowNanos) {
        Iterator<EndedRun> oldest = runs.values().iterator();
        while (oldest.hasNext()) {
            EndedRun run = oldest.next();
            boolean old = nowNanos - run.endedNanos() > ageNanos;
            boolean crowded = runs.size() > limits.ended() || (bytes > limits.endedBytes() && runs.size() > 1);
            if (!old && !crowded) {
                return;
            }
            oldest.remove();
            bytes -= run.bytes();
        }
    }
}
