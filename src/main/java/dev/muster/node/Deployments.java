package dev.muster.node;

import dev.muster.config.Problems;
import dev.muster.config.ProblemsException;
import dev.muster.log.Log;
import dev.muster.loop.OutOfMemory;
import dev.muster.web.WebDeployment;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * The deployments of a node: the current one, and earlier ones whose runs have not ended. A reload replaces the current
 * deployment atomically or changes nothing. Safe on any thread. {@link #open} and {@link #close} block.
 */
final class Deployments implements AutoCloseable {

    private final NodeSetup started;
    private final Supplier<NodeSetup> reading;
    private final Embedded embedded;
    private final Resources resources;
    private final Map<String, String> addresses;
    private final List<LiveDeployment> open = new CopyOnWriteArrayList<>();
    private final ExecutorService changes = Executors.newSingleThreadExecutor(Deployments::thread);
    private volatile Offered offered;

    /** A deployment and its HTTP view, replaced together. */
    private record Offered(LiveDeployment deployment, WebDeployment web) {}

    private Deployments(
            NodeSetup started,
            Supplier<NodeSetup> reading,
            Embedded embedded,
            Resources resources,
            Map<String, String> addresses,
            Offered first) {
        this.started = started;
        this.reading = reading;
        this.embedded = embedded;
        this.resources = resources;
        this.addresses = addresses;
        this.offered = first;
        this.open.add(first.deployment());
    }

    /**
     * Opens the first deployment.
     *
     * @param setup the configuration as read at start
     * @param reading reads the configuration again, for a reload
     * @param addresses the addresses of embedded sources, by source name
     * @throws ProblemsException with the problems of endpoints; nothing is left open then
     */
    static Deployments open(
            NodeSetup setup,
            Project project,
            Supplier<NodeSetup> reading,
            Embedded embedded,
            Map<String, String> addresses,
            Resources resources)
            throws InterruptedException {
        Offered first = offered(setup, project, addresses, resources);
        return new Deployments(setup, reading, embedded, resources, addresses, first);
    }

    /** The current deployment, which new runs use. */
    LiveDeployment current() {
        return offered.deployment();
    }

    /** The HTTP view of the current deployment. */
    WebDeployment web() {
        return offered.web();
    }

    /** The time in which every cancelled run of a saved plan of any open deployment cleans up and ends. */
    Duration longestCleanUp() {
        return open.stream()
                .map(LiveDeployment::longestCleanUp)
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
    }

    /**
     * Reads the configuration again and replaces the current deployment. Fails and changes nothing if the configuration
     * has a problem. Reloads run one at a time on a thread of their own.
     *
     * @return the paths of changed settings that need a restart
     */
    Future<List<String>> reload() {
        Promise<List<String>> done = Promise.promise();
        changes.execute(() -> {
            try {
                done.complete(change());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                done.fail(e);
            } catch (RuntimeException | Error e) {
                OutOfMemory.check(e);
                NodeLog.notReloaded(e);
                done.fail(e);
            }
        });
        return done.future();
    }

    /** Cancels the remaining runs and closes the sources of all deployments. Blocks. */
    @Override
    public void close() {
        changes.shutdown();
        open.forEach(this::close);
    }

    private void close(LiveDeployment deployment) {
        if (open.remove(deployment)) {
            deployment.close();
        }
    }

    private List<String> change() throws InterruptedException {
        NodeSetup setup = reading.get();
        Project project = setup.project(embedded, resources);
        Offered before = offered;
        setup.callers().takeOver(before.deployment().callers());
        Offered next = offered(setup, project, addresses, resources);
        List<String> ofQueues = changeQueues(project, next);
        open.add(next.deployment());
        offered = next;
        before.deployment().retire().onSuccess(unused -> {
            if (!changes.isShutdown()) {
                changes.execute(() -> close(before.deployment()));
            }
        });
        Log.apply(setup.log());
        List<String> forRestart = new ArrayList<>(StartSettings.changed(started, setup));
        forRestart.addAll(ofQueues);
        NodeLog.reloaded(setup, project, forRestart);
        return forRestart;
    }

    /** Changes the queues. The last step of a reload that can fail: from here on there is no rollback. */
    private List<String> changeQueues(Project project, Offered next) throws InterruptedException {
        try {
            return resources.queues().change(project.queues(), next.deployment().postgres());
        } catch (RuntimeException | InterruptedException e) {
            next.deployment().close();
            throw e;
        }
    }

    private static Offered offered(NodeSetup setup, Project project, Map<String, String> addresses, Resources resources)
            throws InterruptedException {
        LiveDeployment deployment = LiveDeployment.open(project, addresses, setup.callers(), resources);
        var problems = new Problems();
        try {
            WebDeployment web = WebDeployment.of(deployment, problems);
            problems.throwIfAny();
            Waiting.got(setup.callers().open(resources.vertx(), resources.loop()));
            return new Offered(deployment, web);
        } catch (RuntimeException | InterruptedException e) {
            deployment.close();
            throw e;
        }
    }

    private static Thread thread(Runnable work) {
        var thread = new Thread(work, "muster-changes");
        thread.setDaemon(true);
        return thread;
    }
}
