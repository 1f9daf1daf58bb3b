package dev.muster.node;

import dev.muster.config.Problems;
import dev.muster.connect.postgres.PostgresSettings;
import dev.muster.loop.Futures;
import dev.muster.loop.Loop;
import dev.muster.plan.Plan;
import dev.muster.plan.Trigger;
import dev.muster.queue.CronClaims;
import dev.muster.queue.JobStore;
import dev.muster.queue.MemoryStore;
import dev.muster.queue.QueueSettings;
import dev.muster.queue.ReconnectingJobStore;
import dev.muster.queue.postgres.PostgresStores;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The job stores of a node: the one place that knows every kind of {@code store}. The queues of one source share
 * connections, which are opened with the first of these queues and with the source's settings at that time. Safe on any
 * thread.
 */
final class QueueStores {

    private final Vertx vertx;
    private final Map<String, Shared> bySource = new HashMap<>();

    /** The shared connections of a source: being opened, open, or failed and to be opened again on next use. */
    private record Shared(PostgresSettings settings, Future<PostgresStores> stores) {}

    QueueStores(Vertx vertx) {
        this.vertx = vertx;
    }

    /** Reports each plan triggered by a queue of another node, because nothing would take its jobs here. */
    static void checkTriggers(Collection<Plan> plans, Map<String, QueueSettings> queues, Problems problems) {
        for (Plan plan : plans) {
            QueueSettings queue = plan.trigger() instanceof Trigger.Jobs jobs ? queues.get(jobs.queue()) : null;
            if (queue != null && queue.isElsewhere()) {
                problems.add(
                        plan.at(),
                        "the plan \"" + plan.name() + "\" runs for jobs of the queue \"" + queue.name()
                                + "\", which is on another node (store: cluster): move the plan to that node");
            }
        }
    }

    /**
     * Creates the store of a queue, for use on this loop. A durable store opens in the background and retries until it
     * succeeds.
     *
     * @param sources the sources that can store jobs, by name
     */
    JobStore open(QueueSettings settings, Map<String, PostgresSettings> sources, Loop loop) {
        if (settings.isMemory()) {
            return new MemoryStore(loop, settings);
        }
        PostgresSettings source = sources.get(settings.store());
        if (source == null) {
            throw new IllegalArgumentException(
                    "there is no store " + settings.store() + " for the queue \"" + settings.name() + "\"");
        }
        return new ReconnectingJobStore(loop, settings.name(), () -> durable(settings, source, loop));
    }

    private Future<JobStore> durable(QueueSettings settings, PostgresSettings source, Loop loop) {
        Promise<JobStore> answer = Promise.promise();
        shared(source)
                .compose(stores -> stores.store(loop, settings))
                .onComplete((store, failure) -> loop.execute(() -> {
                    if (failure == null) {
                        answer.complete(store);
                    } else {
                        answer.fail(failure);
                    }
                }));
        return answer.future();
    }

    /**
     * The claims of cron times, kept in the first open source by name so that all nodes use the same one; empty without
     * a durable queue.
     */
    synchronized Optional<CronClaims> claims(Loop loop) {
        return bySource.values().stream()
                .map(Shared::settings)
                .min(Comparator.comparing(source -> source.common().name()))
                .map(source -> new SharedCronClaims(loop, source));
    }

    private synchronized Future<PostgresStores> shared(PostgresSettings source) {
        String name = source.common().name();
        Shared known = bySource.get(name);
        if (known == null || known.stores().failed()) {
            PostgresSettings settings = known == null ? source : known.settings();
            known = new Shared(settings, PostgresStores.open(vertx, settings));
            bySource.put(name, known);
        }
        return known.stores();
    }

    /** Checks the shared connections of a source. Succeeds if they are not open; fails with the most recent error otherwise. */
    synchronized Future<@Nullable Void> ready(String source) {
        Shared known = bySource.get(source);
        return known == null || !known.stores().succeeded()
                ? Future.succeededFuture()
                : known.stores().result().ready();
    }

    /** The names of open sources whose connection settings differ now, sorted. */
    synchronized List<String> changed(Map<String, PostgresSettings> sources) {
        return bySource.entrySet().stream()
                .filter(open -> sources.containsKey(open.getKey())
                        && !open.getValue().settings().connectsAs(sources.get(open.getKey())))
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /** Closes the shared connections of all sources except these. */
    Future<Void> retain(Set<String> sources) {
        Map<String, Shared> gone = new HashMap<>();
        synchronized (this) {
            bySource.forEach((name, shared) -> {
                if (!sources.contains(name)) {
                    gone.put(name, shared);
                }
            });
            bySource.keySet().removeAll(gone.keySet());
        }
        return Futures.whenAllEnd(gone.values().stream()
                .map(shared -> shared.stores()
                        .transform(
                                opened -> opened.succeeded() ? opened.result().close() : Future.succeededFuture())));
    }

    /** The claims of cron times that nodes share through a database; usable before the database is open. Confined to one loop. */
    private final class SharedCronClaims implements CronClaims {

        private final Loop loop;
        private final PostgresSettings source;
        private @Nullable CronClaims open;

        SharedCronClaims(Loop loop, PostgresSettings source) {
            this.loop = loop;
            this.source = source;
        }

        @Override
        public Future<Instant> now() {
            return in(CronClaims::now);
        }

        @Override
        public Future<Verdict> claim(Claim claim) {
            return in(claims -> claims.claim(claim));
        }

        @Override
        public Future<Void> ended(Claim claim) {
            return in(claims -> claims.ended(claim));
        }

        private <T> Future<T> in(Function<CronClaims, Future<T>> question) {
            if (open != null) {
                return question.apply(open);
            }
            Promise<T> answer = Promise.promise();
            shared(source)
                    .onComplete((stores, failure) -> loop.execute(() -> {
                        if (failure != null) {
                            answer.fail(failure);
                        } else {
                            open = stores.claims(loop);
                            question.apply(open).onComplete(answer);
                        }
                    }));
            return answer.future();
        }
    }
}
