package dev.muster.web;

import java.time.Duration;

/**
 * The bounds of HTTP, each a setting of {@code server.limits}.
 *
 * @param bodyBytes of a request
 * @param headerBytes of all headers of a request; its first line has as much
 * @param requestTime for a request to arrive, from the first byte that is awaited to the last of its body
 * @param idle how long a connection may stay without a request
 * @param connections at once, of one event loop
 */
public record HttpLimits(int bodyBytes, int headerBytes, Duration requestTime, Duration idle, int connections) {

    /** The documented defaults. */
    public static final HttpLimits DEFAULTS =
            new HttpLimits(1 << 20, 16 << 10, Duration.ofSeconds(30), Duration.ofSeconds(75), 10_000);
}
