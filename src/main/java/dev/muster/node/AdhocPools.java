package dev.muster.node;

import dev.muster.connect.PoolSettings;
import dev.muster.connect.StopSignal;
import dev.muster.connect.WorkPool;
import dev.muster.json.JsonSize;
import dev.muster.loop.Loop;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.run.Program;
import dev.muster.service.CallerError;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The thread pools that read ad-hoc plans. They do no other work, so a slow plan blocks no other component. Small plans
 * have a thread of their own and never wait behind large ones. Safe on any thread.
 */
final class AdhocPools {

    /** The largest small plan, in characters; reading one takes some tens of milliseconds. */
    private static final int SMALL = 16 << 10;

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
     * Reads a plan on the pool for its size.
     *
     * @param written the plan as a JSON value, or its text
     * @param reading reads the plan; its argument signals a stop
     * @return the program
     * @throws MusterException of type {@code limit} with {@code retryAfter} if too many plans wait
     */
    Future<@Nullable Program> read(Scope scope, Object written, Function<StopSignal, Program> reading) {
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

    /** Stops the pools. */
    Future<?> close(Loop loop) {
        Future<Void> first = small.close(loop);
        Future<Void> second = large.close(loop);
        return first.eventually(() -> second);
    }
}
