package dev.muster.bus;

import java.time.Duration;

/**
 * The bounds of the event bus, which are those of HTTP: settings of {@code server.limits}.
 *
 * @param bodyBytes of a request, and of a frame that comes over a bridge
 * @param frameTime for the first frame of a connection to arrive, and for each frame that has begun
 * @param connections of bridges at once, of a node
 */
public record BusLimits(int bodyBytes, Duration frameTime, int connections) {}
