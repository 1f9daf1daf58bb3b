package dev.muster.client;

import dev.muster.client.Channel.QueueRequest;
import dev.muster.client.WorkLeases.HeldWork;
import dev.muster.loop.Loop;
import dev.muster.loop.OutOfMemory;
import dev.muster.loop.Timer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker that processes the jobs of a queue until it is closed. Handlers are called on its event loop, which they must not
 * block.
 *
 * <p>A worker holds at most {@code consumers + prefetch} jobs; a job counts until its outcome was reported. While a connection is
 * lost, the worker keeps trying. If a lease is lost meanwhile, the handler is cancelled and its result is dropped.
 */
public final class QueueWorker {

    private static final Logger LOG = LoggerFactory.getLogger(QueueWorker.class);
    private static final Duration WAIT = Duration.ofSeconds(20);
    private static final int MAX_TAKEN = 1_000;

    /** Errors of a take that a repeat would get too. */
    private static final Set<String> FATAL = Set.of("badInput", "denied", "notFound");

    private final Loop loop;
    private final QueueClient queue;
    private final Function<WorkJob, Future<?>> handler;
    private final WorkOptions options;
    private final IntFunction<Duration> pauses;
    private final WorkLeases leases;
    private final WorkReports reports;
    private final ArrayDeque<HeldWork> ahead = new ArrayDeque<>();
    private final Set<HeldWork> running = new LinkedHashSet<>();
    private final Promise<Void> ended = Promise.promise();

    /** The pending take; null if there is none. */
    private @Nullable QueueRequest<List<TakenJob>> take;

    /** Ends a take that was withdrawn and gets no response. */
    private @Nullable Timer withdrawal;

    private @Nullable Timer pause;

    /** Cancels the handlers that have not ended within the drain time. */
    private @Nullable Timer drain;

    private @Nullable Throwable reason;
    private int failures;
    private boolean isStopping;

    QueueWorker(
            Loop loop,
            QueueClient queue,
            Function<WorkJob, Future<?>> handler,
            WorkOptions options,
            IntFunction<Duration> pauses) {
        this.loop = loop;
        this.queue = queue;
        this.handler = handler;
        this.options = options;
        this.pauses = pauses;
        this.leases = new WorkLeases(loop, queue, this::lost);
        this.reports = new WorkReports(loop, queue, this::forget);
    }

    QueueWorker start() {
        loop.execute(this::pull);
        return this;
    }

    /**
     * Closes the worker. It takes no more jobs, releases the jobs taken ahead, and gives handlers the drain time of the options
     * to end. Then handlers are cancelled; the job of a handler that fails after this is released, and its attempt does not
     * count. A report that the node does not respond to is repeated until the lease expires. Idempotent; safe on any thread.
     *
     * @return completes when the last handler has ended, its outcome was reported, and the node hands the worker no more jobs
     */
    public Future<Void> close() {
        loop.execute(() -> stop(options.drain()));
        return ended.future();
    }

    /** Returns a future that completes when the worker has ended. It fails if the queue does not exist or access is denied. */
    public Future<Void> ended() {
        return ended.future();
    }

    /** Closes the worker and cancels its handlers at once. */
    Future<Void> end() {
        loop.execute(() -> {
            reports.last();
            stop(Duration.ZERO);
            cancelHandlers();
        });
        return ended.future();
    }

    // ---- taking

    private void pull() {
        int free = options.consumers() + options.prefetch() - leases.size();
        if (isStopping || take != null || pause != null || free <= 0) {
            return;
        }
        long askedNanos = loop.nanos();
        QueueRequest<List<TakenJob>> request = queue.taking(Math.min(free, MAX_TAKEN), WAIT);
        take = request;
        request.answer()
                .onComplete((response, failure) -> loop.execute(() -> {
                    List<TakenJob> jobs = response == null ? List.of() : response;
                    if (take == request) {
                        endTake();
                        taken(jobs, failure, askedNanos);
                    } else if (!jobs.isEmpty()) {
                        queue.settle(
                                "release", jobs.stream().map(JobMessages::lease).toList());
                    }
                }));
    }

    /** Withdraws the pending take, so that the node responds now. Without a response in time, the take ends empty. */
    private void withdrawTake() {
        if (take != null) {
            withdrawal = loop.schedule(Channel.PATIENCE, () -> {
                endTake();
                completeIfEnded();
            });
            take.withdraw().run();
        }
    }

    private void endTake() {
        take = null;
        if (withdrawal != null) {
            withdrawal.cancel();
            withdrawal = null;
        }
    }

    private void taken(List<TakenJob> jobs, @Nullable Throwable failure, long askedNanos) {
        List<HeldWork> held = jobs.stream().map(this::held).toList();
        if (isStopping) {
            // These jobs were on their way when the take was withdrawn.
            held.forEach(work -> reports.report(work, "release", Map.of()));
            completeIfEnded();
            return;
        }
        if (failure != null && (!(failure instanceof MusterError error) || FATAL.contains(error.type()))) {
            reason = failure;
            stop(options.drain());
            return;
        }
        ahead.addAll(held);
        begin();
        // A take of a closed queue, or of a node that stops, returns at once and empty.
        boolean isEarly = failure != null
                || jobs.isEmpty()
                        && loop.nanos() - askedNanos < WAIT.dividedBy(2).toNanos();
        if (isEarly) {
            pause = loop.schedule(pauses.apply(failures++), () -> {
                pause = null;
                pull();
            });
        } else {
            failures = 0;
            pull();
        }
    }

    private HeldWork held(TakenJob job) {
        var work = new HeldWork(job);
        leases.hold(work);
        return work;
    }

    private void begin() {
        while (running.size() < options.consumers() && !isStopping && !ahead.isEmpty()) {
            HeldWork work = ahead.removeFirst();
            work.isRunning = true;
            running.add(work);
            MusterClient.call(handler, new WorkJob(work.job, work.cancelled.future(), this))
                    .onComplete((value, failure) -> loop.execute(() -> ended(work, value, failure)));
        }
    }

    // ---- outcomes

    private void ended(HeldWork work, @Nullable Object value, @Nullable Throwable failure) {
        running.remove(work);
        work.isRunning = false;
        boolean isCancelled = work.cancelled.future().isComplete();
        if (leases.has(work)) {
            if (work.isRefused || isCancelled && failure != null) {
                // The release is rejected if the lease is lost, and cancels the job if its cancel was requested.
                reports.report(work, "release", Map.of());
            } else if (failure != null) {
                reports.report(work, "fail", failed(work, failure));
            } else {
                reports.report(work, "ack", value == null ? Map.of() : Map.of("output", value));
            }
        }
        begin();
        pull();
        completeIfEnded();
    }

    private Map<String, @Nullable Object> failed(HeldWork work, Throwable failure) {
        try {
            if (!(failure instanceof JobFailure) && !(failure instanceof MusterError)) {
                LOG.warn("the handler failed on job {} of queue {}", work.job.id(), queue.name(), failure);
            }
            return JobMessages.failure(failure);
        } catch (Throwable broken) {
            // Reading the message of the failure, which is users' code, has thrown.
            OutOfMemory.check(broken);
            return JobMessages.failure(JobMessages.failed(failure.getClass().getName()), null, false);
        }
    }

    private void forget(List<HeldWork> some) {
        some.forEach(leases::forget);
        pull();
        completeIfEnded();
    }

    private void lost(HeldWork work, String why) {
        LOG.warn("job {} of queue {} is no longer held: {}", work.job.id(), queue.name(), why);
        ahead.remove(work);
        if (!work.isRefused) {
            reports.forget(work);
            forget(List.of(work));
        } else if (!work.isRunning && !work.hasOutcome()) {
            reports.report(work, "release", Map.of());
        }
        work.cancelled.tryComplete();
    }

    // ---- the end

    private void stop(Duration drainTime) {
        if (isStopping) {
            return;
        }
        isStopping = true;
        if (pause != null) {
            pause.cancel();
        }
        // This comes first: the pending take would otherwise get the jobs that are released below.
        withdrawTake();
        leases.last();
        ahead.forEach(work -> reports.report(work, "release", Map.of()));
        ahead.clear();
        if (drainTime.isZero()) {
            cancelHandlers();
        } else if (!running.isEmpty() && drainTime.compareTo(WorkOptions.UNTIL_DONE) < 0) {
            drain = loop.schedule(drainTime, this::cancelHandlers);
        }
        completeIfEnded();
    }

    private void cancelHandlers() {
        List.copyOf(running).forEach(work -> work.cancelled.tryComplete());
    }

    private void completeIfEnded() {
        if (isStopping && take == null && running.isEmpty() && leases.size() == 0) {
            if (drain != null) {
                drain.cancel();
            }
            if (reason == null) {
                ended.tryComplete();
            } else {
                ended.tryFail(reason);
            }
        }
    }
}
