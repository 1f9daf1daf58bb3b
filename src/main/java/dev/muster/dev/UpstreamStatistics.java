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

    /** The counters behind the statistics. Safe on any thread. */
    static final class Counters {
        private static final int MAX_URLS = 10_000;

        private final Map<String, Long> routes = new LinkedHashMap<>();
        private final Map<String, Long> urls = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
                return size() > MAX_URLS;
            }
        };
        private long requests;
        private long inFlight;
        private long highestInFlight;
        private long resets;

        Counters(Routes routes) {
            routes.names().forEach(name -> this.routes.put(name, 0L));
        }

        /** Counts a request. Returns the number of earlier requests of the same URL, among the 10,000 most recent URLs. */
        synchronized long began(String route, String url) {
            requests++;
            inFlight++;
            highestInFlight = Math.max(highestInFlight, inFlight);
            routes.merge(route, 1L, Long::sum);
            return urls.merge(url, 1L, Long::sum) - 1;
        }

        synchronized void ended(boolean byReset) {
            inFlight--;
            if (byReset) {
                resets++;
            }
        }

        synchronized UpstreamStatistics snapshot() {
            return new UpstreamStatistics(requests, inFlight, highestInFlight, resets, routes);
        }
    }
}
