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
 * Ends an HTTP/1 connection as it was announced (RFC 9112, 9.6): behind a request or an answer with {@code Connection: close}
 * nothing is read any more. When that answer has been sent our direction is closed, and the caller has a moment to read it; if both
 * directions were closed at once, what still came from the caller would have its system throw the answer away. Of requests that come
 * without waiting for answers it passes on some at a time.
 *
 * <p>It stands between the codec and Vert.x. On the connection's event loop.
 */
final class Farewell extends ChannelDuplexHandler {

    private static final int MOST_AT_ONCE = 32;
    private static final int MOST_DROPPED = 256 << 10;
    private static final int LEAST_COUNTED = 64;

    private final Loop loop;
    private final Runnable lingers;
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
     * For one connection.
     *
     * @param loop the connection's
     * @param lingers is told when it waits for the caller to close; whoever made this sees to it that this has a bound
     */
    Farewell(Loop loop, Runnable lingers) {
        this.loop = loop;
        this.lingers = lingers;
    }

    /** Whether its last answer has been written, so that no request is answered any more. */
    boolean isOver() {
        return isOver;
    }

    /** Requests that came at once are passed on in portions, and no more than are answered: others have their turns between. */
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

    /** Nothing more is read while something waits. */
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
        return !(message instanceof HttpRequest) || (passed < MOST_AT_ONCE && (unanswered < MOST_AT_ONCE || isOver));
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
        // Else it goes on when one has been answered.
    }

    private void pass(ChannelHandlerContext context, Object message) {
        passed += message instanceof HttpRequest ? 1 : 0;
        if (message instanceof HttpObject part && drops(part)) {
            drop(context, message);
        } else {
            context.fireChannelRead(message);
        }
    }

    /** No more than this is read in vain: behind it the caller is held up until it leaves or its time is over. */
    private void drop(ChannelHandlerContext context, Object message) {
        dropped += LEAST_COUNTED
                + (message instanceof HttpContent part ? part.content().readableBytes() : 0);
        ReferenceCountUtil.release(message);
        if (dropped > MOST_DROPPED) {
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
    @SuppressWarnings("FutureReturnValueIgnored") // the promise is the caller's
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
        if (!waiting.isEmpty() && unanswered == MOST_AT_ONCE - 1) {
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
    @SuppressWarnings("FutureReturnValueIgnored") // the promise is the caller's
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        if (isBroken && !isOver) {
            // Vert.x closes at once; what is answered to it may be written only when this turn is over.
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

    @SuppressWarnings("FutureReturnValueIgnored") // whatever becomes of closing
    private void linger(ChannelHandlerContext context) {
        isClosing = true;
        if (!(context.channel() instanceof DuplexChannel channel) || !channel.isActive()) {
            context.close();
            return;
        }
        lingers.run();
        channel.shutdownOutput().addListener(shut -> {
            if (!shut.isSuccess()) {
                context.close();
            }
        });
        // Vert.x may have stopped it; what comes is dropped here.
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
