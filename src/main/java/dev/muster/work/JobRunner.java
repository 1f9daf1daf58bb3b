package dev.muster.work;

import dev.muster.json.Json;
import dev.muster.json.JsonException;
import dev.muster.loop.Loop;
import dev.muster.loop.OutOfMemory;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.queue.Settle;
import dev.muster.run.EndState;
import dev.muster.run.Event;
import dev.muster.run.MemoryBudget;
import dev.muster.run.Program;
import dev.muster.run.RunFailure;
import dev.muster.service.CallerError;
import dev.muster.service.Deployment;
import dev.muster.service.ManagedRun;
import dev.muster.service.RunManager;
import dev.muster.service.RunRequest;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The runs that work on held jobs, and the settlement of their jobs. On one loop. */
final class JobRunner {

    private final Loop loop;
    private final Deployment deployment;
    private final RunManager runManager;
    private final Program program;
    private final String queue;
    private final Leases leases;
    private final Runnable onEnd;
    private int running;
    private long done;
    private long failed;
    private boolean isStopping;

    /**
     * Creates an empty set of runs.
     *
     * @param queue the name of the queue
     * @param onEnd called after each end of a run
     */
    JobRunner(
            Loop loop,
            Deployment deployment,
            RunManager runManager,
            Program program,
            String queue,
            Leases leases,
            Runnable onEnd) {
        this.loop = loop;
        this.deployment = deployment;
        this.runManager = runManager;
        this.program = program;
        this.queue = queue;
        this.leases = leases;
        this.onEnd = onEnd;
    }

    int running() {
        return running;
    }

    long done() {
        return done;
    }

    long failed() {
        return failed;
    }

    /** Marks the consumers as stopping: a run cancelled from now on releases its job instead of counting as a failed attempt. */
    void stop() {
        isStopping = true;
    }

    /**
     * Starts a run for a job.
     *
     * @return false if the node has no room for the run now; true if the run has begun or the job has been settled
     */
    boolean begin(HeldJob heldJob) {
        MemoryBudget.Share held = runManager.memory().share();
        try {
            Object input = Json.parse(heldJob.job.body(), held);
            var request = new RunRequest(
                    heldJob.caller(queue), input, false, null, null, heldJob, event -> {}, held, Duration.ZERO, null);
            ManagedRun run = runManager.take(deployment, loop, program, request);
            running++;
            heldJob.began(run);
            run.end().onComplete(end -> ended(heldJob, run, end.result()));
        } catch (JsonException e) {
            fail(heldJob, new MusterException(ErrorType.BAD_INPUT, "the job's body: " + e.getMessage(), e), true);
        } catch (MusterException e) {
            if (CallerError.isForLackOfRoom(e)) {
                return false;
            }
            if (e.type() == ErrorType.UNAVAILABLE) {
                release(heldJob);
            } else {
                fail(heldJob, e, e.type() == ErrorType.BAD_INPUT || e.type() == ErrorType.LIMIT);
            }
        } catch (RuntimeException | Error e) {
            // Otherwise the job would stay held, its lease extended for ever.
            OutOfMemory.check(e);
            fail(heldJob, new MusterException(ErrorType.INTERNAL, "the run did not begin: " + e, e), false);
        } finally {
            held.letGo();
        }
        return true;
    }

    /** Releases a job without work on it. */
    void release(HeldJob heldJob) {
        leases.end(heldJob, new Settle.Release(heldJob.job.id(), heldJob.job.lease()));
    }

    /**
     * Settles a job as failed before its run began.
     *
     * @param giveUp whether the job is dead at once, without further attempts
     */
    void fail(HeldJob heldJob, MusterException why, boolean giveUp) {
        fail(heldJob, why.toValue(), giveUp);
    }

    private void ended(HeldJob heldJob, ManagedRun run, Event.End end) {
        running--;
        if (heldJob.isLost()) {
            leases.forget(heldJob);
        } else if (end.state() == EndState.DONE) {
            acknowledge(heldJob, end.output());
        } else if (end.state() == EndState.CANCELLED && isStopping) {
            release(heldJob);
        } else {
            fail(heldJob, report(run, end), isTooLarge(end));
        }
        onEnd.run();
    }

    private void acknowledge(HeldJob heldJob, @Nullable Object output) {
        String text;
        try {
            text = Json.write(output);
        } catch (JsonException e) {
            fail(
                    heldJob,
                    new MusterException(ErrorType.LIMIT, "the output cannot be stored: " + e.getMessage(), e),
                    true);
            return;
        }
        done++;
        leases.end(heldJob, new Settle.Ack(heldJob.job.id(), heldJob.job.lease(), text));
    }

    /** Whether the output can never be stored, so that another attempt would fail as well. */
    private static boolean isTooLarge(Event.End end) {
        RunFailure failure = end.failure();
        return failure != null
                && failure.step() == null
                && failure.error().type() == ErrorType.LIMIT
                && !CallerError.isForLackOfRoom(failure.error());
    }

    private void fail(HeldJob heldJob, Map<String, ?> error, boolean giveUp) {
        failed++;
        leases.end(heldJob, new Settle.Fail(heldJob.job.id(), heldJob.job.lease(), Json.write(error), null, giveUp));
    }

    /** The error of a failed attempt, with the steps that had finished or were cancelled. */
    private static Map<String, Object> report(ManagedRun run, Event.End end) {
        var report = new LinkedHashMap<String, Object>();
        RunFailure failure = end.failure();
        if (failure != null) {
            report.putAll(failure.toValue());
            report.put("finished", failure.finished());
            report.put("cancelled", failure.stopped());
        }
        report.put("run", run.id());
        report.put("ms", end.toValue().get("ms"));
        return report;
    }
}
