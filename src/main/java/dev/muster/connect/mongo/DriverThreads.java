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
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.bson.BsonBinaryWriter;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.codecs.EncoderContext;
import org.bson.io.BasicOutputBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The threads of the driver for all sources. They do all I/O and all encoding and decoding of BSON. Their number is fixed, and
 * no response, however large, blocks an event loop of Vert.x.
 *
 * <p>It also finds the connection of a request by the number in the request's header, because the driver itself cannot close a
 * single connection. Safe on any thread.
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

    /** Creates an instance that starts no thread before its first use. */
    DriverThreads(int threads) {
        this.threads = threads;
    }

    /** Configures a client to use the threads. */
    void carry(MongoClientSettings.Builder driver) {
        driver.transportSettings(TransportSettings.nettyBuilder()
                .eventLoopGroup(group())
                .socketChannelClass(NioSocketChannel.class)
                .build());
    }

    /**
     * Runs a task on one of the threads.
     *
     * @throws java.util.concurrent.RejectedExecutionException if the threads are closed
     */
    void execute(Runnable step) {
        group().execute(step);
    }

    /** Suppresses a request that is about to be written: the driver gets the response of an interrupted operation instead. */
    void refuse(int request) {
        refused.add(request);
    }

    /** Forgets a request that has ended, written or not. */
    void forget(int request) {
        refused.remove(request);
    }

    /** Closes the connection whose last request has this number. */
    void drop(int request) {
        wires.stream().filter(wire -> wire.request == request).forEach(Wire::close);
    }

    /**
     * Runs a last task, if the threads were ever used, and ends them. A task that waits for a server is abandoned after two
     * seconds, because its connections end with the threads. Completes when all threads have ended.
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
            // for a response that the same thread would have to read.
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

    /** The event loop group, which adds a {@link Wire} to each connection before the driver's own handlers. */
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

    /** A connection. The handler is nearer to the driver than TLS is, so it sees plain messages. */
    private final class Wire extends ChannelDuplexHandler {
        private static final int OP_MSG = 2013;
        private static final byte[] INTERRUPTED = interruptedBody();

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

        /**
         * Sends the driver, for a command that was cancelled before it was sent, the response of a server that was ordered to
         * stop. A broken connection would make the driver distrust all other connections.
         */
        private void answer(ChannelHandlerContext context, int number) {
            context.fireChannelRead(Unpooled.wrappedBuffer(interrupted(number)));
            context.fireChannelReadComplete();
        }

        /** The error of an interrupted operation, in the form in which a server would send it. */
        private static byte[] interrupted(int request) {
            int length = HEADER_BYTES + Integer.BYTES + 1 + INTERRUPTED.length;
            return ByteBuffer.allocate(length)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(length)
                    .putInt(0)
                    .putInt(request)
                    .putInt(OP_MSG)
                    .putInt(0)
                    .put((byte) 0)
                    .put(INTERRUPTED)
                    .array();
        }

        private static byte[] interruptedBody() {
            var answer = new BsonDocument("ok", new BsonDouble(0))
                    .append("errmsg", new BsonString("cancelled before it was sent"))
                    .append("code", new BsonInt32(11601))
                    .append("codeName", new BsonString("Interrupted"));
            try (var bytes = new BasicOutputBuffer();
                    var writer = new BsonBinaryWriter(bytes)) {
                new BsonDocumentCodec()
                        .encode(writer, answer, EncoderContext.builder().build());
                return bytes.toByteArray();
            }
        }

        void close() {
            var unused = channel.close();
        }
    }
}
