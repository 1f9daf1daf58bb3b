package dev.muster.service;

import dev.muster.run.RunReport;
import dev.muster.task.CancelReason;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.Optional;

/** A live run or a run that ended recently. Safe on any thread. */
public sealed interface RunHandle permits ManagedRun, EndedRuns.EndedRun {

    /** The id of the run. */
    String id();

    /** The name of the caller that started the run. */
    String owner();

    /** When the run began. */
    Instant started();

    /** The events of the run, if they are kept. */
    Optional<EventLog> log();

    /** A short status of the run. Cheap, because lists have many. */
    RunReport.Summary summary();

    /** The report of the run so far, without its output. Completes on any thread. */
    Future<RunReport> report();

    /** Cancels everything that the run does. Idempotent; no effect if the run has ended. */
    void cancel(CancelReason reason);
}
