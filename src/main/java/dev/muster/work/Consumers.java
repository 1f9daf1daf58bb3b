package dev.muster.work;

import dev.muster.loop.Loop;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.queue.Job;
import dev.muster.queue.JobQueue;
import dev.muster.run.Program;
import dev.muster.service.Deployment;
import dev.muster.service.RunManager;
import dev.muster.task.CancelReason;
import dev.muster.task.Scope;
import dev.muster.task.Task;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The consumers of one plan on one loop: each job of a queue becomes a run, whose outcome settles the job.
 *
 * <p>At most {@code consumers + prefetch} jobs are held at once (back-pressure). Their leases are extended; a run whose
 * lease is lost is cancelled. A failed run is a failed attempt. An input that the plan rejects makes the job dead at
 * once, because a retry cannot help. {@link #start} and {@link #stop} are safe on any thread.
 */
public final class Consumers implements Lifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(Consumers.class);

    /** The pause before the next take after the node had no room for a run, the queue was empty or the queue failed. */
    private static final Duration PAUSE = Duration.ofSeconds(1);

    /**
     * The state of the consumers at one moment.
     *
     * @param consumers the maximum number of jobs at work at once
     * @param running the number of jobs at work
     * @param ahead the number of prefetched jobs
     * @param done the number of runs done since the start
     * @param failed the number of failed attempts since the start
     */
    public record Statistics(int consumers, int running, int ahead, long done, long failed) {}

    private final Loop loop;
    private final Deployment deployment;
    private final JobQueue queue;
    private final int consumers;
    private final int prefetch;
    private final Leases leases;
    private final JobRunner runs;
    private final ArrayDeque<HeldJob> ahead = new ArrayDeque<>();
    private final Promise<Void> stopped = Promise.promise();
    private @Nullable Task<Void> feeding;
    private @Nullable Scope scope;
    private boolean isTaking;
    private boolean isPausing;
    private boolean isFailing;
    private boolean isStopping;

    /**
     * Creates consumers that are not started.
     *
     * @param consumers the maximum number of jobs at work at once, at least 1
     * @param prefetch the number of further jobs taken ahead
     */
    public Consumers(
            Loop loop,
            Deployment deployment,
            RunManager runManager,
            Program program,
            JobQueue queue,
            int consumers,
            int prefetch) {
        this.loop = loop;
        this.deployment = deployment;
        this.queue = queue;
        this.consumers = consumers;
        this.prefetch = prefetch;
        this.leases = new Leases(loop, queue, this);
        this.runs = new JobRunner(
                loop, deployment, runManager, program, queue.settings().name(), leases, this::proceed);
    }

    /** Starts taking jobs. */
    @Override
    public void start() {
        loop.execute(() -> {
            if (!isStopping && feeding == null) {
                leases.start();
                feeding = deployment
                        .tasks(loop)
                        .start("consumers of " + queue.settings().name(), inside -> {
                            scope = inside;
                            pull();
                            return stopped.future();
                        });
            }
        });
    }

    /**
     * Stops taking jobs and releases prefetched ones.
     *
     * @return completes on the loop when the last run has ended and the queue has settled its job
     */
    @Override
    public Future<Void> stop() {
        loop.execute(() -> {
            isStopping = true;
            runs.stop();
            if (feeding != null) {
                feeding.cancel(CancelReason.shutdown("its consumers stop"));
            }
            releaseAhead();
            completeIfStopped();
        });
        return stopped.future();
    }

    /** The current statistics. On the loop. */
    public Statistics statistics() {
        return new Statistics(consumers, runs.running(), ahead.size(), runs.done(), runs.failed());
    }

    // ---- taking

    private void pull() {
        int free = consumers + prefetch - leases.size();
        Scope inside = scope;
        if (isStopping || isTaking || isPausing || free <= 0 || inside == null) {
            return;
        }
        isTaking = true;
        queue.take(inside, Math.min(free, JobQueue.MAX_TAKEN)).onComplete(this::taken);
    }

    private void taken(@Nullable List<Job> jobs, @Nullable Throwable failure) {
        isTaking = false;
        if (jobs != null) {
            jobs.forEach(job -> ahead.addLast(leases.hold(job)));
        }
        if (isStopping) {
            releaseAhead();
            completeIfStopped();
            return;
        }
        if (isFailing && failure == null) {
            isFailing = false;
            LOG.info("queue {} delivers jobs again", queue.settings().name());
        }
        begin();
        if (jobs != null && !jobs.isEmpty()) {
            pull();
            return;
        }
        if (failure != null) {
            failed(failure);
        }
        pause();
    }

    /** Logs a failed take. Only a change is logged as a warning, because takes are repeated every second. */
    private void failed(Throwable failure) {
        if (isFailing) {
            LOG.debug("still no jobs from queue {}: {}", queue.settings().name(), OutcomeQueue.reason(failure));
        } else {
            isFailing = true;
            LOG.warn("no jobs from queue {}, retrying: {}", queue.settings().name(), OutcomeQueue.reason(failure));
        }
    }

    private void pause() {
        if (!isPausing) {
            isPausing = true;
            loop.schedule(PAUSE, () -> {
                isPausing = false;
                begin();
                pull();
            });
        }
    }

    private void begin() {
        while (runs.running() < consumers && !isPausing && !isStopping) {
            HeldJob next = ahead.pollFirst();
            if (next == null) {
                return;
            }
            if (!runs.begin(next)) {
                ahead.addFirst(next);
                pause();
            }
        }
    }

    private void proceed() {
        begin();
        pull();
        completeIfStopped();
    }

    private void releaseAhead() {
        ahead.forEach(runs::release);
        ahead.clear();
    }

    // ---- events of leases

    /** Called when the cancel of a job was requested. */
    void cancelAsked(HeldJob heldJob) {
        String why = "its cancel was requested";
        if (heldJob.isRunning()) {
            heldJob.cancel(why);
        } else {
            ahead.remove(heldJob);
            runs.fail(heldJob, new MusterException(ErrorType.CANCELLED, why), false);
        }
    }

    /** Called when the lease of a job is lost: another consumer can hold the job. */
    void lost(HeldJob heldJob, String why) {
        heldJob.lose(why);
        if (!heldJob.isRunning()) {
            ahead.remove(heldJob);
            leases.forget(heldJob);
            pull();
        }
    }

    /** Called when a job that had ended has been settled. */
    void settled() {
        pull();
        completeIfStopped();
    }

    private void completeIfStopped() {
        if (isStopping && !isTaking && runs.running() == 0 && !leases.isSettling()) {
            leases.stop();
            stopped.tryComplete();
        }
    }
}
