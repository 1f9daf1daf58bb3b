package dev.muster.dev;

import java.util.LinkedHashMap;
import java.util.Map;

/** The counts behind {@link UpstreamStatistics}. Safe on every thread. */
final class Counters {
    private static final int MOST_URLS = 10_000;

    private final Map<String, Long> routes = new LinkedHashMap<>();
    private final Map<String, Long> urls = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > MOST_URLS;
        }
    };
    private long requests;
    private long inFlight;
    private long highestInFlight;
    private long resets;

    Counters(Routes routes) {
        routes.names().forEach(name -> this.routes.put(name, 0L));
    }

    /** Counts a request; answers how many of the same URL came before, of the 10,000 URLs seen last. */
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
