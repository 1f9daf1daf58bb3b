package dev.muster.web;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The cross-origin rules: the origins whose pages can send requests and read the responses (setting {@code server.cors}; Fetch
 * standard, section 3.3). Keys come in headers and never in cookies, so responses never allow credentials. Immutable; safe on any
 * thread.
 */
final class Cors {

    private static final String ANY = "*";
    private static final CharSequence METHODS = HttpHeaders.createOptimized("GET, HEAD, POST, PUT, PATCH, DELETE");
    private static final CharSequence ALLOWED = HttpHeaders.createOptimized(
            "authorization, content-type, last-event-id, if-none-match, traceparent, tracestate, muster-deadline,"
                    + " idempotency-key");
    private static final CharSequence EXPOSED = HttpHeaders.createOptimized(
            "muster-run, muster-partial, retry-after, location, allow, www-authenticate, etag");
    private static final CharSequence TEN_MINUTES = HttpHeaders.createOptimized("600");
    private static final CharSequence ORIGIN = HttpHeaders.createOptimized("origin");

    private final Set<String> origins;
    private final boolean any;

    /** Rules for these origins; {@code *} is any origin. */
    Cors(List<String> origins) {
        this.origins = Set.copyOf(origins);
        this.any = this.origins.contains(ANY);
    }

    /** Sets the CORS headers of a response before its content is known. The event bus has its own rules. */
    void mark(HttpServerRequest request) {
        if (origins.isEmpty() || isOfBridge(request.path())) {
            return;
        }
        HttpServerResponse response = request.response();
        if (!any) {
            response.putHeader(HttpHeaders.VARY, ORIGIN);
        }
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        if (origin == null || !isAllowed(origin)) {
            return;
        }
        response.putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, any ? ANY : origin);
        if (isPreflight(request)) {
            response.putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, METHODS)
                    .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, ALLOWED)
                    .putHeader(HttpHeaders.ACCESS_CONTROL_MAX_AGE, TEN_MINUTES);
        } else {
            response.putHeader(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        }
    }

    /** Whether the request is a preflight of a page with an allowed origin. A preflight has no credentials and runs no plan. */
    boolean isPreflight(HttpServerRequest request) {
        if (origins.isEmpty() || request.method() != HttpMethod.OPTIONS || isOfBridge(request.path())) {
            return false;
        }
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        return origin != null
                && isAllowed(origin)
                && request.headers().contains(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD);
    }

    private boolean isAllowed(String origin) {
        return any || origins.contains(origin);
    }

    private static boolean isOfBridge(@Nullable String path) {
        return path != null && path.startsWith("/eventbus");
    }
}
