package dev.muster.dev;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A snapshot of an upstream's counters. Requests for the statistics themselves are not counted.
 *
 * @param requests number of requests received
 * @param inFlight number of requests without a complete response
 * @param highestInFlight highest number of requests in flight at the same time
 * @param resets number of requests the caller aborted before the response was complete, by a stream reset or a closed connection
 * @param routes number of requests by route, in file order; requests without a route count as {@code none}
 */
public record UpstreamStatistics(
        long requests, long inFlight, long highestInFlight, long resets, Map<String, Long> routes) {

    /** Copies the map and keeps its order. */
    public UpstreamStatistics {
        routes = Collections.unmodifiableMap(new LinkedHashMap<>(routes));
    }

    /** The statistics as a JSON object. */
    Map<String, Object> toValue() {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("requests", requests);
        value.put("inFlight", inFlight);
        value.put("highestInFlight", highestInFlight);
        value.put("resets", resets);
        value.put("routes", routes);
        return value;
    }
}
