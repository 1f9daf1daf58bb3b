package dev.muster.service;

import dev.muster.run.PastRun;
import dev.muster.run.RunReport;
import dev.muster.task.CancelReason;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The runs that ended recently, oldest first; bounded in number, age and size. Safe on any thread. Adding is cheap, because every
 * run is added and few are looked up.
 */
final class EndedRuns {

    private final RunManager.Limits limits;
    private final long ageNanos;
    private final ArrayDeque<EndedRun> runs = new ArrayDeque<>();
    private long bytes;

    EndedRuns(RunManager.Limits limits) {
        this.limits = limits;
        this.ageNanos = limits.eventsAge().toNanos();
    }

    /**
     * Records a run. The size is computed now, while the run is in the CPU cache; at eviction its objects would have to be loaded
     * from main memory.
     */
    void add(PastRun past, ManagedRun run) {
        EventLog events = run.events();
        long runBytes = past.bytes() + (events == null ? 0 : events.bytes());
        add(new EndedRun(past, run.owner(), run.started(), events, past.endedNanos(), runBytes));
    }

    private synchronized void add(EndedRun run) {
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

    /**
     * The record of an ended run.
     *
     * @param past the report of the run, without its output
     * @param owner the name of the caller that started the run
     * @param started when the run began
     * @param events the events, or null if they are not kept
     * @param endedNanos when the run ended, in the loop's time
     * @param bytes the approximate memory of this record
     */
    record EndedRun(
            PastRun past,
            String owner,
            Instant started,
            @Nullable EventLog events,
            long endedNanos,
            long bytes) implements RunHandle {

        @Override
        public String id() {
            return past.id();
        }

        @Override
        public Optional<EventLog> log() {
            return Optional.ofNullable(events);
        }

        @Override
        public RunReport.Summary summary() {
            return past.summary();
        }

        @Override
        public Future<RunReport> report() {
            return Future.succeededFuture(past.report());
        }

        @Override
        public void cancel(CancelReason reason) {
            // The run has ended.
        }
    }
}
