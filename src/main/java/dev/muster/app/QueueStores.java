package dev.muster.app;

import dev.muster.config.Problems;
import dev.muster.connect.postgres.PostgresSettings;
import dev.muster.loop.Loop;
import dev.muster.plan.Plan;
import dev.muster.plan.Trigger;
import dev.muster.queue.Fires;
import dev.muster.queue.JobStore;
import dev.muster.queue.MemoryStore;
import dev.muster.queue.OpeningStore;
import dev.muster.queue.QueueSettings;
import dev.muster.queue.postgres.PostgresStores;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which store a queue has, by its {@code store}: the one place that knows all of them. What the queues of one source share is
 * opened with the first of them, and by the settings that the source has then. Safe on every thread.
 */
final class QueueStores {

    private final Vertx vertx;
    private final Map<String, Shared> bySource = new HashMap<>();

    /** What the queues of a source share: opening, open, or failed and to be opened anew. */
    private record Shared(PostgresSettings settings, Future<PostgresStores> stores) {}

    QueueStores(Vertx vertx) {
        this.vertx = vertx;
    }

    /** Notes each plan that works on a queue of another node: nobody would take its jobs here. */
    static void checkTriggers(Collection<Plan> plans, Map<String, QueueSettings> queues, Problems problems) {
        for (Plan plan : plans) {
            QueueSettings queue = plan.trigger() instanceof Trigger.Jobs jobs ? queues.get(jobs.queue()) : null;
            if (queue != null && queue.isElsewhere()) {
                problems.add(
                        plan.at(),
                        "the plan \"" + plan.name() + "\" works on the queue \"" + queue.name()
                                + "\", which another node has (store: cluster): let that one have the plan");
            }
        }
    }

    /**
     * The store of a queue, on the loop that will use it; a durable one is opened from now on, in the background.
     *
     * @param sources those of the configuration that can keep jobs
     */
    JobStore open(QueueSettings settings, Map<String, PostgresSettings> sources, Loop loop) {
        if (settings.isMemory()) {
            return new MemoryStore(loop, settings);
        }
        PostgresSettings source = sources.get(settings.store());
        if (source == null) {
            throw new IllegalArgumentException(
                    "nobody keeps the jobs of the queue \"" + settings.name() + "\" in " + settings.store());
        }
        return new OpeningStore(loop, settings.name(), () -> durable(settings, source, loop));
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

    /** What is agreed of the times of the clock, in the first open source by name, so that all nodes agree; none has none. */
    synchronized Optional<Fires> fires(Loop loop) {
        return bySource.values().stream()
                .map(Shared::settings)
                .min(Comparator.comparing(source -> source.common().name()))
                .map(source -> new SharedFires(loop, () -> shared(source)));
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

    /** Whether what the queues of a source share works, where it is open: fails with what kept it from that a moment ago. */
    synchronized Future<@Nullable Void> ready(String source) {
        Shared known = bySource.get(source);
        return known == null || !known.stores().succeeded()
                ? Future.succeededFuture()
                : known.stores().result().ready();
    }

    /** The names of open sources that these settings reach otherwise. */
    synchronized List<String> changed(Map<String, PostgresSettings> sources) {
        return bySource.entrySet().stream()
                .filter(open -> sources.containsKey(open.getKey())
                        && !open.getValue().settings().connectsAs(sources.get(open.getKey())))
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /** Closes what queues share in all sources but these. */
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
        Future<Void> all = Future.succeededFuture();
        for (Shared one : gone.values()) {
            Future<Void> closed = one.stores()
                    .transform(opened -> opened.succeeded() ? opened.result().close() : Future.succeededFuture());
            all = all.eventually(() -> closed);
        }
        return all;
    }
}
