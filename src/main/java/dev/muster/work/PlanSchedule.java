package dev.muster.work;

import dev.muster.plan.Cron;
import dev.muster.plan.Trigger;
import dev.muster.queue.CronClaims;
import dev.muster.run.Program;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The schedule of one plan: its next time, the claims for it, and the times skipped. On one loop. */
final class PlanSchedule {

    private static final Logger LOG = LoggerFactory.getLogger(CronScheduler.class);
    private static final int MAX_COUNTED = 1_000;

    private final Program program;
    private final String plan;
    private final Cron cron;
    private final boolean overlaps;
    private final CronClaims claims;
    private final TimedRuns runs;

    /** The moment up to which every time is claimed or skipped; null before the first look. */
    private @Nullable Instant settled;

    private CronClaims.@Nullable Claim claim;
    private boolean isClaiming;
    private boolean isFailing;
    private long overlapped;
    private long missed;

    PlanSchedule(Program program, Trigger.Times times, CronClaims claims, TimedRuns runs) {
        this.program = program;
        this.plan = program.plan().name();
        this.cron = times.cron();
        this.overlaps = times.overlaps();
        this.claims = claims;
        this.runs = runs;
    }

    boolean isClaiming() {
        return isClaiming;
    }

    long overlapped() {
        return overlapped;
    }

    long missed() {
        return missed;
    }

    /**
     * Claims the scheduled time if it has come.
     *
     * @param soon the wait while a claim is pending
     * @return the wait before the next call
     */
    Duration look(Instant now, Duration soon) {
        if (isClaiming) {
            return soon;
        }
        Instant oldest = now.minus(CronClaims.PATIENCE);
        Instant from = settled == null || settled.isAfter(now) ? oldest : settled;
        Instant due = cron.next(from);
        if (!due.isAfter(oldest)) {
            miss(due, oldest);
            from = oldest;
            due = cron.next(oldest);
        }
        settled = from;
        if (due.isAfter(now)) {
            return Duration.between(now, due);
        }
        claim(due);
        return soon;
    }

    private void claim(Instant due) {
        CronClaims.Claim current = claim;
        if (current == null || !current.at().equals(due)) {
            long number = ThreadLocalRandom.current().nextLong();
            current = new CronClaims.Claim(plan, due, overlaps, runs.longest(program), number);
            claim = current;
        }
        CronClaims.Claim pending = current;
        isClaiming = true;
        claims.claim(pending).onComplete((verdict, failure) -> {
            isClaiming = false;
            if (verdict == null) {
                failed(pending, failure);
            } else {
                claimed(pending, verdict);
            }
            runs.completeIfIdle();
        });
    }

    private void failed(CronClaims.Claim claim, Throwable failure) {
        if (!isFailing) {
            LOG.warn(
                    "plan {} does not run for {} yet, as the run cannot be claimed: {}",
                    plan,
                    claim.at(),
                    failure.getMessage());
        }
        isFailing = true;
    }

    private void claimed(CronClaims.Claim claim, CronClaims.Verdict verdict) {
        isFailing = false;
        if (verdict == CronClaims.Verdict.EARLY) {
            return;
        }
        settled = claim.at();
        this.claim = null;
        switch (verdict) {
            case FIRE -> runs.begin(program, claim);
            case BUSY -> {
                overlapped++;
                LOG.atWarn()
                        .addKeyValue("plan", plan)
                        .log("plan {} does not run for {}: its previous run is still active", plan, claim.at());
            }
            case LATE -> miss(claim.at(), claim.at());
            default -> {}
        }
    }

    private void miss(Instant first, Instant last) {
        int count = 0;
        for (Instant at = first; !at.isAfter(last) && count < MAX_COUNTED; at = cron.next(at)) {
            count++;
        }
        missed += count;
        LOG.atWarn()
                .addKeyValue("plan", plan)
                .log(
                        "plan {} was not run by this node for {}{}: it is more than {} s late",
                        plan,
                        first,
                        count == 1
                                ? ""
                                : " and " + (count - 1) + (count == MAX_COUNTED ? " or more" : "") + " later times",
                        CronClaims.PATIENCE.toSeconds());
    }
}
