package dev.muster.node;

import dev.muster.config.Durations;
import dev.muster.loop.Loop;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.run.Program;
import dev.muster.task.CancelReason;
import dev.muster.task.CancelledException;
import dev.muster.task.Task;
import dev.muster.task.Tasks;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The reading of one ad-hoc plan, bounded by the deadline of the run. If the caller leaves or the deadline passes, the
 * caller gets the error at once, and the reading stops before its next expression.
 */
final class AdhocReading {

    private static final CancelReason LEFT = CancelReason.of("the caller left");

    private final Loop loop;
    private final Duration limit;
    private final long beganNanos;
    private final Object written;

    /** Prepares a reading whose result is delivered on this loop. If the plan has no time-out of its own, {@code most} applies. */
    AdhocReading(Loop loop, Duration most, Object written) {
        this.loop = loop;
        this.beganNanos = loop.nanos();
        this.written = written;
        this.limit = written instanceof Map<?, ?> map && map.get("timeout") instanceof String text
                ? Adhoc.duration(text).orElse(most)
                : most;
    }

    /**
     * Reads the plan.
     *
     * @param reader reads the plan; must call its argument repeatedly, with the plan's time-out once it is known
     * @param gone completes when the caller leaves
     * @param over called when the reading has ended, after the returned future has completed, so that its listeners
     *     have already started the run
     */
    Future<Program> run(
            Tasks tasks,
            AdhocPools pools,
            Function<Consumer<Optional<Duration>>, Program> reader,
            Future<?> gone,
            Runnable over) {
        Promise<Program> read = Promise.promise();
        Task<Program> task = tasks.start(
                "a plan that is not saved",
                scope -> pools.read(
                                scope,
                                written,
                                stop -> reader.apply(timeout -> {
                                    if (stop.isStopped()) {
                                        throw new CancelledException(LEFT);
                                    }
                                    Duration most = timeout.orElse(limit);
                                    if (loop.nanos() - beganNanos > most.toNanos()) {
                                        throw tooSlow(most);
                                    }
                                }))
                        .map(Objects::requireNonNull));
        var timer = loop.schedule(limit, () -> {
            read.tryFail(tooSlow(limit));
            task.cancel(CancelReason.of("its time was up"));
        });
        gone.onComplete(left -> task.cancel(LEFT));
        task.future().onComplete((program, failure) -> {
            timer.cancel();
            try {
                if (failure == null) {
                    read.tryComplete(program);
                } else {
                    read.tryFail(failure);
                }
            } finally {
                over.run();
            }
        });
        return read.future();
    }

    private static MusterException tooSlow(Duration limit) {
        return new MusterException(
                ErrorType.TIMEOUT,
                "no answer in " + Durations.human(limit) + ": the ad-hoc plan was not parsed in time");
    }
}
