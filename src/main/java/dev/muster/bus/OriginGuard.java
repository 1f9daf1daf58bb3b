package dev.muster.bus;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps away pages of other sites: browsers let any page open a WebSocket anywhere. What is no browser says no origin and goes on.
 *
 * @param origins those that may, beside the server's own; {@code *} is any
 */
record OriginGuard(List<String> origins) implements Handler<RoutingContext> {

    private static final int FORBIDDEN = 403;

    @Override
    public void handle(RoutingContext context) {
        HttpServerRequest request = context.request();
        String origin = request.getHeader("origin");
        if (origin == null || origins.contains("*") || origins.contains(origin) || isOwn(origin, request)) {
            context.next();
        } else {
            context.response()
                    .setStatusCode(FORBIDDEN)
                    .end("pages of " + BridgeText.shown(origin) + " may not connect (server.cors)\n");
        }
    }

    private static boolean isOwn(String origin, HttpServerRequest request) {
        String authority = authority(origin);
        return authority != null && authority.equalsIgnoreCase(request.getHeader("host"));
    }

    private static @Nullable String authority(String origin) {
        try {
            return URI.create(origin).getRawAuthority();
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
