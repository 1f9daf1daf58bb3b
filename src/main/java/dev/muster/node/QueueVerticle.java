package dev.muster.node;

import dev.muster.loop.Loop;
import dev.muster.queue.JobQueue;
import dev.muster.queue.JobStore;
import dev.muster.queue.QueueSettings;
import dev.muster.queue.ReconnectingJobStore;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One queue of the node, deployed on an event loop. Its jobs change only on that loop. */
final class QueueVerticle extends VerticleBase {

    private final QueueSettings settings;
    private final Function<Loop, JobStore> store;
    private final Addresses addresses;
    private @Nullable JobQueue queue;
    private @Nullable JobStore opened;

    /** Registers event-bus addresses for a queue, on the queue's loop. */
    @FunctionalInterface
    interface Addresses {

        Addresses NONE = (vertx, loop, queue) -> Future.succeededFuture();

        Future<?> answer(Vertx vertx, Loop loop, String queue);
    }

    /** Creates a verticle that opens the queue's store on its loop. */
    QueueVerticle(QueueSettings settings, Function<Loop, JobStore> store, Addresses addresses) {
        this.settings = settings;
        this.store = store;
        this.addresses = addresses;
    }

    /** The queue. Safe on any thread once the verticle is deployed. */
    JobQueue queue() {
        return Objects.requireNonNull(queue);
    }

    /** Checks whether the store is open; fails with the reason if it is not. Safe on any thread once the verticle is deployed. */
    Future<Void> ready() {
        if (!(opened instanceof ReconnectingJobStore opening)) {
            return Future.succeededFuture();
        }
        Promise<Void> answer = Promise.promise();
        context.runOnContext(now -> opening.ready().onComplete(answer));
        return answer.future();
    }

    @Override
    public Future<?> start() {
        Loop loop = Loop.of(context);
        opened = store.apply(loop);
        queue = new JobQueue(loop, settings, opened);
        return addresses.answer(vertx, loop, settings.name());
    }

    @Override
    public Future<?> stop() {
        return queue().end();
    }
}
