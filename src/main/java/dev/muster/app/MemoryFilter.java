package dev.muster.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import dev.muster.loop.OutOfMemory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

/**
 * Looks at every failure that anybody logs, for memory that is exhausted, whether the line is written or not: Vert.x and Netty catch what
 * is thrown on their threads, log it, and go on. Leaves what is written as it is.
 */
final class MemoryFilter extends TurboFilter {

    /** Hands over the failure of a connection only where it believes that somebody looks for faults. */
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
