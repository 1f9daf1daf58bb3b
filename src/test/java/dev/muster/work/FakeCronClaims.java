package dev.muster.work;

import dev.muster.queue.CronClaims;
import dev.muster.queue.MemoryCronClaims;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Times in memory that can be down, and tell which were granted. */
final class FakeCronClaims implements CronClaims {

    final List<Instant> granted = new ArrayList<>();
    boolean isDown;
    private final MemoryCronClaims memory;

    FakeCronClaims(Supplier<Instant> clock) {
        memory = new MemoryCronClaims(clock);
    }

    @Override
    public Future<Instant> now() {
        return memory.now();
    }

    @Override
    public Future<Verdict> claim(Claim claim) {
        return isDown
                ? Future.failedFuture("down")
                : memory.claim(claim).onSuccess(verdict -> {
                    if (verdict == Verdict.FIRE) {
                        granted.add(claim.at());
                    }
                });
    }

    @Override
    public Future<Void> ended(Claim claim) {
        return memory.ended(claim);
    }
}
