package dev.muster.connect.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.CombinedChannelDuplexHandler;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMessageDecoderResult;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpConnection;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The codec of an HTTP/1.1 connection that has one exchange at a time, in place of the one that Vert.x puts there.
 *
 * <p>It passes over interim responses, and it says that a response is over only once everything that the socket had ready has
 * been read. A connection that may not have another exchange is taken out of its pool and closed before that: one on which
 * bytes were left over, or may still come, or whose request has not left. So is a connection on which bytes come while
 * nothing was asked. A body that ends with its connection is whole only if TLS says that this is the end.
 *
 * <p>On the loop of its connection.
 */
final class ExchangeCodec extends CombinedChannelDuplexHandler<HttpResponseDecoder, HttpRequestEncoder> {

    private enum Phase {
        /** Nothing was asked yet. */
        FRESH,
        /** Something came before anything was asked. */
        HASTY,
        /** The final response is not over. */
        ASKED,
        /** It is over, but not all that was ready has been read. */
        ANSWERED,
        /** The next request may come. */
        IDLE,
        /** What comes is dropped. */
        GIVEN_UP
    }

    private final HttpConnection connection;
    private final Interim interim = new Interim();
    private Phase phase = Phase.FRESH;
    private boolean isHead;
    private boolean isLast;
    private @Nullable SslHandler tls;
    private @Nullable ChannelPromise written;
    private @Nullable LastHttpContent end;

    /** The codec of a connection that has just been opened. */
    ExchangeCodec(HttpConnection connection) {
        this.connection = connection;
        init(new Decoder(), new Encoder());
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) throws Exception {
        tls = context.pipeline().get(SslHandler.class);
        super.handlerAdded(context);
    }

    private void begin(ChannelHandlerContext context, HttpRequest request) {
        if (phase == Phase.HASTY) {
            phase = Phase.GIVEN_UP;
            // Not from within the write: what fails a request must not come before it has been written.
            var hasty = new Misbehaviour("came before anything was asked");
            later(context, () -> context.pipeline().fireExceptionCaught(hasty));
        } else if (phase != Phase.GIVEN_UP) {
            phase = Phase.ASKED;
        }
        isHead = HttpMethod.HEAD.equals(request.method());
        isLast = false;
        interim.clear();
    }

    private static void later(ChannelHandlerContext context, Runnable then) {
        Executor loop = context.executor();
        loop.execute(then);
    }

    /** Takes the connection out of its pool and closes it, without waiting for what was not sent. */
    @SuppressWarnings("FutureReturnValueIgnored") // the connection is given up; whatever becomes of closing it
    private void giveUp() {
        phase = Phase.GIVEN_UP;
        connection.close();
        if (written == null || !written.isDone()) {
            HttpClients.breakOff(connection);
        }
    }

    private void finish(ChannelHandlerContext context) {
        LastHttpContent last = end;
        if (last != null) {
            end = null;
            phase = Phase.IDLE;
            if (isLast || written == null || !written.isSuccess()) {
                giveUp();
            }
            context.fireChannelRead(last);
        }
    }

    private final class Encoder extends HttpRequestEncoder {
        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
            if (message instanceof HttpRequest request) {
                begin(context, request);
            }
            written = promise.unvoid();
            super.write(context, message, written);
        }
    }

    private final class Decoder extends HttpResponseDecoder {

        Decoder() {
            super(new HttpDecoderConfig()
                    .setMaxInitialLineLength(HttpClientOptions.DEFAULT_MAX_INITIAL_LINE_LENGTH)
                    .setMaxHeaderSize(HttpClients.HEADER_BYTES)
                    .setMaxChunkSize(HttpClientOptions.DEFAULT_MAX_CHUNK_SIZE)
                    .setInitialBufferSize(HttpClientOptions.DEFAULT_DECODER_INITIAL_BUFFER_SIZE));
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
            if (phase == Phase.ASKED) {
                super.channelRead(context, message);
                return;
            }
            ReferenceCountUtil.release(message);
            switch (phase) {
                case FRESH -> phase = Phase.HASTY;
                case IDLE -> giveUp();
                default -> isLast = true;
            }
        }

        @Override
        protected void decode(ChannelHandlerContext context, ByteBuf bytes, List<Object> out) throws Exception {
            if (phase != Phase.ASKED) {
                isLast = true;
                bytes.skipBytes(bytes.readableBytes());
                return;
            }
            int before = out.size();
            super.decode(context, bytes, out);
            if (out.size() == before) {
                return;
            }
            if (out.get(before) instanceof HttpResponse head && isDecoded(head)) {
                if (Interim.isInterim(head.status().code())) {
                    drop(out, before);
                    pass(head);
                    return;
                }
            }
            if (out.get(out.size() - 1) instanceof LastHttpContent last && isDecoded(last)) {
                out.remove(out.size() - 1);
                end = last;
                phase = Phase.ANSWERED;
                afterwards(context);
            }
        }

        private void pass(HttpResponse head) {
            try {
                boolean told = head.decoderResult() instanceof HttpMessageDecoderResult;
                int bytes = told ? ((HttpMessageDecoderResult) head.decoderResult()).totalSize() : 0;
                interim.pass(head.status().code(), bytes);
            } catch (Misbehaviour e) {
                phase = Phase.GIVEN_UP;
                throw e;
            }
        }

        /** What TLS has decrypted is now and then handed on by a task, with nothing to tell that it was all. */
        private void afterwards(ChannelHandlerContext context) {
            if (tls != null) {
                later(context, () -> {
                    if (end != null) {
                        finish(context);
                        context.fireChannelReadComplete();
                    }
                });
            }
        }

        private boolean isDecoded(HttpObject part) {
            boolean decoded = part.decoderResult().isSuccess();
            if (!decoded) {
                phase = Phase.GIVEN_UP;
            }
            return decoded;
        }

        private void drop(List<Object> out, int from) {
            while (out.size() > from) {
                ReferenceCountUtil.release(out.remove(out.size() - 1));
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) throws Exception {
            finish(context);
            super.channelReadComplete(context);
        }

        @Override
        protected void decodeLast(ChannelHandlerContext context, ByteBuf bytes, List<Object> out) throws Exception {
            int before = out.size();
            super.decodeLast(context, bytes, out);
            if (end != null) {
                out.add(end);
                end = null;
            } else if (phase == Phase.ASKED
                    && out.size() > before
                    && out.get(out.size() - 1) instanceof LastHttpContent
                    && isCut()) {
                // The connection is gone: without an end, that is what the body ends with.
                out.remove(out.size() - 1);
            }
        }

        private boolean isCut() {
            return tls != null && !tls.sslCloseFuture().isSuccess();
        }

        @Override
        protected boolean isContentAlwaysEmpty(HttpMessage message) {
            HttpResponse head = (HttpResponse) message;
            if (Interim.isInterim(head.status().code())) {
                return true;
            }
            ConnectionUse.refuseCodings(head);
            isLast |= ConnectionUse.isLast(head);
            return isHead || super.isContentAlwaysEmpty(message);
        }
    }
}
