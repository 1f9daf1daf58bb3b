package dev.muster.bus;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;

/**
 * Lets pings of a WebSocket go unanswered while its client does not read the answers: Vert.x answers each, and would keep all
 * of them. The standard (RFC 6455, 5.5.3) lets a server answer the last one only. Without state; any thread.
 */
@ChannelHandler.Sharable
final class UnreadPongs extends ChannelInboundHandlerAdapter {

    private static final UnreadPongs ONE = new UnreadPongs();
    private static final String NAME = "unreadPongs";

    private UnreadPongs() {}

    /** Bounds those of a connection that is about to become a WebSocket; again does nothing. On its loop. */
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
