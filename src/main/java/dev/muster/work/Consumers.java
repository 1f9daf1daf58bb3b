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
public final class Consumers implements Lifecycle, Leases.Holder {

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
    private final Deployment offer;
    private final JobQueue queue;
    private final int consumers;
    private final int prefetch;
    private final Leases leases;
    private final JobRunner tries;
    private final ArrayDeque<HeldJob> ahead = new ArrayDeque<>();
    private final Promise<Void> stopped = Promise.promise();
    private @Nullable Task<Void> feeding;
    private @Nullable Scope scope;
    private boolean isTaking;
    private boolean isPausing;
    private boolean isRefused;
    private boolean isStopping;

    /**
     * Creates consumers that are not started.
     *
     * @param consumers the maximum number of jobs at work at once, at least 1
     * @param prefetch the number of further jobs taken ahead
     */
    public Consumers(
            Loop loop,
            Deployment offer,
            RunManager runManager,
            Program program,
            JobQueue queue,
            int consumers,
            int prefetch) {
        this.loop = loop;
        this.offer = offer;
        this.queue = queue;
        this.consumers = consumers;
        this.prefetch = prefetch;
        this.leases = new Leases(loop, queue, this);
        this.tries =
                new JobRunner(loop, offer, runManager, program, queue.settings().name(), leases, this::goOn);
    }

    /** Starts taking jobs. */
    @Override
    public void start() {
        loop.execute(() -> {
            if (!isStopping && feeding == null) {
                leases.start();
                feeding = offer.tasks(loop)
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
            tries.stop();
            if (feeding != null) {
                feeding.cancel(CancelReason.shutdown("its consumers stop"));
            }
            giveBackAhead();
            tellIfStopped();
        });
        return stopped.future();
    }

    /** The current statistics. On the loop. */
    public Statistics statistics() {
        return new Statistics(consumers, tries.running(), ahead.size(), tries.done(), tries.failed());
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
            giveBackAhead();
            tellIfStopped();
            return;
        }
        if (isRefused && failure == null) {
            isRefused = false;
            LOG.info("queue {} delivers jobs again", queue.settings().name());
        }
        begin();
        if (jobs != null && !jobs.isEmpty()) {
            pull();
            return;
        }
        if (failure != null) {
            refused(failure);
        }
        pause();
    }

    /** Logs a failed take. Only a change is logged as a warning, because takes are repeated every second. */
    private void refused(Throwable failure) {
        if (isRefused) {
            LOG.debug("still no jobs from queue {}: {}", queue.settings().name(), FailureReasons.of(failure));
        } else {
            isRefused = true;
            LOG.warn("no jobs from queue {}, retrying: {}", queue.settings().name(), FailureReasons.of(failure));
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
        while (tries.running() < consumers && !isPausing && !isStopping) {
            HeldJob next = ahead.pollFirst();
            if (next == null) {
                return;
            }
            if (!tries.begin(next)) {
                ahead.addFirst(next);
                pause();
            }
        }
    }

    private void goOn() {
        begin();
        pull();
        tellIfStopped();
    }

    private void giveBackAhead() {
        ahead.forEach(tries::giveBack);
        ahead.clear();
    }

    // ---- events of leases

    @Override
    public void cancelAsked(HeldJob one) {
        String why = "its cancel was requested";
        if (one.isRunning()) {
            one.cancel(why);
        } else {
            ahead.remove(one);
            tries.fail(one, new MusterException(ErrorType.CANCELLED, why), false);
        }
    }

    @Override
    public void lost(HeldJob one, String why) {
        one.lose(why);
        if (!one.isRunning()) {
            ahead.remove(one);
            leases.forget(one);
            pull();
        }
    }

    @Override
    public void said() {
        pull();
        tellIfStopped();
    }

    private void tellIfStopped() {
        if (isStopping && !isTaking && tries.running() == 0 && !leases.isSaying()) {
            leases.stop();
            stopped.tryComplete();
        }
    }
}
