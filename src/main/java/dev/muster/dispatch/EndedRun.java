package dev.muster.dispatch;

import dev.muster.run.RunReport;
import dev.muster.task.CancelReason;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.Optional;

/**
 * A run that has ended, as it is remembered.
 *
 * @param last what happened, without what it gave
 * @param owner the name of who asked for it
 * @param started when it began
 * @param endedNanos when it ended, in the loop's time
 * @param log its events, if they are kept
 */
record EndedRun(RunReport last, String owner, Instant started, long endedNanos, Optional<EventLog> log)
        implements KnownRun {

    long bytes() {
        return log.map(EventLog::bytes).orElse(0L);
    }

    @Override
    public String id() {
        return last.run();
    }

    @Override
    public Future<RunReport> report() {
        return Future.succeededFuture(last);
    }

    @Override
    public void cancel(CancelReason reason) {
        // There is nothing left of it.
    }
}
