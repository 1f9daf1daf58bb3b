package dev.muster.work;

import dev.muster.access.Caller;
import dev.muster.loop.Loop;
import dev.muster.loop.OutOfMemory;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.queue.CronClaims;
import dev.muster.run.EndState;
import dev.muster.run.Event;
import dev.muster.run.Program;
import dev.muster.service.Deployment;
import dev.muster.service.ManagedRun;
import dev.muster.service.RunManager;
import dev.muster.service.RunRequest;
import java.time.Duration;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The runs of claimed times and their outcomes. On one loop. */
final class TimedRuns {

    private static final Logger LOG = LoggerFactory.getLogger(CronScheduler.class);

    /** The pause between attempts to start a run on a node without room, and their maximum number. */
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private static final int MAX_TRIES = 10;

    /** The time that a run can take beyond its limit: the wait for room, and its clean-up. */
    private static final Duration BEYOND = Duration.ofSeconds(30);

    private final Loop loop;
    private final Deployment deployment;
    private final RunManager runManager;
    private final CronClaims claims;
    private final Runnable onIdle;
    private int open;
    private int running;
    private long begun;
    private long failed;

    /**
     * Creates an empty set of runs.
     *
     * @param onIdle called each time no run is left
     */
    TimedRuns(Loop loop, Deployment deployment, RunManager runManager, CronClaims claims, Runnable onIdle) {
        this.loop = loop;
        this.deployment = deployment;
        this.runManager = runManager;
        this.claims = claims;
        this.onIdle = onIdle;
    }

    int running() {
        return running;
    }

    long begun() {
        return begun;
    }

    long failed() {
        return failed;
    }

    /** Whether no run is in progress and all ends have been reported. */
    boolean isIdle() {
        return open == 0;
    }

    void completeIfIdle() {
        if (open == 0) {
            onIdle.run();
        }
    }

    /** The time after which a run has certainly ended. */
    Duration longest(Program program) {
        Duration limit = program.plan().timeout();
        return (limit == null ? deployment.runTime() : limit).plus(BEYOND);
    }

    /** Starts the run of a claimed time; retries a little later if the node has no room. */
    void begin(Program program, CronClaims.Claim claim) {
        open++;
        attempt(program, claim, 1);
    }

    private void attempt(Program program, CronClaims.Claim claim, int number) {
        try {
            var caller = Caller.ofNode("cron", Map.of("at", claim.at().toString()));
            ManagedRun run = runManager.take(
                    deployment, loop, program, new RunRequest(caller, Map.of(), false, null, null, event -> {}));
            begun++;
            running++;
            run.end().onComplete(end -> ended(claim, run, end.result()));
        } catch (RuntimeException | Error e) {
            OutOfMemory.check(e);
            if (e instanceof MusterException full && full.type() == ErrorType.LIMIT && number < MAX_TRIES) {
                loop.schedule(PAUSE, () -> attempt(program, claim, number + 1));
                return;
            }
            failed++;
            LOG.atWarn()
                    .addKeyValue("plan", claim.plan())
                    .log("plan {} does not run for {}: {}", claim.plan(), claim.at(), e.toString());
            reportEnd(claim);
        }
    }

    private void ended(CronClaims.Claim claim, ManagedRun run, Event.End end) {
        running--;
        if (end.state() != EndState.DONE) {
            failed++;
            LOG.atWarn()
                    .addKeyValue("run", run.id())
                    .addKeyValue("plan", claim.plan())
                    .log(
                            "run {} of plan {} for {} {}: {}",
                            run.id(),
                            claim.plan(),
                            claim.at(),
                            end.state() == EndState.CANCELLED ? "was cancelled" : "failed",
                            why(end));
        }
        reportEnd(claim);
    }

    private static String why(Event.End end) {
        var failure = end.failure();
        return failure == null
                ? end.state().word()
                : (failure.step() == null ? "" : failure.step() + ": ")
                        + failure.error().detail();
    }

    private void reportEnd(CronClaims.Claim claim) {
        claims.ended(claim).onComplete((done, failure) -> {
            if (failure != null) {
                LOG.warn(
                        "the end of the run of plan {} for {} could not be recorded, so it counts as active for at most"
                                + " {} s: {}",
                        claim.plan(),
                        claim.at(),
                        claim.longest().toSeconds(),
                        failure.getMessage());
            }
            open--;
            completeIfIdle();
        });
    }
}
