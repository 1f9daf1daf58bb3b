package dev.muster.run;

/**
 * What is remembered of a run that has ended: everything but what it gave. Immutable, and put into words only when somebody
 * asks; safe on every thread.
 */
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

    /** The run's identifier. */
    public String id() {
        return run;
    }

    /** When it ended, in the loop's time. */
    public long endedNanos() {
        return startedNanos + end.nanos();
    }

    /** About how much memory it takes. */
    public long bytes() {
        return trace.bytes();
    }

    /** How it went, in short. */
    public RunSummary summary() {
        return new RunSummary(run, plan, startedNanos, endedNanos(), end);
    }

    /** What has happened. */
    public RunReport report() {
        return trace.report(run, plan, startedNanos, end, endedNanos());
    }
}
