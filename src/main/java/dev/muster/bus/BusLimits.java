package dev.muster.bus;

import java.time.Duration;

/**
 * The limits of the event bus. They are those of HTTP: settings of {@code server.limits}.
 *
 * @param bodyBytes size of a request, and of a bridge frame, in bytes
 * @param frameTime time for the first frame of a connection to arrive, and for each begun frame to be complete
 * @param connections bridge connections of the node at once
 */
public record BusLimits(int bodyBytes, Duration frameTime, int connections) {}
