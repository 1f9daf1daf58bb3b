package dev.muster.app;

import dev.muster.loop.Loop;
import dev.muster.queue.JobQueue;
import dev.muster.queue.JobStore;
import dev.muster.queue.OpeningStore;
import dev.muster.queue.QueueSettings;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One queue of the node, on an event loop: its jobs change there and nowhere else. */
final class QueueVerticle extends VerticleBase {

    private final QueueSettings settings;
    private final Function<Loop, JobStore> store;
    private final Addresses addresses;
    private @Nullable JobQueue queue;
    private @Nullable JobStore opened;

    /** Has a queue answer at addresses of the event bus, on the queue's own loop. */
    @FunctionalInterface
    interface Addresses {

        /** At none. */
        Addresses NONE = (vertx, loop, queue) -> Future.succeededFuture();

        Future<?> answer(Vertx vertx, Loop loop, String queue);
    }

    /** One that opens its store on its loop. */
    QueueVerticle(QueueSettings settings, Function<Loop, JobStore> store, Addresses addresses) {
        this.settings = settings;
        this.store = store;
        this.addresses = addresses;
    }

    /** The queue, once it is deployed; from any thread. */
    JobQueue queue() {
        return Objects.requireNonNull(queue);
    }

    /** Whether its store is open; fails with what keeps it from being so. From any thread, once it is deployed. */
    Future<Void> ready() {
        if (!(opened instanceof OpeningStore opening)) {
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
