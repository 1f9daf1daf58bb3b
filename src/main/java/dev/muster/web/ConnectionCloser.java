package dev.muster.web;

import dev.muster.loop.Loop;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Closes an HTTP/1 connection in the order of RFC 9112, 9.6, and throttles pipelined requests. A channel handler between the HTTP
 * codec and Vert.x. Runs on the connection's event loop.
 *
 * <p>After a request or response with {@code Connection: close} nothing more is read. After that response the output is shut down,
 * and the caller gets a moment to read the response. If both directions were closed at once, data that the caller still sends would
 * make its TCP stack discard the response.
 */
final class ConnectionCloser extends ChannelDuplexHandler {

    private static final int MAX_AT_ONCE = 32;
    private static final int MAX_DROPPED = 256 << 10;
    private static final int MIN_COUNTED = 64;

    private final Loop loop;
    private final Runnable onLinger;
    private final ArrayDeque<Object> waiting = new ArrayDeque<>(0);
    private boolean isReadWanted;
    private int passed;
    private int dropped;
    private int unanswered;
    private boolean isLast;
    private boolean isDropping;
    private boolean isAnnounced;
    private boolean isBroken;
    private boolean isOver;
    private boolean isClosing;

    /**
     * The handler of one connection.
     *
     * @param loop the loop of the connection
     * @param onLinger runs when the connection starts to wait for the caller to close; the owner must limit that time
     */
    ConnectionCloser(Loop loop, Runnable onLinger) {
        this.loop = loop;
        this.onLinger = onLinger;
    }

    /** Whether the last response has been written, so that further requests get none. */
    boolean isOver() {
        return isOver;
    }

    /**
     * Passes on pipelined requests in portions, with a limit on unanswered ones, so that other connections of the loop get their
     * turns.
     */
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (waiting.isEmpty() && mayPass(message)) {
            pass(context, message);
            return;
        }
        waiting.add(message);
        if (waiting.size() == 1) {
            loop.execute(() -> passWaiting(context));
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (waiting.isEmpty()) {
            passed = 0;
        }
        context.fireChannelReadComplete();
    }

    /** Reads nothing more while messages are waiting. */
    @Override
    public void read(ChannelHandlerContext context) {
        if (waiting.isEmpty()) {
            context.read();
        } else {
            isReadWanted = true;
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        waiting.forEach(ReferenceCountUtil::release);
        waiting.clear();
        context.fireChannelInactive();
    }

    private boolean mayPass(Object message) {
        return !(message instanceof HttpRequest) || (passed < MAX_AT_ONCE && (unanswered < MAX_AT_ONCE || isOver));
    }

    private void passWaiting(ChannelHandlerContext context) {
        passed = 0;
        while (!waiting.isEmpty() && mayPass(waiting.element())) {
            pass(context, waiting.remove());
        }
        context.fireChannelReadComplete();
        if (waiting.isEmpty() && isReadWanted) {
            isReadWanted = false;
            context.read();
        } else if (!waiting.isEmpty() && passed > 0) {
            loop.execute(() -> passWaiting(context));
        }
        // Otherwise passing on continues when a response has ended.
    }

    private void pass(ChannelHandlerContext context, Object message) {
        passed += message instanceof HttpRequest ? 1 : 0;
        if (message instanceof HttpObject part && drops(part)) {
            drop(context, message);
        } else {
            context.fireChannelRead(message);
        }
    }

    /**
     * Discards a message. After 256 KiB of discarded data reading stops, until the caller closes the connection or its time is up.
     */
    private void drop(ChannelHandlerContext context, Object message) {
        dropped += MIN_COUNTED
                + (message instanceof HttpContent part ? part.content().readableBytes() : 0);
        ReferenceCountUtil.release(message);
        if (dropped > MAX_DROPPED) {
            context.channel().config().setAutoRead(false);
        }
    }

    private boolean drops(HttpObject part) {
        if (part instanceof HttpRequest request) {
            isDropping = isLast || isAnnounced;
            if (!isDropping) {
                unanswered++;
                isLast = isLast(request);
            }
        }
        isBroken |= !part.decoderResult().isSuccess();
        return isDropping || isOver;
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // the promise belongs to the caller
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        boolean isInterim = message instanceof HttpResponse head && isInterim(head);
        if (message instanceof HttpResponse head && !isInterim) {
            if (isLast && unanswered == 1) {
                head.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            }
            isAnnounced = saysClose(head.headers());
        }
        if (!(message instanceof LastHttpContent) || isInterim) {
            context.write(message, promise);
            return;
        }
        unanswered--;
        if (!waiting.isEmpty() && unanswered == MAX_AT_ONCE - 1) {
            loop.execute(() -> passWaiting(context));
        }
        if (!isAnnounced) {
            context.write(message, promise);
            return;
        }
        isOver = true;
        context.write(message, promise.unvoid()).addListener(sent -> linger(context));
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // the promise belongs to the caller
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        if (isBroken && !isOver) {
            // Vert.x closes the connection at once after malformed input. The error response is written later in this
            // turn, so closing waits for the next one.
            isBroken = false;
            loop.execute(() -> close(context, promise));
            return;
        }
        if (!isOver || isClosing) {
            context.close(promise);
            return;
        }
        isClosing = true;
        ChannelFuture closed = context.channel().closeFuture();
        closed.addListener((ChannelFutureListener) gone -> promise.trySuccess());
        context.flush();
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the result of closing does not matter
    private void linger(ChannelHandlerContext context) {
        isClosing = true;
        if (!(context.channel() instanceof DuplexChannel channel) || !channel.isActive()) {
            context.close();
            return;
        }
        onLinger.run();
        channel.shutdownOutput().addListener(shut -> {
            if (!shut.isSuccess()) {
                context.close();
            }
        });
        // Vert.x can have paused reading. Data that arrives from here on is discarded.
        channel.config().setAutoRead(true);
        context.read();
    }

    private static boolean isInterim(HttpResponse head) {
        return head.status().codeClass() == HttpStatusClass.INFORMATIONAL
                && head.status().code() != HttpResponseStatus.SWITCHING_PROTOCOLS.code();
    }

    private static boolean isLast(HttpRequest request) {
        HttpHeaders headers = request.headers();
        return request.protocolVersion().equals(HttpVersion.HTTP_1_0)
                ? !headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE, true)
                : saysClose(headers);
    }

    private static boolean saysClose(@Nullable HttpHeaders headers) {
        return headers != null && headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE, true);
    }
}
