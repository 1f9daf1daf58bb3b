package dev.muster.web;

import java.time.Duration;

/**
 * The limits of HTTP; each one is a setting of {@code server.limits}.
 *
 * @param bodyBytes size of a request body, in bytes
 * @param headerBytes size of all headers of a request, in bytes; the request line has the same limit
 * @param requestTime time for a request to arrive, from when its first byte is awaited to the end of its body
 * @param idle how long a connection can stay open without a request
 * @param connections concurrent connections of one event loop
 */
public record HttpLimits(int bodyBytes, int headerBytes, Duration requestTime, Duration idle, int connections) {

    /** The documented defaults. */
    public static final HttpLimits DEFAULTS =
            new HttpLimits(1 << 20, 16 << 10, Duration.ofSeconds(30), Duration.ofSeconds(75), 10_000);
}
