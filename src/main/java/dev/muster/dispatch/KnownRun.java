package dev.muster.dispatch;

import dev.muster.run.RunReport;
import dev.muster.run.RunSummary;
import dev.muster.task.CancelReason;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.Optional;

/** A run that the node has, or had lately. Safe on every thread. */
public sealed interface KnownRun permits TakenRun, EndedRun {

    /** The run's identifier. */
    String id();

    /** The name of who asked for it. */
    String owner();

    /** When it began. */
    Instant started();

    /** Its events, if they are kept. */
    Optional<EventLog> log();

    /** How it goes or went, in short; cheap, as many are listed at once. */
    RunSummary summary();

    /** What has happened until now, without what it gave; completes on any thread. */
    Future<RunReport> report();

    /** Stops everything that it does, if it has not ended. Idempotent. */
    void cancel(CancelReason reason);
}
