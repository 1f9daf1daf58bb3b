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
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The runs that work on held jobs, and the settlement of their jobs. On one loop. */
final class JobRunner {

    private final Loop loop;
    private final Deployment offer;
    private final RunManager runManager;
    private final Program program;
    private final String queue;
    private final Leases leases;
    private final Runnable ended;
    private int running;
    private long done;
    private long failed;
    private boolean isStopping;

    /**
     * Creates an empty set of runs.
     *
     * @param queue the name of the queue
     * @param ended called after each end of a run
     */
    JobRunner(
            Loop loop,
            Deployment offer,
            RunManager runManager,
            Program program,
            String queue,
            Leases leases,
            Runnable ended) {
        this.loop = loop;
        this.offer = offer;
        this.runManager = runManager;
        this.program = program;
        this.queue = queue;
        this.leases = leases;
        this.ended = ended;
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
    boolean begin(HeldJob one) {
        MemoryBudget.Share held = runManager.memory().share();
        try {
            Object input = Json.parse(one.job.body(), held);
            var request = new RunRequest(
                    one.caller(queue), input, false, null, null, one, event -> {}, held, Duration.ZERO, null);
            ManagedRun run = runManager.take(offer, loop, program, request);
            running++;
            one.began(run);
            run.end().onComplete(end -> ended(one, run, end.result()));
        } catch (JsonException e) {
            fail(one, new MusterException(ErrorType.BAD_INPUT, "the job's body: " + e.getMessage(), e), true);
        } catch (MusterException e) {
            if (CallerError.isForLackOfRoom(e)) {
                return false;
            }
            if (e.type() == ErrorType.UNAVAILABLE) {
                giveBack(one);
            } else {
                fail(one, e, e.type() == ErrorType.BAD_INPUT || e.type() == ErrorType.LIMIT);
            }
        } catch (RuntimeException | Error e) {
            // Otherwise the job would stay held, its lease extended for ever.
            OutOfMemory.check(e);
            fail(one, new MusterException(ErrorType.INTERNAL, "the run did not begin: " + e, e), false);
        } finally {
            held.letGo();
        }
        return true;
    }

    /** Releases a job without work on it. */
    void giveBack(HeldJob one) {
        leases.end(one, new Settle.Release(one.job.id(), one.job.lease()));
    }

    /**
     * Settles a job as failed before its run began.
     *
     * @param giveUp whether the job is dead at once, without further attempts
     */
    void fail(HeldJob one, MusterException why, boolean giveUp) {
        fail(one, why.toValue(), giveUp);
    }

    private void ended(HeldJob one, ManagedRun run, Event.End end) {
        running--;
        if (one.isLost()) {
            leases.forget(one);
        } else if (end.state() == EndState.DONE) {
            acknowledge(one, end.output());
        } else if (end.state() == EndState.CANCELLED && isStopping) {
            giveBack(one);
        } else {
            fail(one, TryReport.of(run, end), isTooLarge(end));
        }
        ended.run();
    }

    private void acknowledge(HeldJob one, @Nullable Object output) {
        String text;
        try {
            text = text(output);
        } catch (JsonException e) {
            fail(one, new MusterException(ErrorType.LIMIT, "the output cannot be stored: " + e.getMessage(), e), true);
            return;
        }
        done++;
        leases.end(one, new Settle.Ack(one.job.id(), one.job.lease(), text));
    }

    /** Whether the output can never be stored, so that another attempt would fail as well. */
    private static boolean isTooLarge(Event.End end) {
        RunFailure failure = end.failure();
        return failure != null
                && failure.step() == null
                && failure.error().type() == ErrorType.LIMIT
                && !CallerError.isForLackOfRoom(failure.error());
    }

    private void fail(HeldJob one, Map<String, ?> error, boolean giveUp) {
        failed++;
        leases.end(one, new Settle.Fail(one.job.id(), one.job.lease(), text(error), null, giveUp));
    }

    private static String text(@Nullable Object value) {
        return Json.write(value);
    }
}
