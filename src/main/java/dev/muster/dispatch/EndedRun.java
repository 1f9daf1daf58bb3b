package dev.muster.dispatch;

import dev.muster.run.PastRun;
import dev.muster.run.RunReport;
import dev.muster.run.RunSummary;
import dev.muster.task.CancelReason;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A run that has ended, as it is remembered.
 *
 * @param past what happened, without what it gave
 * @param owner the name of who asked for it
 * @param started when it began
 * @param events if they are kept, else null
 * @param endedNanos when it ended, in the loop's time
 * @param bytes about how much memory it takes
 */
record EndedRun(
        PastRun past,
        String owner,
        Instant started,
        @Nullable EventLog events,
        long endedNanos,
        long bytes) implements KnownRun {

    /** Found out now, while the run is at hand: when it is forgotten, all that it refers to would be fetched from afar. */
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
    public RunSummary summary() {
        return past.summary();
    }

    @Override
    public Future<RunReport> report() {
        return Future.succeededFuture(past.report());
    }

    @Override
    public void cancel(CancelReason reason) {
        // There is nothing left of it.
    }
}
