package dev.muster.app;

import dev.muster.cluster.OtherNodes;
import dev.muster.connect.PoolSettings;
import dev.muster.connect.WorkPool;
import dev.muster.loop.Loop;
import dev.muster.plan.MusterException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.transport.Transport;

/**
 * What a node has once: Vert.x, the pools for work off the loop, which start threads when needed, and the queues.
 *
 * @param vertx with its event loops
 * @param cpu for what computes
 * @param blocking for what waits
 * @param adhoc for plans that callers bring
 * @param queues of the node; none before they are opened
 * @param otherNodes the other nodes of its cluster, if it is in one
 */
record Resources(
        Vertx vertx, WorkPool cpu, WorkPool blocking, AdhocPools adhoc, NodeQueues queues, OtherNodes otherNodes) {

    /** Resources with so many event loops. Takes a tenth of a second; any thread. */
    public static Resources open(int eventLoops) {
        // Not even the names of the native transports are touched: a command would look for their libraries, and not
        // use them.
        return of(Vertx.vertx(options(eventLoops)), OtherNodes.NONE);
    }

    /** The same, whose loops wait for sockets by this transport. */
    static Resources open(int eventLoops, Transport transport) {
        return of(
                Vertx.builder()
                        .with(options(eventLoops))
                        .withTransport(transport)
                        .build(),
                OtherNodes.NONE);
    }

    /**
     * The same as a node of a cluster; blocks until it has joined.
     *
     * @throws MusterException if it cannot; nothing is left running then
     */
    static Resources join(int eventLoops, Transport transport, ClusterSettings cluster) throws InterruptedException {
        var joining = new ClusterJoin(cluster);
        Vertx vertx = joining.join(Vertx.builder().withTransport(transport), options(eventLoops));
        return of(vertx, joining.otherNodes());
    }

    private static Resources of(Vertx vertx, OtherNodes otherNodes) {
        return new Resources(
                vertx,
                new WorkPool(PoolSettings.cpu()),
                new WorkPool(PoolSettings.blocking()),
                new AdhocPools(AdhocPools.usual()),
                new NodeQueues(vertx),
                otherNodes);
    }

    private static VertxOptions options(int eventLoops) {
        return new VertxOptions()
                .setEventLoopPoolSize(eventLoops)
                .setUseDaemonThread(true)
                // Nothing of ours is served from the class path, and a cache would be a folder to clean up.
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false));
    }

    /** The same Vert.x with pools of these sizes; those of this one have not been used yet. */
    Resources sized(Limits limits) {
        return new Resources(
                vertx,
                new WorkPool(limits.cpu()),
                new WorkPool(limits.blocking()),
                new AdhocPools(limits.adhoc()),
                queues,
                otherNodes);
    }

    /** Stops the pools. */
    Future<?> closePools() {
        Loop loop = loop();
        Future<Void> first = cpu.close(loop);
        Future<Void> second = blocking.close(loop);
        Future<?> third = adhoc.close(loop);
        return first.eventually(() -> second).eventually(() -> third);
    }

    /** A new loop of this Vert.x; take one for each context and keep it. */
    public Loop loop() {
        return Loop.of(vertx);
    }
}
