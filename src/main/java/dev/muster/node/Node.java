package dev.muster.node;

import dev.muster.bus.Bridge;
import dev.muster.bus.BusNode;
import dev.muster.bus.NodeAnswers;
import dev.muster.bus.QueueAddresses;
import dev.muster.cluster.Cluster;
import dev.muster.config.ProblemsException;
import dev.muster.connect.call.CallAnswers;
import dev.muster.connect.queue.RemoteQueues;
import dev.muster.service.Deployment;
import dev.muster.service.QueueService;
import dev.muster.service.RunManager;
import dev.muster.web.HealthChecks;
import dev.muster.web.NodeState;
import dev.muster.web.ServerSettings;
import dev.muster.web.WebDeployment;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A serving node. Started in this order and stopped in reverse:
 *
 * <ol>
 *   <li>Vert.x, with its cluster if it has one, and the pools for work off the loop;
 *   <li>embedded servers;
 *   <li>the deployment: sources, plans, callers;
 *   <li>the queues; a reload opens new ones and ends removed ones;
 *   <li>an HTTP server on each event loop, and the event-bus addresses.
 * </ol>
 *
 * <p>Safe on any thread. {@link #start} and {@link #drain} block; never call them on an event loop.
 */
public final class Node implements NodeState, BusNode, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Node.class);

    /** The time-out of a readiness check of a source. The result is cached for {@link #HEALTH_FRESH}. */
    private static final Duration HEALTH_LIMIT = Duration.ofSeconds(2);

    private static final Duration HEALTH_FRESH = Duration.ofSeconds(1);

    /**
     * The minimum time that queues have to store the outcomes of their jobs once the last run has ended, even if less
     * of the drain time is left.
     */
    private static final Duration SAID = Duration.ofSeconds(2);

    /** The pool that parses large bodies. It has one thread a core, so that parsing does not take the cores from the event loops. */
    private final WorkerExecutor bodies;

    private final Resources resources;
    private final Deployments deployments;
    private final ServerSettings settings;
    private final Bridge bridge;
    private final RunManager runManager;
    private final QueueService queues;
    private final HealthChecks healthChecks;
    private final CloseSequence closeSequence = new CloseSequence();
    private final Servers servers = new Servers();
    private final QueueWork work;
    private final RemoteQueues remoteQueues;
    private volatile boolean stopping;

    private Node(NodeSetup setup, Resources resources, Deployments deployments) {
        this.resources = resources;
        this.bodies = resources
                .vertx()
                .createSharedWorkerExecutor(
                        "muster-bodies", Runtime.getRuntime().availableProcessors());
        this.deployments = deployments;
        this.settings = setup.settings();
        this.bridge = new Bridge(this, setup.bus(), setup.limits().bus());
        this.runManager = new RunManager(setup.limits().dispatch());
        this.queues = new QueueService(resources.queues());
        this.work = new QueueWork(runManager, resources, settings.workers());
        this.remoteQueues = new RemoteQueues(resources.otherNodes());
        this.healthChecks = new HealthChecks(resources.loop(), HEALTH_LIMIT, HEALTH_FRESH);
    }

    /**
     * Starts a node. If the start fails, nothing is left running. Sources are not checked here: a source that is down
     * makes the node not ready until a later check succeeds.
     *
     * @param setup the configuration as read at start
     * @param reading reads the configuration again, for a reload
     * @param embedding starts the embedded sources
     * @param progress receives a line for each embedded server that starts
     * @throws ProblemsException with every problem of plans and sources, before any port is open
     */
    public static Node start(
            NodeSetup setup,
            Supplier<NodeSetup> reading,
            Embedding embedding,
            Consumer<String> progress,
            Resources resources)
            throws InterruptedException {
        CloseSequence closeSequence = resources.closeSequence();
        closeSequence.add("pools", resources::closePools);
        try {
            var embedded = new Embedded(embedding);
            Project project = setup.project(embedded, resources);
            Embedded.require(embedding, project.embedded());
            Map<String, String> addresses = Embedded.start(embedding, project.embedded(), progress, closeSequence);
            var deployments = Deployments.open(setup, project, reading, embedded, addresses, resources);
            var node = new Node(setup, resources, deployments);
            node.closeSequence.add("all below", () -> closed(closeSequence));
            node.listen(setup, project);
            NodeLog.started(setup, project, node.port());
            return node;
        } catch (RuntimeException | InterruptedException e) {
            closeSequence.close();
            throw e;
        }
    }

    /** The HTTP port. */
    public int port() {
        return servers.port();
    }

    /** The base URL of the node. */
    public String address() {
        return NodeLog.address(settings, port());
    }

    /** The port of the TCP bridge; -1 if the bridge is off. */
    public int bridgePort() {
        return servers.bridgePort();
    }

    Bridge bridge() {
        return bridge;
    }

    @Override
    public Cluster otherNodes() {
        return resources.otherNodes();
    }

    @Override
    public RemoteQueues remoteQueues() {
        return remoteQueues;
    }

    Vertx vertx() {
        return resources.vertx();
    }

    @Override
    public Deployment offer() {
        return deployments.current();
    }

    @Override
    public WebDeployment site() {
        return deployments.web();
    }

    @Override
    public RunManager runManager() {
        return runManager;
    }

    @Override
    public QueueService queues() {
        return queues;
    }

    @Override
    public HealthChecks healthChecks() {
        return healthChecks;
    }

    @Override
    public int clusterNodes() {
        return otherNodes().isClustered() ? otherNodes().nodes() : 0;
    }

    @Override
    public <T extends @Nullable Object> Future<T> offLoop(Callable<T> work) {
        return bodies.executeBlocking(work, false);
    }

    @Override
    public boolean isStopping() {
        return stopping;
    }

    @Override
    public Future<List<String>> reload() {
        return deployments.reload().onSuccess(done -> work.begin(deployments.current()));
    }

    /**
     * Drains and closes the node: it reports not ready, accepts no new connection, lets runs go on for the time of the
     * setting {@code drain}, cancels the remaining runs, and closes everything in order. Blocks.
     */
    public void drain() throws InterruptedException {
        stopping = true;
        Future<Void> worked = work.stop();
        long endNanos = resources.loop().nanos() + settings.drain().toNanos();
        new Drain(resources.loop(), runManager, queues, servers.web(), bridge, deployments.longestCleanUp())
                .within(settings.drain());
        Duration left = Duration.ofNanos(endNanos - resources.loop().nanos());
        Waiting.ends(worked, left.compareTo(SAID) > 0 ? left : SAID);
        close();
        LOG.info("stopped");
    }

    /** The time in which {@link #drain} ends: for the drain, the clean-up of runs, outcomes of jobs, and a slow close. */
    public Duration longestDrain() {
        return Drain.longest(settings.drain(), deployments.longestCleanUp())
                .plus(SAID)
                .plus(CloseSequence.LIMIT);
    }

    @Override
    public void close() {
        work.stop();
        deployments.close();
        closeSequence.close();
    }

    /** Opens the queues, the servers and the addresses. If that fails, everything is closed, the deployment too. */
    private void listen(NodeSetup setup, Project project) throws InterruptedException {
        try {
            BlockedLoops.watch(resources.vertx());
            deployments.current().warmUp();
            CallAnswers.open(resources.vertx(), resources.otherNodes());
            closeSequence.add("queues", resources.queues()::close);
            closeSequence.add("waits at queues", queues::stop);
            var addresses = new QueueAddresses(this, setup.limits().bus());
            NodeAnswers.open(this);
            resources
                    .queues()
                    .open(project.queues().values(), deployments.current().postgres(), addresses::answer);
            servers.deploy(resources.vertx(), this, settings, setup.limits().http(), bridge);
            work.begin(deployments.current());
        } catch (RuntimeException | InterruptedException e) {
            close();
            throw e;
        }
    }

    private static Future<?> closed(CloseSequence closeSequence) {
        closeSequence.close();
        return Future.succeededFuture();
    }
}
