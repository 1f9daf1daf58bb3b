package dev.muster.app;

import dev.muster.connect.postgres.PostgresSettings;
import dev.muster.loop.Loop;
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
 * Durable queues that a command has opened straight in their databases, as a visitor: it makes no schema and changes no settings.
 * All are on one loop. Safe on every thread.
 */
final class StoreQueues implements Queues {

    private static final long MOST_AFTER_STOP_MILLIS = 200;

    private final Map<String, JobQueue> byName = new TreeMap<>();

    private StoreQueues() {}

    /**
     * Opens queues; blocks until they are open.
     *
     * @param sources where their jobs are kept, by name
     * @param closings gets what has been opened, also if not all can be
     * @throws MusterException {@code unavailable} where a database cannot be reached, {@code conflict} where its schema is not the
     *     one that this version needs, {@code cancelled} if the command is to end first
     */
    static StoreQueues open(
            Collection<QueueSettings> settings,
            Map<String, PostgresSettings> sources,
            Session session,
            Closings closings)
            throws InterruptedException {
        Resources resources = session.opening().resources();
        Loop loop = resources.loop();
        Map<String, PostgresStores> stores = new HashMap<>();
        for (Map.Entry<String, PostgresSettings> source : sources.entrySet()) {
            Future<PostgresStores> opening = PostgresStores.visit(resources.vertx(), source.getValue());
            closings.add("connections of source " + source.getKey(), () -> closed(opening));
            stores.put(source.getKey(), Waiting.gotUnlessStopped(session, opening, MOST_AFTER_STOP_MILLIS));
        }
        var queues = new StoreQueues();
        for (QueueSettings one : settings) {
            Future<JobQueue> opening = Objects.requireNonNull(stores.get(one.store()))
                    .store(loop, one)
                    // On the loop, which is the store's.
                    .map(store -> new JobQueue(loop, one, store));
            JobQueue queue = Waiting.gotUnlessStopped(session, opening, MOST_AFTER_STOP_MILLIS);
            closings.add("queue " + one.name(), queue::end);
            queues.byName.put(one.name(), queue);
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

    /** Who is still opening is waited for by nobody, and closed once it is there. */
    private static Future<?> closed(Future<PostgresStores> opening) {
        if (!opening.isComplete()) {
            opening.onSuccess(PostgresStores::close);
            return Future.succeededFuture();
        }
        return opening.succeeded() ? opening.result().close() : Future.succeededFuture();
    }
}
