package dev.muster.web;

import dev.muster.config.Durations;
import dev.muster.loop.Loop;
import dev.muster.loop.Nanos;
import dev.muster.loop.Timer;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.service.Deployment;
import dev.muster.task.Task;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The readiness checks of a node's sources. Probes never add up to a load: each source has one check at a time, and results are
 * reused for a while. One instance for each node. {@link #check} is safe on any thread; everything else runs on its loop.
 */
public final class HealthChecks {

    private static final Logger LOG = LoggerFactory.getLogger(HealthChecks.class);

    private final Loop loop;
    private final Duration limit;
    private final long freshNanos;
    private final Map<String, Source> sources = new LinkedHashMap<>();
    private final Map<String, Boolean> ready = new HashMap<>();
    private @Nullable Deployment checked;
    private @Nullable Promise<Map<String, SourceHealth>> latest;
    private long checkedNanos;

    /**
     * The result of the latest readiness check of a source.
     *
     * @param isReady whether the source is ready
     * @param isNeeded whether the node is ready only if the source is
     * @param nanos the duration of the check, in nanoseconds
     * @param error the type of the error, or null if the source is ready
     * @param detail the detail of the error, with addresses and names of databases, or null
     */
    record SourceHealth(
            boolean isReady,
            boolean isNeeded,
            long nanos,
            @Nullable String error,
            @Nullable String detail) {

        /**
         * The result as a JSON value.
         *
         * @param withDetail whether the reader may see the addresses and names of databases
         */
        Map<String, Object> toValue(boolean withDetail) {
            var value = new LinkedHashMap<String, Object>();
            value.put("ready", isReady);
            value.put("optional", !isNeeded);
            value.put("ms", Nanos.toMillis(nanos));
            if (error != null) {
                value.put("error", withDetail ? error + ": " + detail : error);
            }
            return value;
        }
    }

    /**
     * Checks on this loop.
     *
     * @param limit the time-out of a check
     * @param fresh how long results are reused
     */
    public HealthChecks(Loop loop, Duration limit, Duration fresh) {
        this.loop = loop;
        this.limit = limit;
        this.freshNanos = fresh.toNanos();
    }

    /**
     * The readiness of the sources of this deployment. Never fails; a check that takes too long counts as not ready. Completes on
     * the loop of the checks.
     */
    Future<Map<String, SourceHealth>> check(Deployment offer) {
        Promise<Map<String, SourceHealth>> done = Promise.promise();
        loop.execute(() -> onLoop(offer).onComplete(done));
        return done.future();
    }

    private Future<Map<String, SourceHealth>> onLoop(Deployment offer) {
        if (checked != offer) {
            checked = offer;
            latest = null;
            sources.clear();
            ready.keySet().retainAll(offer.needed().keySet());
            offer.needed().forEach((name, needed) -> sources.put(name, new Source(name, needed)));
        }
        boolean running = latest != null && !latest.future().isComplete();
        boolean fresh = latest != null && loop.nanos() - checkedNanos < freshNanos;
        if (latest != null && (running || fresh)) {
            return latest.future();
        }
        Promise<Map<String, SourceHealth>> all = Promise.promise();
        latest = all;
        checkedNanos = loop.nanos();
        var round = new Round(all, sources.size());
        sources.values().forEach(source -> source.check(offer, round));
        round.completeIfDone();
        return all.future();
    }

    /** One round of checks over all sources. */
    private static final class Round {
        private final Promise<Map<String, SourceHealth>> all;
        private final Map<String, SourceHealth> answers = new LinkedHashMap<>();
        private final int size;

        Round(Promise<Map<String, SourceHealth>> all, int size) {
            this.all = all;
            this.size = size;
        }

        void answered(String source, SourceHealth health) {
            answers.putIfAbsent(source, health);
            completeIfDone();
        }

        void completeIfDone() {
            if (answers.size() == size) {
                all.tryComplete(answers);
            }
        }
    }

    /** One source. While a check hangs, no other one is started. */
    private final class Source {
        private final String name;
        private final boolean needed;
        private boolean isChecking;

        Source(String name, boolean needed) {
            this.name = name;
            this.needed = needed;
        }

        void check(Deployment offer, Round round) {
            if (isChecking) {
                answered(round, late(limit.toNanos()));
                return;
            }
            isChecking = true;
            long began = loop.nanos();
            Task<@Nullable Void> task = offer.tasks(loop)
                    .start("health of " + name, scope -> offer.ready(scope, name))
                    .withTimeout(limit);
            Timer timer = loop.schedule(limit, () -> answered(round, late(limit.toNanos())));
            task.onEnd(ended -> {
                isChecking = false;
                timer.cancel();
                long nanos = loop.nanos() - began;
                answered(round, ended.outcome().isOk() ? ready(nanos) : notReady(ended.failure(), nanos));
            });
        }

        /** Reports a result, and records it unless a reload has replaced the source. */
        private void answered(Round round, SourceHealth health) {
            if (sources.get(name) == this) {
                remember(health);
            }
            round.answered(name, health);
        }

        /** Records a result. Only changes are logged. */
        private void remember(SourceHealth health) {
            Boolean before = ready.put(name, health.isReady());
            boolean changed = before == null ? !health.isReady() : before != health.isReady();
            if (changed && health.isReady()) {
                LOG.info("source {} is ready again", name);
            } else if (changed) {
                LOG.warn("source {} is not ready: {}: {}", name, health.error(), health.detail());
            }
        }

        private SourceHealth ready(long nanos) {
            return new SourceHealth(true, needed, nanos, null, null);
        }

        private SourceHealth notReady(Throwable failure, long nanos) {
            return failure instanceof MusterException error
                    ? new SourceHealth(false, needed, nanos, error.type().word(), error.detail())
                    : late(nanos);
        }

        private SourceHealth late(long nanos) {
            return new SourceHealth(
                    false, needed, nanos, ErrorType.TIMEOUT.word(), "no answer in " + Durations.human(limit));
        }
    }
}
