package dev.muster.connect.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.CombinedChannelDuplexHandler;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
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
 * The codec of an HTTP/1.1 connection with one exchange at a time. It replaces the codec of Vert.x. Runs on the loop of its
 * connection.
 *
 * <p>Interim responses are skipped. The end of a response is reported only after all data that the socket had ready has been
 * read. A connection that cannot be reused is removed from its pool and closed before that: bytes were left over or can still
 * arrive, or the request was not completely sent. A connection is also closed if bytes arrive while no request is outstanding.
 * A body that is delimited by the end of the connection is complete only if TLS confirms that end.
 */
final class ExchangeCodec extends CombinedChannelDuplexHandler<HttpResponseDecoder, HttpRequestEncoder> {

    private enum Phase {
        /** No request was written yet. */
        FRESH,
        /** Bytes arrived before the first request. */
        HASTY,
        /** A request was written, and its final response is incomplete. */
        ASKED,
        /** The response is complete, but not all data that was ready has been read. */
        ANSWERED,
        /** Ready for the next request. */
        IDLE,
        /** The connection is given up; received data is dropped. */
        GIVEN_UP
    }

    private static final int NO_CONTENT = 204;

    private final HttpConnection connection;
    private final Interim interim = new Interim();
    private Phase phase = Phase.FRESH;
    private boolean isHead;
    private boolean isLast;
    private @Nullable SslHandler tls;
    private @Nullable ChannelPromise written;
    private @Nullable LastHttpContent end;

    /** Creates the codec of a connection that was just opened. */
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
            // In a later turn: the failure of a request must not come before its write.
            var hasty = new Misbehaviour("came before any request was sent");
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

    /** Removes the connection from its pool and closes it, without waiting for unsent data. */
    @SuppressWarnings("FutureReturnValueIgnored") // the connection is given up; the result of closing does not matter
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

    /** Whether the connection cannot be used for another exchange. */
    private static boolean isClosedAfter(HttpResponse head) {
        HttpHeaders headers = head.headers();
        // Vert.x closes only if the header is exactly "close", not if "close" is one of several values.
        boolean closes = headers.get(HttpHeaderNames.CONNECTION) != null
                && headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE, true);
        return closes || head.status().code() == NO_CONTENT && announcesABody(headers);
    }

    /** Whether a 204 announces a body. It has none, but a server that announces one can send it later. */
    private static boolean announcesABody(HttpHeaders headers) {
        String length = headers.get(HttpHeaderNames.CONTENT_LENGTH);
        return length != null && !length.equals("0") || headers.contains(HttpHeaderNames.TRANSFER_ENCODING);
    }

    /** Rejects a body whose transfer coding is neither chunked nor identity. */
    private static void rejectCodings(HttpResponse head) {
        String coding = head.headers().get(HttpHeaderNames.TRANSFER_ENCODING);
        if (coding != null && !coding.equalsIgnoreCase("chunked") && !coding.equalsIgnoreCase("identity")) {
            throw new Misbehaviour("has the transfer coding ", coding, ", which was not requested");
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
            if (out.get(before) instanceof HttpResponse head
                    && isDecoded(head)
                    && Interim.isInterim(head.status().code())) {
                drop(out, before);
                pass(head);
                return;
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
                int bytes = head.decoderResult() instanceof HttpMessageDecoderResult result ? result.totalSize() : 0;
                interim.pass(head.status().code(), bytes);
            } catch (Misbehaviour e) {
                phase = Phase.GIVEN_UP;
                throw e;
            }
        }

        /**
         * Finishes the response in a later turn too: the TLS handler sometimes passes data on from a task of its own, without a
         * read-complete event.
         */
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
                // The connection was closed without close_notify of TLS. Without an end the response is broken off.
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
            rejectCodings(head);
            isLast |= isClosedAfter(head);
            return isHead || super.isContentAlwaysEmpty(message);
        }
    }
}
