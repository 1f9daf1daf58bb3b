package dev.muster.cli.queue;

import dev.muster.cli.Session;
import dev.muster.connect.postgres.PostgresSettings;
import dev.muster.loop.Loop;
import dev.muster.node.CloseSequence;
import dev.muster.node.Resources;
import dev.muster.plan.MusterException;
import dev.muster.queue.JobQueue;
import dev.muster.queue.QueueSettings;
import dev.muster.queue.Queues;
import dev.muster.queue.postgres.PostgresStores;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Durable queues opened directly in their databases by a command. Opening changes neither the schema nor the settings
 * of queues. All queues use one loop. Safe on any thread.
 */
final class StoreQueues implements Queues {

    private static final long MAX_AFTER_STOP_MILLIS = 200;

    private final Map<String, JobQueue> byName = new TreeMap<>();

    private StoreQueues() {}

    /**
     * Opens queues. Blocks until all are open.
     *
     * @param sources the sources that store the jobs, by name
     * @param closeSequence receives what has been opened, even if a later step fails
     * @throws MusterException {@code unavailable} if a database cannot be reached, {@code conflict} if its schema does
     *     not fit this version, {@code cancelled} if a stop is requested first
     */
    static StoreQueues open(
            Collection<QueueSettings> settings,
            Map<String, PostgresSettings> sources,
            Session session,
            CloseSequence closeSequence)
            throws InterruptedException {
        Resources resources = session.startup().resources();
        Loop loop = resources.loop();
        Map<String, PostgresStores> stores = new HashMap<>();
        for (Map.Entry<String, PostgresSettings> source : sources.entrySet()) {
            Future<PostgresStores> opening = PostgresStores.visit(resources.vertx(), source.getValue());
            closeSequence.add("connections of source " + source.getKey(), () -> closed(opening));
            stores.put(source.getKey(), session.awaitUnlessStopped(opening, MAX_AFTER_STOP_MILLIS));
        }
        var queues = new StoreQueues();
        for (QueueSettings queueSettings : settings) {
            Future<JobQueue> opening = Objects.requireNonNull(stores.get(queueSettings.store()))
                    .store(loop, queueSettings)
                    // Runs on the store's loop.
                    .map(store -> new JobQueue(loop, queueSettings, store));
            JobQueue queue = session.awaitUnlessStopped(opening, MAX_AFTER_STOP_MILLIS);
            closeSequence.add("queue " + queueSettings.name(), queue::end);
            queues.byName.put(queueSettings.name(), queue);
        }
        return queues;
    }

    @Override
    public Optional<JobQueue> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    @Override
    public List<JobQueue> all() {
        return List.copyOf(byName.values());
    }

    /** Connections that are still opening are not waited for; they are closed once open. */
    private static Future<?> closed(Future<PostgresStores> opening) {
        if (!opening.isComplete()) {
            opening.onSuccess(PostgresStores::close);
            return Future.succeededFuture();
        }
        return opening.succeeded() ? opening.result().close() : Future.succeededFuture();
    }
}
