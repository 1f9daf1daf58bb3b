package dev.muster.run;

/** The record of a run that has ended, without its output. Immutable; reports are built on request. Safe on any thread. */
public final class PastRun {

    private final String run;
    private final String plan;
    private final Trace trace;
    private final long startedNanos;
    private final Event.End end;

    PastRun(String run, String plan, Trace trace, long startedNanos, Event.End end) {
        this.run = run;
        this.plan = plan;
        this.trace = trace;
        this.startedNanos = startedNanos;
        this.end = end.failure() == null ? new Event.End(end.state(), end.nanos(), null, null, null) : end;
    }

    /** The id of the run. */
    public String id() {
        return run;
    }

    /** The end of the run, in nanoseconds of the loop's time. */
    public long endedNanos() {
        return startedNanos + end.nanos();
    }

    /** The approximate memory of this record in bytes. */
    public long bytes() {
        return trace.bytes();
    }

    /** A summary without the steps. */
    public RunReport.Summary summary() {
        return new RunReport.Summary(run, plan, startedNanos, endedNanos(), end);
    }

    /** The report with the steps. */
    public RunReport report() {
        return trace.report(run, plan, startedNanos, end, endedNanos());
    }
}
