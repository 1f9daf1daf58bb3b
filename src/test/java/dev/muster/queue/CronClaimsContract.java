package dev.muster.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.queue.CronClaims.Claim;
import dev.muster.queue.CronClaims.Verdict;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What holds of the times of plans, whoever keeps them. */
public abstract class CronClaimsContract {

    protected static final Instant NOON = Instant.parse("2026-01-05T12:00:00Z");
    private static long numbers;

    private String plan = "";

    /** A name that no other test has. */
    protected abstract String name();

    /** Sets the clock. */
    protected abstract void setClock(Instant to);

    protected abstract Verdict claim(Claim claim);

    protected abstract void ended(Claim claim);

    protected abstract Instant now();

    @BeforeEach
    void atNoon() {
        plan = name();
        setClock(NOON);
    }

    private Claim wish(Instant at) {
        return new Claim(plan, at, false, Duration.ofMinutes(5), numbers++);
    }

    @Test
    void now_isWhatTheClockSays() {
        assertThat(now()).isEqualTo(NOON);
    }

    @Test
    void time_isTheFirstClaimers() {
        assertThat(claim(wish(NOON))).isEqualTo(Verdict.FIRE);
        assertThat(claim(wish(NOON))).isEqualTo(Verdict.TAKEN);
    }

    @Test
    void claimThatIsSaidAgain_hasTheSameAnswer() {
        Claim first = wish(NOON);
        assertThat(claim(first)).isEqualTo(Verdict.FIRE);
        setClock(NOON.plusSeconds(300));
        assertThat(claim(first)).isEqualTo(Verdict.FIRE);
    }

    @Test
    void time_canBeClaimedFromItsMomentOn_forAMinute() {
        Instant at = NOON.plusSeconds(60);
        setClock(at.minusMillis(1));
        assertThat(claim(wish(at))).isEqualTo(Verdict.EARLY);
        setClock(at.plus(CronClaims.PATIENCE));
        assertThat(claim(wish(at))).isEqualTo(Verdict.LATE);
        setClock(at.plus(CronClaims.PATIENCE).minusMillis(1));
        assertThat(claim(wish(at))).isEqualTo(Verdict.FIRE);
    }

    @Test
    void time_isPassedOver_whileTheRunBeforeGoesOn() {
        Claim first = wish(NOON);
        assertThat(claim(first)).isEqualTo(Verdict.FIRE);
        setClock(NOON.plusSeconds(60));
        Claim second = wish(NOON.plusSeconds(60));
        assertThat(claim(second)).isEqualTo(Verdict.BUSY);
        ended(first);
        assertThat(claim(second)).as("said again").isEqualTo(Verdict.BUSY);
        assertThat(claim(wish(NOON.plusSeconds(60)))).as("nobody else's").isEqualTo(Verdict.TAKEN);
        setClock(NOON.plusSeconds(120));
        assertThat(claim(wish(NOON.plusSeconds(120)))).isEqualTo(Verdict.FIRE);
    }

    @Test
    void overlaps_areForWhoeverAllowsThem() {
        claim(wish(NOON));
        setClock(NOON.plusSeconds(60));
        assertThat(claim(new Claim(plan, NOON.plusSeconds(60), true, Duration.ofMinutes(5), numbers++)))
                .isEqualTo(Verdict.FIRE);
    }

    @Test
    void plans_haveTimesOfTheirOwn() {
        claim(wish(NOON));
        plan = name();
        assertThat(claim(wish(NOON))).isEqualTo(Verdict.FIRE);
    }

    @Test
    void clockThatIsPutBack_bringsNoTimeAgain() {
        for (int minute = 0; minute < 30; minute++) {
            setClock(NOON.plusSeconds(60 * minute));
            Claim one = wish(NOON.plusSeconds(60 * minute));
            assertThat(claim(one)).isEqualTo(Verdict.FIRE);
            ended(one);
        }
        setClock(NOON.plusSeconds(600));
        assertThat(claim(wish(NOON.plusSeconds(600)))).isEqualTo(Verdict.TAKEN);
    }
}
