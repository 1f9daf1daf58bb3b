package dev.muster.connect.postgres;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.vertx.pgclient.PgException;

/** Behind the driver: what it throws ends the connection, or each further message would make it throw again. */
final class PgEnd extends ChannelInboundHandlerAdapter {
    private final Runnable ended;

    /**
     * At the end of a connection's pipeline.
     *
     * @param ended told before the connection is closed
     */
    PgEnd(Runnable ended) {
        this.ended = ended;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable thrown) {
        context.fireExceptionCaught(thrown);
        // What the server says as it ends the connection comes this way too.
        if (!(thrown instanceof PgException)) {
            ended.run();
            var unused = context.pipeline().firstContext().close();
        }
    }
}
