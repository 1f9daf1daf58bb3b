package dev.muster.connect.mongo;

import com.mongodb.MongoClientSettings;
import com.mongodb.connection.TransportSettings;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The threads on which the driver reads, writes and makes values of BSON, for all sources: a fixed number, so that no
 * answer, however large, holds an event loop of Vert.x.
 *
 * <p>It also knows the connection of each request by the number in the request's header, as the driver itself can close no
 * single connection. From any thread.
 */
final class DriverThreads {
    private static final int HEADER_BYTES = 16;
    private static final int NUMBER_AT = 4;
    private static final int CLOSE_SECONDS = 2;

    private final int threads;
    private final Set<Wire> wires = ConcurrentHashMap.newKeySet();
    private final Set<Integer> refused = ConcurrentHashMap.newKeySet();

    private @Nullable Group group;
    private boolean closed;

    /** Nothing is opened and no thread started before the first use. */
    DriverThreads(int threads) {
        this.threads = threads;
    }

    /** Makes a client use them. */
    void carry(MongoClientSettings.Builder driver) {
        driver.transportSettings(TransportSettings.nettyBuilder()
                .eventLoopGroup(group())
                .socketChannelClass(NioSocketChannel.class)
                .build());
    }

    /**
     * Runs a step on one of them.
     *
     * @throws java.util.concurrent.RejectedExecutionException once they are closed
     */
    void execute(Runnable step) {
        group().execute(step);
    }

    /** Keeps a request that is about to be written from being written: it is answered as interrupted. */
    void refuse(int request) {
        refused.add(request);
    }

    /** Forgets a request that has ended, written or not. */
    void forget(int request) {
        refused.remove(request);
    }

    /** Closes the connection whose last request this is. */
    void drop(int request) {
        wires.stream().filter(wire -> wire.request == request).forEach(Wire::close);
    }

    /**
     * Runs a last step, if they were ever used, and ends them; a step that waits for a server is given up after two seconds,
     * as its connections go with the threads. Completes when none of the threads is left.
     */
    synchronized Future<Void> close(Runnable last) {
        boolean isFirst = !closed;
        closed = true;
        if (group == null) {
            return Future.succeededFuture();
        }
        Group used = group;
        Promise<Void> end = Promise.promise();
        var unused = used.terminationFuture().addListener(ended -> end.complete());
        if (isFirst) {
            var unusedTimer = used.schedule(() -> shutDown(used), CLOSE_SECONDS, TimeUnit.SECONDS);
            // A closing client blocks until the server has ended its sessions. On one of these threads it could wait
            // for
            // an answer that the same thread would have to read.
            var closer = new Thread(() -> closeWith(last, used), "mongo-close");
            closer.setDaemon(true);
            closer.start();
        }
        return end.future();
    }

    private static void closeWith(Runnable last, Group used) {
        try {
            last.run();
        } finally {
            shutDown(used);
        }
    }

    private static void shutDown(Group used) {
        var unused = used.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS);
    }

    private synchronized Group group() {
        if (closed) {
            throw new RejectedExecutionException("the driver's threads are closed");
        }
        if (group == null) {
            group = new Group(threads);
        }
        return group;
    }

    /** Looks into each connection before the driver's own handlers are there. */
    private final class Group extends MultiThreadIoEventLoopGroup {
        Group(int threads) {
            super(threads, new DefaultThreadFactory("muster-mongo", true), NioIoHandler.newFactory());
        }

        @Override
        public ChannelFuture register(Channel channel) {
            channel.pipeline().addLast(new Wire(channel));
            return super.register(channel);
        }
    }

    /** A connection: it stands nearer to the driver than TLS does, so that it sees plain messages. */
    private final class Wire extends ChannelDuplexHandler {
        private final Channel channel;
        private volatile int request;

        Wire(Channel channel) {
            this.channel = channel;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            wires.add(this);
        }

        @Override
        public void handlerRemoved(ChannelHandlerContext context) {
            wires.remove(this);
        }

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
            if (message instanceof ByteBuf bytes && bytes.readableBytes() >= HEADER_BYTES) {
                int number = bytes.getIntLE(bytes.readerIndex() + NUMBER_AT);
                if (refused.remove(number)) {
                    ReferenceCountUtil.release(message);
                    promise.setSuccess();
                    context.executor().execute(() -> answer(context, number));
                    return;
                }
                request = number;
            }
            super.write(context, message, promise);
        }

        /** As a server would that was told to stop: a broken connection would make the driver distrust all others. */
        private void answer(ChannelHandlerContext context, int number) {
            context.fireChannelRead(Unpooled.wrappedBuffer(InterruptedAnswer.of(number)));
            context.fireChannelReadComplete();
        }

        void close() {
            var unused = channel.close();
        }
    }
}
