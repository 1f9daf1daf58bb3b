package dev.muster.access;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The counters of concurrent runs, by the caller's name. One instance for a node; safe on any thread.
 *
 * <p>The counters outlive a reload of the configuration. Runs in flight still count; if a quota became smaller, new runs are
 * rejected until enough runs have ended. Callers without a quota are counted too, because a reload can give them one.
 */
public final class RunQuotas {
    /** Names are never removed: their number is bounded by the names that configurations ever had. */
    private final Map<String, AtomicInteger> runsByCaller = new ConcurrentHashMap<>();

    /** Returns a permit for one more run of a caller, to be released at the end of the run; empty if the quota is used up. */
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

    /** The number of runs of every caller that has any, by name. */
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

    /** A permit for one of a caller's concurrent runs. Safe on any thread. */
    public static final class RunPlace {
        private final AtomicInteger runs;
        private final AtomicBoolean released = new AtomicBoolean();

        private RunPlace(AtomicInteger runs) {
            this.runs = runs;
        }

        /** Releases the permit. Idempotent. */
        public void release() {
            if (released.compareAndSet(false, true)) {
                runs.decrementAndGet();
            }
        }
    }
}
