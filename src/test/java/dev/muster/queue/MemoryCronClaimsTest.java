package dev.muster.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class MemoryCronClaimsTest extends CronClaimsContract {

    private Instant clock = NOON.minusSeconds(3_600);
    private final MemoryCronClaims claims = new MemoryCronClaims(() -> clock);
    private int names;

    @Override
    protected String name() {
        return "p" + names++;
    }

    @Override
    protected void setClock(Instant to) {
        clock = to;
    }

    @Override
    protected CronClaims.Verdict claim(CronClaims.Claim claim) {
        return claims.claim(claim).result();
    }

    @Override
    protected void ended(CronClaims.Claim claim) {
        claims.ended(claim);
    }

    @Override
    protected Instant now() {
        return claims.now().result();
    }

    @Test
    void timeJustBeforeTheNodeStarted_isTaken_asItMayHaveRunAlready() {
        var late = new MemoryCronClaims(() -> NOON.plusSeconds(20));

        assertThat(late.claim(new CronClaims.Claim("p", NOON, false, Duration.ofMinutes(1), 1))
                        .result())
                .isEqualTo(CronClaims.Verdict.TAKEN);
    }
}
