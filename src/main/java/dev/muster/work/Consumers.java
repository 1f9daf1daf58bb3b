package dev.muster.work;

import dev.muster.dispatch.Dispatcher;
import dev.muster.dispatch.Offer;
import dev.muster.loop.Loop;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.queue.Job;
import dev.muster.queue.JobQueue;
import dev.muster.run.Program;
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
 * The consumers of one plan on one loop: jobs of a queue become its runs, and what comes of a run is said of its job.
 *
 * <p>Never more jobs are held than are worked on and may be taken ahead. Their leases are extended; a run whose lease is lost is
 * cancelled. A run that failed is a failed try; an input that the plan refuses makes the job dead at once, as no other try
 * can help. {@link #start} and {@link #stop} from any thread.
 */
public final class Consumers implements Duty, Leases.Holder {

    private static final Logger LOG = LoggerFactory.getLogger(Consumers.class);

    /** How soon jobs are asked for again where there was no room for a run, none are left, or the queue failed. */
    private static final Duration PAUSE = Duration.ofSeconds(1);

    /**
     * The consumers at one moment.
     *
     * @param consumers how many jobs may be worked on at once
     * @param running how many are
     * @param ahead how many were taken ahead
     * @param done runs that were done since the start
     * @param failed runs that failed since the start
     */
    public record Statistics(int consumers, int running, int ahead, long done, long failed) {}

    private final Loop loop;
    private final Offer offer;
    private final JobQueue queue;
    private final int consumers;
    private final int prefetch;
    private final Leases leases;
    private final Tries tries;
    private final ArrayDeque<HeldJob> ahead = new ArrayDeque<>();
    private final Promise<Void> stopped = Promise.promise();
    private @Nullable Task<Void> feeding;
    private @Nullable Scope scope;
    private boolean isTaking;
    private boolean isPausing;
    private boolean isRefused;
    private boolean isStopping;

    /**
     * Consumers that have not started.
     *
     * @param consumers how many jobs are worked on at once, at least 1
     * @param prefetch how many more are taken ahead
     */
    public Consumers(
            Loop loop,
            Offer offer,
            Dispatcher dispatcher,
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
                new Tries(loop, offer, dispatcher, program, queue.settings().name(), leases, this::goOn);
    }

    /** Begins to take jobs. */
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
     * Takes no more jobs, and gives back those that were taken ahead.
     *
     * @return completes on the loop when the last run has ended and the queue knows of it
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

    /** What can be told of them at this moment. On the loop. */
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
        queue.take(inside, Math.min(free, JobQueue.MOST_TAKEN)).onComplete(this::taken);
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
            LOG.info("queue {} gives jobs again", queue.settings().name());
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

    /** Says in the log what has changed, not each answer: jobs are asked for each second. */
    private void refused(Throwable failure) {
        if (isRefused) {
            LOG.debug("still no jobs from queue {}: {}", queue.settings().name(), Why.of(failure));
        } else {
            isRefused = true;
            LOG.warn(
                    "no jobs from queue {}, which is asked on: {}",
                    queue.settings().name(),
                    Why.of(failure));
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

    // ---- what becomes of leases

    @Override
    public void cancelAsked(HeldJob one) {
        String why = "its cancel was asked for";
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
