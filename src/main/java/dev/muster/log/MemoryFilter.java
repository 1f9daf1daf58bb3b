package dev.muster.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import dev.muster.loop.OutOfMemory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

/**
 * A filter that inspects every logged failure for exhausted memory, even if the line is not written: Vert.x and Netty
 * catch failures on their threads, log them and continue. The filter does not change which lines are written. It only
 * reports debug as enabled for {@link #CONNECTIONS}.
 */
final class MemoryFilter extends TurboFilter {

    /** The Vert.x logger that receives the failure of a connection only if debug is enabled. */
    private static final String CONNECTIONS = "io.vertx.core.net.impl.ConnectionBase";

    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            Level level,
            @Nullable String format,
            Object @Nullable [] params,
            @Nullable Throwable thrown) {
        if (thrown != null) {
            OutOfMemory.check(thrown);
        } else if (params != null && params.length > 0 && params[params.length - 1] instanceof Throwable last) {
            OutOfMemory.check(last);
        }
        boolean asksForDebug =
                format == null && level == Level.DEBUG && logger.getName().equals(CONNECTIONS);
        return asksForDebug ? FilterReply.ACCEPT : FilterReply.NEUTRAL;
    }
}
