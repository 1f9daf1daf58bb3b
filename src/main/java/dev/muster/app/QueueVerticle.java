package dev.muster.app;

import dev.muster.loop.Loop;
import dev.muster.queue.JobQueue;
import dev.muster.queue.QueueSettings;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One queue of the node, on an event loop: its jobs change there and nowhere else. */
final class QueueVerticle extends VerticleBase {

    private final QueueSettings settings;
    private final Addresses addresses;
    private @Nullable JobQueue queue;

    /** Has a queue answer at addresses of the event bus, on the queue's own loop. */
    @FunctionalInterface
    interface Addresses {

        /** At none. */
        Addresses NONE = (vertx, loop, queue) -> Future.succeededFuture();

        Future<?> answer(Vertx vertx, Loop loop, String queue);
    }

    QueueVerticle(QueueSettings settings, Addresses addresses) {
        this.settings = settings;
        this.addresses = addresses;
    }

    /** The queue, once it is deployed; from any thread. */
    JobQueue queue() {
        return Objects.requireNonNull(queue);
    }

    @Override
    public Future<?> start() {
        Loop loop = Loop.of(context);
        queue = new JobQueue(loop, settings, QueueStores.open(settings, loop));
        return addresses.answer(vertx, loop, settings.name());
    }

    @Override
    public Future<?> stop() {
        return queue().end();
    }
}
