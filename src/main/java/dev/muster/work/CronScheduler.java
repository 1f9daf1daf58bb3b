package dev.muster.work;

import dev.muster.loop.Loop;
import dev.muster.loop.Timer;
import dev.muster.plan.Trigger;
import dev.muster.queue.CronClaims;
import dev.muster.run.Program;
import dev.muster.service.Deployment;
import dev.muster.service.RunManager;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The scheduler of the cron plans on one loop: it claims each scheduled time and starts a run if the claim is granted.
 *
 * <p>The time comes from {@link CronClaims}, which is queried before each scheduled time and at least every minute. A clock
 * that jumps and a node that was suspended are noticed at the next query; timers only measure the wait until then.
 * {@link #start} and {@link #stop} are safe on any thread.
 */
public final class CronScheduler implements Lifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(CronScheduler.class);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

    /** The wait before the next query after a failure or while a claim is pending. */
    private static final Duration SOON = Duration.ofSeconds(1);

    /**
     * The state of the scheduler at one moment.
     *
     * @param plans the number of scheduled plans
     * @param running the number of runs in progress
     * @param begun the number of runs begun since the start
     * @param failed the number of runs that were not done or could not begin
     * @param overlapped the number of times skipped because the previous run was in progress
     * @param missed the number of times skipped because this node was too late and knew of no run elsewhere
     */
    public record Statistics(int plans, int running, long begun, long failed, long overlapped, long missed) {}

    private final Loop loop;
    private final CronClaims claims;
    private final List<PlanSchedule> schedules = new ArrayList<>();
    private final TimedRuns runs;
    private final Promise<Void> stopped = Promise.promise();
    private @Nullable Timer timer;
    private boolean isReadingTime;
    private boolean isTimeKnown = true;
    private boolean isStarted;
    private boolean isStopping;

    /** Creates a scheduler for those programs that have a cron trigger; it is not started. */
    public CronScheduler(
            Loop loop, Deployment deployment, RunManager runManager, Collection<Program> programs, CronClaims claims) {
        this.loop = loop;
        this.claims = claims;
        this.runs = new TimedRuns(loop, deployment, runManager, claims, this::completeIfStopped);
        for (Program program : programs) {
            if (program.plan().trigger() instanceof Trigger.Times times) {
                schedules.add(new PlanSchedule(program, times, claims, runs));
            }
        }
    }

    @Override
    public void start() {
        loop.execute(() -> {
            if (!isStopping && !isStarted && !schedules.isEmpty()) {
                isStarted = true;
                look();
            }
        });
    }

    /**
     * Stops claiming.
     *
     * @return completes on the loop when the last run has ended and its end has been recorded with its claim
     */
    @Override
    public Future<Void> stop() {
        loop.execute(() -> {
            isStopping = true;
            if (timer != null) {
                timer.cancel();
            }
            completeIfStopped();
        });
        return stopped.future();
    }

    /** The current statistics. On the loop. */
    public Statistics statistics() {
        return new Statistics(
                schedules.size(),
                runs.running(),
                runs.begun(),
                runs.failed(),
                schedules.stream().mapToLong(PlanSchedule::overlapped).sum(),
                schedules.stream().mapToLong(PlanSchedule::missed).sum());
    }

    private void look() {
        if (isStopping || isReadingTime) {
            return;
        }
        isReadingTime = true;
        claims.now().onComplete((now, failure) -> {
            isReadingTime = false;
            if (!isStopping) {
                lookAgainIn(now == null ? timeIsUnknown(failure) : lookAt(now));
            }
        });
    }

    private Duration lookAt(Instant now) {
        isTimeKnown = true;
        Duration wait = LONGEST_WAIT;
        for (PlanSchedule schedule : schedules) {
            Duration own = schedule.look(now, SOON);
            wait = own.compareTo(wait) < 0 ? own : wait;
        }
        return wait;
    }

    private Duration timeIsUnknown(Throwable failure) {
        if (isTimeKnown) {
            LOG.warn("plans with cron triggers wait, as the current time cannot be read: {}", failure.getMessage());
        }
        isTimeKnown = false;
        return SOON;
    }

    private void lookAgainIn(Duration wait) {
        timer = loop.schedule(wait, this::look);
    }

    private void completeIfStopped() {
        if (isStopping && runs.isIdle() && schedules.stream().noneMatch(PlanSchedule::isClaiming)) {
            stopped.tryComplete();
        }
    }
}
