package dev.muster.bus;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;

/**
 * Ignores pings of a WebSocket whose client does not read the pongs: Vert.x answers each ping, and would buffer all pongs. RFC
 * 6455, 5.5.3, permits a server to answer only the latest ping. Stateless; safe on any thread.
 */
@ChannelHandler.Sharable
final class UnreadPongs extends ChannelInboundHandlerAdapter {

    private static final UnreadPongs ONE = new UnreadPongs();
    private static final String NAME = "unreadPongs";

    private UnreadPongs() {}

    /** Adds the handler to a connection that is about to become a WebSocket. Idempotent. Call on the connection's loop. */
    static void bound(ChannelHandlerContext vertx) {
        if (vertx.pipeline().get(NAME) == null) {
            vertx.pipeline().addBefore(vertx.name(), NAME, ONE);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof PingWebSocketFrame ping && !context.channel().isWritable()) {
            ping.release();
        } else {
            context.fireChannelRead(message);
        }
    }
}
