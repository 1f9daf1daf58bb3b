package dev.muster.dev;

import java.util.LinkedHashMap;
import java.util.Map;

/** The counters behind {@link UpstreamStatistics}. Safe on any thread. */
final class Counters {
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
