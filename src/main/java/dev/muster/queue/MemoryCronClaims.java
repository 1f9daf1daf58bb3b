package dev.muster.queue;

import io.vertx.core.Future;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The cron claims of a node that coordinates with no other node, by the node's own clock. For each plan it remembers as many
 * times as there are minutes in a day, so that setting the clock back repeats none of them. Safe on any thread.
 *
 * <p>The claims of an earlier process are unknown. The times of the minute before the start therefore count as taken; otherwise a
 * node that restarts would run them twice.
 */
public final class MemoryCronClaims implements CronClaims {

    private static final int MAX_KNOWN = 24 * 60;

    private final Supplier<Instant> clock;
    private final Instant made;
    private final Map<String, Known> plans = new HashMap<>();

    private record Claimed(long number, Verdict verdict) {}

    private static final class Known {
        final Map<Instant, Claimed> claimed = new LinkedHashMap<>();
        final Set<Instant> going = new HashSet<>();
    }

    /**
     * No claims yet.
     *
     * @param clock the wall clock
     */
    public MemoryCronClaims(Supplier<Instant> clock) {
        this.clock = clock;
        this.made = clock.get();
    }

    @Override
    public Future<Instant> now() {
        return Future.succeededFuture(clock.get());
    }

    @Override
    public Future<Verdict> claim(Claim claim) {
        return Future.succeededFuture(verdict(claim, clock.get()));
    }

    private synchronized Verdict verdict(Claim claim, Instant now) {
        Known known = plans.computeIfAbsent(claim.plan(), plan -> new Known());
        Instant at = claim.at();
        boolean wasBefore = !at.isAfter(made) && at.isAfter(made.minus(PATIENCE));
        Claimed before = known.claimed.get(at);
        if (wasBefore || before != null) {
            return before != null && before.number() == claim.number() ? before.verdict() : Verdict.TAKEN;
        }
        if (at.isAfter(now)) {
            return Verdict.EARLY;
        }
        if (!at.isAfter(now.minus(PATIENCE))) {
            return Verdict.LATE;
        }
        Verdict verdict = claim.overlaps() || known.going.isEmpty() ? Verdict.FIRE : Verdict.BUSY;
        known.claimed.put(at, new Claimed(claim.number(), verdict));
        if (known.claimed.size() > MAX_KNOWN) {
            known.claimed.remove(known.claimed.keySet().iterator().next());
        }
        if (verdict == Verdict.FIRE) {
            known.going.add(at);
        }
        return verdict;
    }

    @Override
    public synchronized Future<Void> ended(Claim claim) {
        Known known = plans.get(claim.plan());
        if (known != null) {
            known.going.remove(claim.at());
        }
        return Future.succeededFuture();
    }
}
