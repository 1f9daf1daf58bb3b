package dev.muster.app;

import dev.muster.connect.PoolSettings;
import dev.muster.connect.WorkPool;
import dev.muster.loop.Loop;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;

/**
 * What a node has once: Vert.x, and the pools for work off the loop. They start threads when needed.
 *
 * @param vertx with its event loops
 * @param cpu for what computes
 * @param blocking for what waits
 */
public record Resources(Vertx vertx, WorkPool cpu, WorkPool blocking) {

    /** Resources with so many event loops. Takes a tenth of a second; any thread. */
    public static Resources open(int eventLoops) {
        var options = new VertxOptions()
                .setEventLoopPoolSize(eventLoops)
                .setUseDaemonThread(true)
                // Nothing of ours is served from the class path, and a cache would be a folder to clean up.
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false));
        return new Resources(
                Vertx.vertx(options), new WorkPool(PoolSettings.cpu()), new WorkPool(PoolSettings.blocking()));
    }

    /** The same Vert.x with pools of these sizes; those of this one have not been used yet. */
    Resources sized(Limits limits) {
        return new Resources(vertx, new WorkPool(limits.cpu()), new WorkPool(limits.blocking()));
    }

    /** A new loop of this Vert.x; take one for each context and keep it. */
    public Loop loop() {
        return Loop.of(vertx);
    }
}
