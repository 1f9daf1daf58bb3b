package dev.muster.web;

import dev.muster.connect.DeadlineHeader;
import io.vertx.core.http.HttpHeaders;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** Header names and values, encoded once. */
final class HeaderNames {

    static final CharSequence RUN = HttpHeaders.createOptimized("muster-run");
    static final CharSequence PARTIAL = HttpHeaders.createOptimized("muster-partial");
    static final CharSequence AUTHORIZATION = HttpHeaders.AUTHORIZATION;
    static final CharSequence ACCEPT = HttpHeaders.ACCEPT;
    static final CharSequence ACCEPT_ENCODING = HttpHeaders.createOptimized("accept-encoding");
    static final CharSequence CONTENT_TYPE = HttpHeaders.CONTENT_TYPE;
    static final CharSequence CONNECTION = HttpHeaders.CONNECTION;
    static final CharSequence CLOSE = HttpHeaders.CLOSE;
    static final CharSequence CACHE_CONTROL = HttpHeaders.CACHE_CONTROL;
    static final CharSequence NO_STORE = HttpHeaders.createOptimized("no-store");
    static final CharSequence TRACEPARENT = HttpHeaders.createOptimized("traceparent");
    static final CharSequence TRACESTATE = HttpHeaders.createOptimized("tracestate");
    static final CharSequence LAST_EVENT_ID = HttpHeaders.createOptimized("last-event-id");
    static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
    static final CharSequence PROBLEM = HttpHeaders.createOptimized(ProblemDetails.CONTENT_TYPE);
    static final CharSequence NDJSON = HttpHeaders.createOptimized("application/x-ndjson");
    static final CharSequence EVENTS = HttpHeaders.createOptimized("text/event-stream");

    private static final Map<DeadlineHeader, CharSequence> DEADLINES = new EnumMap<>(DeadlineHeader.class);

    static {
        DeadlineHeader.ALL.forEach(header -> DEADLINES.put(header, HttpHeaders.createOptimized(header.lowerCase())));
    }

    private HeaderNames() {}

    /** The name of a deadline header. */
    static CharSequence of(DeadlineHeader header) {
        return Objects.requireNonNull(DEADLINES.get(header));
    }
}
