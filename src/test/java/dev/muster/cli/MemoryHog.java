package dev.muster.cli;

import dev.muster.connect.PoolSettings;
import dev.muster.connect.WorkPool;
import dev.muster.loop.Loop;
import dev.muster.task.Tasks;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A process that takes all memory in one place, and waits for ever then. */
final class MemoryHog {
    private static final List<Object> TAKEN = new ArrayList<>();

    /** Where memory is taken. */
    enum Place {
        /** A thread that nobody watches. */
        THREAD,
        /** The body of a task. */
        TASK,
        /** Work that a task gives to a pool. */
        POOL,
        /** A step of a context of Vert.x, which is nobody's task. */
        CONTEXT,
        /** A task of a loop of Netty, below Vert.x. */
        NETTY,
        /** A listener of a future of Vert.x. */
        LISTENER,
        /** What an awaited future fails with, by its cause only. */
        CAUSE,
        /** As THREAD, while standard error is full. */
        FULL_STANDARD_ERROR,
        LOOP_AND_NETTY_BUFFERS,
        LOOP_AND_JDK_BUFFERS
    }

    private MemoryHog() {}

    public static void main(String[] args) throws InterruptedException {
        MemoryEnd.watch(() -> {});
        Place place = Place.valueOf(args[0]);
        Vertx vertx = Vertx.vertx();
        Loop loop = Loop.of(vertx);
        Tasks tasks = Tasks.on(loop);
        switch (place) {
            case THREAD -> new Thread(MemoryHog::heap).start();
            case TASK ->
                loop.execute(() -> tasks.start("hog", scope -> {
                    heap();
                    return Future.succeededFuture();
                }));
            case POOL -> {
                var pool = new WorkPool(PoolSettings.cpu());
                loop.execute(() -> tasks.start(
                        "hog",
                        scope -> pool.submit(scope, "hog", stop -> {
                            heap();
                            return null;
                        })));
            }
            case CONTEXT -> vertx.runOnContext(ignored -> heap());
            case NETTY ->
                ((ContextInternal) vertx.getOrCreateContext()).nettyEventLoop().execute(MemoryHog::heap);
            case LISTENER -> {
                Promise<Void> promise = ((ContextInternal) vertx.getOrCreateContext()).promise();
                promise.future().onComplete(done -> heap());
                promise.complete();
            }
            case CAUSE ->
                loop.execute(() -> tasks.start(
                        "hog",
                        scope -> scope.await(
                                "what fails",
                                Future.failedFuture(
                                        new IllegalStateException("lost", new OutOfMemoryError("Java heap space"))))));
            case FULL_STANDARD_ERROR -> {
                var full = new Thread(() -> System.err.print("x".repeat(1 << 20)));
                full.setDaemon(true);
                full.start();
                new Thread(MemoryHog::heap).start();
            }
            case LOOP_AND_NETTY_BUFFERS -> vertx.runOnContext(ignored -> buffers(true));
            case LOOP_AND_JDK_BUFFERS -> vertx.runOnContext(ignored -> buffers(false));
        }
        new CountDownLatch(1).await();
    }

    private static void heap() {
        while (true) {
            TAKEN.add(new byte[1 << 16]);
        }
    }

    private static void buffers(boolean byNetty) {
        while (true) {
            TAKEN.add(byNetty ? Unpooled.directBuffer(1 << 20) : ByteBuffer.allocateDirect(1 << 20));
        }
    }
}
