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
 * The times of a node that agrees with nobody else, by its own clock. It remembers as many as there are minutes in a day for each plan,
 * so that a clock that is put back brings none of them again. Safe on every thread.
 *
 * <p>Nothing is known of what was before it was made, so that the times of the minute before are taken: a node that
 * starts again would else run them twice.
 */
public final class MemoryFires implements Fires {

    private static final int MOST_KNOWN = 24 * 60;

    private final Supplier<Instant> clock;
    private final Instant made;
    private final Map<String, Known> plans = new HashMap<>();

    private record Claimed(long number, Verdict verdict) {}

    private static final class Known {
        final Map<Instant, Claimed> claimed = new LinkedHashMap<>();
        final Set<Instant> going = new HashSet<>();
    }

    /** None yet, by this clock. */
    public MemoryFires(Supplier<Instant> clock) {
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
        if (known.claimed.size() > MOST_KNOWN) {
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
