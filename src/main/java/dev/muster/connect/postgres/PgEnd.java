package dev.muster.connect.postgres;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.vertx.pgclient.PgException;

/** A handler behind the driver that closes the connection when the driver throws; otherwise every further message would throw again. */
final class PgEnd extends ChannelInboundHandlerAdapter {
    private final Runnable ended;

    /**
     * Creates the last handler of a connection's pipeline.
     *
     * @param ended called before the connection is closed
     */
    PgEnd(Runnable ended) {
        this.ended = ended;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable thrown) {
        context.fireExceptionCaught(thrown);
        // A PgException is the server's last message before it ends the connection itself.
        if (!(thrown instanceof PgException)) {
            ended.run();
            var unused = context.pipeline().firstContext().close();
        }
    }
}
