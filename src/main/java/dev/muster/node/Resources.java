package dev.muster.node;

import dev.muster.cluster.Cluster;
import dev.muster.connect.PoolSettings;
import dev.muster.connect.WorkPool;
import dev.muster.loop.Futures;
import dev.muster.loop.Loop;
import dev.muster.plan.MusterException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.transport.Transport;
import java.util.stream.Stream;

/**
 * The resources that a node has once: Vert.x, the pools for work off the loop and the queues. Pools start threads on
 * demand.
 *
 * @param vertx Vert.x with its event loops
 * @param cpu the pool for CPU-bound work
 * @param blocking the pool for blocking work
 * @param adhoc the pools that read ad-hoc plans
 * @param queues the queues of the node; none before they are opened
 * @param otherNodes the other nodes of the cluster, if the node has joined one
 */
public record Resources(
        Vertx vertx, WorkPool cpu, WorkPool blocking, AdhocPools adhoc, NodeQueues queues, Cluster otherNodes) {

    /** Creates resources with this number of event loops. Takes about 100 ms. Safe on any thread. */
    public static Resources open(int eventLoops) {
        // Do not even name the native transports here: naming one makes a command look for native libraries that it
        // does not use.
        return of(Vertx.vertx(options(eventLoops)), Cluster.NONE);
    }

    static Resources open(int eventLoops, Transport transport) {
        return of(
                Vertx.builder()
                        .with(options(eventLoops))
                        .withTransport(transport)
                        .build(),
                Cluster.NONE);
    }

    /**
     * Creates resources as a node of a cluster. Blocks until the node has joined.
     *
     * @throws MusterException if the node cannot join; nothing is left running then
     */
    static Resources join(int eventLoops, Transport transport, ClusterSettings cluster) throws InterruptedException {
        var joining = new ClusterJoin(cluster);
        Vertx vertx = joining.join(Vertx.builder().withTransport(transport), options(eventLoops));
        return of(vertx, joining.otherNodes());
    }

    private static Resources of(Vertx vertx, Cluster otherNodes) {
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
                // Muster serves nothing from the class path, and the file cache would leave a folder to clean up.
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false));
    }

    /** A copy with pools of the configured sizes. The pools of this instance must not have been used yet. */
    public Resources sized(Limits limits) {
        return new Resources(
                vertx,
                new WorkPool(limits.cpu()),
                new WorkPool(limits.blocking()),
                new AdhocPools(limits.adhoc()),
                queues,
                otherNodes);
    }

    /** A close sequence that closes Vert.x, as its last step. */
    public CloseSequence closeSequence() {
        var sequence = new CloseSequence();
        sequence.add("Vert.x", vertx::close);
        return sequence;
    }

    Future<?> closePools() {
        Loop loop = loop();
        return Futures.whenAllEnd(Stream.of(cpu.close(loop), blocking.close(loop), adhoc.close(loop)));
    }

    /** A new loop of this Vert.x. Create one for each context and keep it. */
    public Loop loop() {
        return Loop.of(vertx);
    }
}
