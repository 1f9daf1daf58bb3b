package dev.muster.dev;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What an upstream has seen so far; requests for this page are not counted.
 *
 * @param requests how many have come
 * @param inFlight how many are not answered yet
 * @param highestInFlight the most that were in flight at once
 * @param resets how many the caller gave up before the answer was whole: a stream reset, or the connection closed
 * @param routes how many came to each route, in the order of the file; what fits none is under {@code none}
 */
public record UpstreamStatistics(
        long requests, long inFlight, long highestInFlight, long resets, Map<String, Long> routes) {

    /** Copies the map, in its order. */
    public UpstreamStatistics {
        routes = Collections.unmodifiableMap(new LinkedHashMap<>(routes));
    }

    /** As JSON. */
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
