package dev.muster.node;

import dev.muster.config.Durations;
import dev.muster.connect.PoolSettings;
import dev.muster.connect.StopSignal;
import dev.muster.connect.WorkPool;
import dev.muster.json.JsonSize;
import dev.muster.loop.Futures;
import dev.muster.loop.Loop;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.run.Program;
import dev.muster.service.CallerError;
import dev.muster.task.CancelReason;
import dev.muster.task.CancelledException;
import dev.muster.task.Scope;
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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The thread pools that read ad-hoc plans. They do no other work, so a slow plan blocks no other component. Small plans
 * have a thread of their own and never wait behind large ones. Safe on any thread.
 */
final class AdhocPools {

    /** The largest small plan, in characters; reading one takes some tens of milliseconds. */
    private static final int SMALL = 16 << 10;

    private static final CancelReason LEFT = CancelReason.of("the caller left");
    private static final Map<String, Object> LATER = Map.of(CallerError.RETRY_AFTER, 1L);

    private final PoolSettings settings;
    private final WorkPool small;
    private final WorkPool large;

    /** Creates the pools. The settings apply to the pool of large plans; the pool of small plans has one thread. */
    AdhocPools(PoolSettings settings) {
        this.settings = settings;
        this.small = new WorkPool(new PoolSettings(settings.name(), 1, settings.waiting(), false, settings.grace()));
        this.large = new WorkPool(settings);
    }

    /** The default settings, named {@code adhoc}: half as many threads as cores, at least one; 100 waiting plans. */
    static PoolSettings usual() {
        int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        return new PoolSettings("adhoc", threads, 100, false, PoolSettings.cpu().grace());
    }

    /**
     * Reads a plan, bounded by the deadline of its run. If the caller leaves or the deadline passes, the caller gets the
     * error at once, and the reading stops before its next expression.
     *
     * @param written the plan as a JSON value, or its text
     * @param longest the deadline if the plan has no time-out of its own
     * @param reading reads the plan; must call its argument repeatedly, with the plan's time-out once it is known
     * @param gone completes when the caller leaves
     * @param onEnd called when the reading has ended, after the returned future has completed, so that its listeners
     *     have already started the run
     * @return the program, on the loop of the tasks
     */
    Future<Program> read(
            Tasks tasks,
            Object written,
            Duration longest,
            Function<Consumer<Optional<Duration>>, Program> reading,
            Future<?> gone,
            Runnable onEnd) {
        Loop loop = tasks.loop();
        long startNanos = loop.nanos();
        Duration limit = written instanceof Map<?, ?> map && map.get("timeout") instanceof String text
                ? Adhoc.duration(text).orElse(longest)
                : longest;
        Promise<Program> read = Promise.promise();
        Task<Program> task = tasks.start(
                "a plan that is not saved",
                scope -> submit(
                                scope,
                                written,
                                stop -> reading.apply(timeout -> {
                                    if (stop.isStopped()) {
                                        throw new CancelledException(LEFT);
                                    }
                                    Duration most = timeout.orElse(limit);
                                    if (loop.nanos() - startNanos > most.toNanos()) {
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
                onEnd.run();
            }
        });
        return read.future();
    }

    Future<?> close(Loop loop) {
        return Futures.whenAllEnd(Stream.of(small.close(loop), large.close(loop)));
    }

    /**
     * Reads a plan on the pool for its size.
     *
     * @throws MusterException of type {@code limit} with {@code retryAfter} if too many plans wait
     */
    private Future<@Nullable Program> submit(Scope scope, Object written, Function<StopSignal, Program> reading) {
        WorkPool pool = JsonSize.of(written, SMALL) <= SMALL ? small : large;
        WorkPool.Statistics now = pool.statistics();
        if (now.running() >= now.threads() && now.waiting() >= settings.waiting()) {
            throw new MusterException(
                    ErrorType.LIMIT,
                    "more than " + settings.waiting() + " ad-hoc plans wait to be parsed"
                            + " (server.limits.adhocWaiting); try again later",
                    LATER,
                    null);
        }
        return pool.submit(scope, "a plan that is not saved", reading::apply);
    }

    private static MusterException tooSlow(Duration limit) {
        return new MusterException(
                ErrorType.TIMEOUT,
                "no answer in " + Durations.human(limit) + ": the ad-hoc plan was not parsed in time");
    }
}
