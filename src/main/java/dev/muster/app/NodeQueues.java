package dev.muster.app;

import dev.muster.config.Position;
import dev.muster.config.Problems;
import dev.muster.config.ProblemsException;
import dev.muster.queue.JobQueue;
import dev.muster.queue.QueueSettings;
import dev.muster.queue.QueueStatus;
import dev.muster.queue.Queues;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The queues of a node. They are its own and not a generation's: a reload adds new ones, removes those that hold no job, and
 * leaves the others as they are.
 *
 * <p>Safe on every thread; {@link #open}, {@link #change} and {@link #close} block, one at a time.
 */
final class NodeQueues implements Queues {

    private static final Logger LOG = LoggerFactory.getLogger(NodeQueues.class);

    private final Vertx vertx;
    private final Map<String, Deployed> byName = new ConcurrentSkipListMap<>();
    private QueueVerticle.Addresses addresses = QueueVerticle.Addresses.NONE;

    private record Deployed(String id, JobQueue queue) {}

    NodeQueues(Vertx vertx) {
        this.vertx = vertx;
    }

    @Override
    public Optional<JobQueue> find(String name) {
        return Optional.ofNullable(byName.get(name)).map(Deployed::queue);
    }

    @Override
    public List<JobQueue> all() {
        return byName.values().stream().map(Deployed::queue).toList();
    }

    /** Opens the first ones but those that other nodes have; where one cannot be opened, none is. */
    void open(Collection<QueueSettings> settings, QueueVerticle.Addresses answering) throws InterruptedException {
        addresses = answering;
        List<String> added = new ArrayList<>();
        try {
            for (QueueSettings one : settings) {
                if (!one.isElsewhere()) {
                    add(one);
                    added.add(one.name());
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
     * Opens those that are new and ends those that are gone, or changes nothing.
     *
     * @return the paths of settings that say something else than the queues that go on
     * @throws ProblemsException if one that is gone holds jobs that are not finished
     */
    List<String> change(Map<String, QueueSettings> settings) throws InterruptedException {
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
                            .filter(one -> !byName.containsKey(one.name()))
                            .toList(),
                    addresses);
        } catch (RuntimeException | InterruptedException e) {
            closed.forEach(JobQueue::reopen);
            throw e;
        }
        for (String name : gone) {
            remove(name);
        }
        return byName.values().stream()
                .map(Deployed::queue)
                .flatMap(queue -> QueueWords.changed(
                        queue.settings(), settings.get(queue.settings().name()))
                        .stream())
                .toList();
    }

    /** Ends all of them: whoever waits is sent away. Jobs in memory are lost with the node, and the log says how many. */
    Future<Void> close() {
        Future<Void> all = Future.succeededFuture();
        List<Deployed> open = List.copyOf(byName.values());
        byName.clear();
        for (Deployed one : open) {
            Future<Void> ended = one.queue()
                    .status()
                    .onSuccess(status -> sayLost(one.queue(), status))
                    .eventually(() -> vertx.undeploy(one.id()))
                    .mapEmpty();
            all = all.eventually(() -> ended);
        }
        return all;
    }

    private void add(QueueSettings settings) throws InterruptedException {
        var verticle = new QueueVerticle(settings, addresses);
        String id = Waiting.got(vertx.deployVerticle(verticle));
        byName.put(settings.name(), new Deployed(id, verticle.queue()));
    }

    private void remove(String name) throws InterruptedException {
        Deployed deployed = byName.remove(name);
        if (deployed != null) {
            Waiting.got(vertx.undeploy(deployed.id()));
        }
    }

    /** Closes a queue, so that nothing comes into it any more, and notes it if there is something in it. */
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
                    "the queue \"" + name + "\" is gone from the configuration but holds " + left
                            + " unfinished jobs in memory; close it, let them be worked on, and reload again");
        }
    }

    private static void sayLost(JobQueue queue, QueueStatus status) {
        if (queue.settings().isMemory() && status.counts().unfinished() > 0) {
            LOG.warn(
                    "the queue {} ends with {} unfinished jobs, which are lost: it is in memory",
                    status.name(),
                    status.counts().unfinished());
        }
    }
}
