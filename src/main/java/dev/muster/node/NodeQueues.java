package dev.muster.node;

import dev.muster.config.Position;
import dev.muster.config.Problems;
import dev.muster.config.ProblemsException;
import dev.muster.connect.postgres.PostgresSettings;
import dev.muster.loop.Futures;
import dev.muster.loop.Loop;
import dev.muster.queue.CronClaims;
import dev.muster.queue.JobQueue;
import dev.muster.queue.QueueSettings;
import dev.muster.queue.Queues;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The queues of a node. They outlive deployments: a reload opens new queues, closes removed ones, and leaves the others
 * unchanged. It fails if a removed queue in memory holds unfinished jobs.
 *
 * <p>Safe on any thread. {@link #open} and {@link #change} block; call only one at a time.
 */
final class NodeQueues implements Queues {

    private static final Logger LOG = LoggerFactory.getLogger(NodeQueues.class);

    private final Vertx vertx;
    private final QueueStores stores;
    private final Map<String, Deployed> byName = new ConcurrentSkipListMap<>();
    private QueueVerticle.Addresses addresses = QueueVerticle.Addresses.NONE;

    private record Deployed(String id, QueueVerticle verticle) {
        JobQueue queue() {
            return verticle.queue();
        }
    }

    NodeQueues(Vertx vertx) {
        this.vertx = vertx;
        this.stores = new QueueStores(vertx);
    }

    @Override
    public Optional<JobQueue> find(String name) {
        return Optional.ofNullable(byName.get(name)).map(Deployed::queue);
    }

    @Override
    public List<JobQueue> all() {
        return byName.values().stream().map(Deployed::queue).toList();
    }

    /**
     * Opens all queues of this node or none; queues of other nodes are skipped. Does not wait for databases: a queue
     * whose database is down opens when the database responds.
     *
     * @param sources the sources that can store jobs, by name
     */
    void open(
            Collection<QueueSettings> settings,
            Map<String, PostgresSettings> sources,
            QueueVerticle.Addresses registration)
            throws InterruptedException {
        addresses = registration;
        List<String> added = new ArrayList<>();
        try {
            for (QueueSettings queue : settings) {
                if (!queue.isElsewhere()) {
                    add(queue, sources);
                    added.add(queue.name());
                }
            }
        } catch (RuntimeException | InterruptedException e) {
            for (String name : added) {
                remove(name);
            }
            throw e;
        }
    }

    /**
     * Opens new queues and closes removed ones, or changes nothing.
     *
     * @param sources the sources that can store jobs, by name
     * @return the paths of changed settings that the running queues do not follow
     * @throws ProblemsException if a removed queue in memory holds unfinished jobs
     */
    List<String> change(Map<String, QueueSettings> settings, Map<String, PostgresSettings> sources)
            throws InterruptedException {
        List<String> gone = byName.keySet().stream()
                .filter(name -> !settings.containsKey(name))
                .toList();
        List<JobQueue> closed = new ArrayList<>();
        try {
            var problems = new Problems();
            for (String name : gone) {
                require(name, closed, problems);
            }
            problems.throwIfAny();
            open(
                    settings.values().stream()
                            .filter(queue -> !byName.containsKey(queue.name()))
                            .toList(),
                    sources,
                    addresses);
        } catch (RuntimeException | InterruptedException e) {
            closed.forEach(JobQueue::reopen);
            throw e;
        }
        for (String name : gone) {
            remove(name);
        }
        Waiting.got(stores.retain(inUse()));
        return Stream.concat(
                        byName.values().stream()
                                .map(Deployed::queue)
                                .flatMap(queue ->
                                        StartSettings.changed(
                                                queue.settings(),
                                                settings.get(queue.settings().name()))
                                                .stream()),
                        stores.changed(sources).stream().map(name -> "sources." + name))
                .toList();
    }

    /** Closes all queues and rejects waiting callers. Jobs in memory are lost with the node; their number is logged. */
    Future<Void> close() {
        List<Deployed> open = List.copyOf(byName.values());
        byName.clear();
        return Futures.whenAllEnd(open.stream()
                        .map(deployed -> logLost(deployed.queue()).eventually(() -> vertx.undeploy(deployed.id()))))
                .eventually(() -> stores.retain(Set.of()));
    }

    /** The claims of cron times shared with other nodes; empty without a durable queue. */
    Optional<CronClaims> claims(Loop loop) {
        return stores.claims(loop);
    }

    /** Checks that the durable queues of a source are open and work; fails with the reason if they do not. */
    Future<Void> ready(String source) {
        Future<Void> all = Future.succeededFuture();
        for (Deployed deployed : byName.values()) {
            if (deployed.queue().settings().store().equals(source)) {
                Future<Void> ready = deployed.verticle().ready();
                all = all.compose(before -> ready);
            }
        }
        return all.compose(open -> stores.ready(source)).mapEmpty();
    }

    private Set<String> inUse() {
        return byName.values().stream()
                .map(deployed -> deployed.queue().settings().store())
                .collect(Collectors.toSet());
    }

    private void add(QueueSettings settings, Map<String, PostgresSettings> sources) throws InterruptedException {
        var verticle = new QueueVerticle(settings, loop -> stores.open(settings, sources, loop), addresses);
        String id = Waiting.got(vertx.deployVerticle(verticle));
        byName.put(settings.name(), new Deployed(id, verticle));
    }

    private void remove(String name) throws InterruptedException {
        Deployed deployed = byName.remove(name);
        if (deployed != null) {
            Waiting.got(vertx.undeploy(deployed.id()));
        }
    }

    /** Closes a queue in memory to new jobs, and reports a problem if it holds unfinished jobs. */
    private void require(String name, List<JobQueue> closed, Problems problems) throws InterruptedException {
        JobQueue queue = find(name).orElse(null);
        if (queue == null || !queue.settings().isMemory()) {
            return;
        }
        if (!Waiting.got(queue.status()).closed()) {
            Waiting.got(queue.close());
            closed.add(queue);
        }
        long left = Waiting.got(queue.status()).counts().unfinished();
        if (left > 0) {
            problems.add(
                    Position.start("muster.yaml"),
                    "the queue \"" + name + "\" was removed from the configuration but holds " + left
                            + " unfinished jobs in memory; restore it, drain it and reload again");
        }
    }

    private static Future<?> logLost(JobQueue queue) {
        return !queue.settings().isMemory()
                ? Future.succeededFuture()
                : queue.status().onSuccess(status -> {
                    if (status.counts().unfinished() > 0) {
                        LOG.warn(
                                "the queue {} in memory is closed, its {} unfinished jobs are lost",
                                status.name(),
                                status.counts().unfinished());
                    }
                });
    }
}
