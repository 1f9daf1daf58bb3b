package dev.muster.access;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many runs each caller has at once, by its name. One for a node, from any thread.
 *
 * <p>It outlives a reload of the configuration: runs in flight count on, and a quota that became smaller lets nothing in until
 * enough of them have ended. Callers without a quota are counted too, as a reload may give them one.
 */
public final class RunQuotas {
    /** Names stay: there are no more than configurations ever had. */
    private final Map<String, AtomicInteger> runsByCaller = new ConcurrentHashMap<>();

    /** A place for one more run of a caller, to be released at its end; empty if its quota is used up. */
    public Optional<RunPlace> tryTake(Caller caller) {
        AtomicInteger runs = runsByCaller.computeIfAbsent(caller.name(), unseen -> new AtomicInteger());
        int most = caller.runsAtOnce().orElse(Integer.MAX_VALUE);
        int now = runs.get();
        while (now < most) {
            if (runs.compareAndSet(now, now + 1)) {
                return Optional.of(new RunPlace(runs));
            }
            now = runs.get();
        }
        return Optional.empty();
    }

    /** The runs of every caller that has some, by its name. */
    public Map<String, Integer> statistics() {
        Map<String, Integer> statistics = new TreeMap<>();
        runsByCaller.forEach((name, runs) -> {
            int now = runs.get();
            if (now > 0) {
                statistics.put(name, now);
            }
        });
        return statistics;
    }
}
