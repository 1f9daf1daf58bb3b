package dev.muster.service;

import dev.muster.run.PastRun;
import dev.muster.run.RunReport;
import dev.muster.task.CancelReason;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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

    /**
     * Records a run. The size is computed now, while the run is in the CPU cache; at eviction its objects would have to be loaded
     * from main memory.
     */
    static EndedRun of(PastRun past, String owner, Instant started, @Nullable EventLog events) {
        long bytes = past.bytes() + (events == null ? 0 : events.bytes());
        return new EndedRun(past, owner, started, events, past.endedNanos(), bytes);
    }

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
