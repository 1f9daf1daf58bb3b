package dev.muster.work;

import dev.muster.loop.Loop;
import dev.muster.loop.Timer;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.queue.ItemResult;
import dev.muster.queue.JobQueue;
import dev.muster.queue.QueueException;
import dev.muster.queue.Settle;
import dev.muster.queue.Settled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The settlements sent to one queue, repeated until the queue responds. While the queue does not respond, all of them
 * wait for the next attempt and are sent together. The pauses between attempts grow from 0.1 s to 2 s, are never longer
 * than a quarter of a lease, and take at most half of the time in which the waiting settlements are still useful, but not
 * less than 0.1 s. Each pause is shortened at random by up to one half. On one loop.
 */
final class OutcomeQueue {

    private static final Logger LOG = LoggerFactory.getLogger(OutcomeQueue.class);
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
    private static final int MAX_DOUBLED = 10;
    private static final int PARTS_OF_A_LEASE = 4;

    /** Error types that concern the settlement itself: a repetition would be rejected again. */
    private static final Set<ErrorType> FINAL =
            Set.of(ErrorType.BAD_INPUT, ErrorType.LIMIT, ErrorType.CONFLICT, ErrorType.DENIED, ErrorType.NOT_FOUND);

    /** The error field with the SQLSTATE, its length, and the classes that do not concern the statement. */
    private static final String CODE = "code";

    private static final int CODE_CHARS = 5;
    private static final Set<String> OF_THE_SERVER = Set.of("08", "25", "40", "53", "55", "57", "58", "XX");

    /** A settlement of one job. */
    interface Settlement {

        /** The settlement, the same at each attempt. */
        Settle settle();

        /** Whether the settlement is still to be sent; called before each attempt but the first. If it is not, this call has cleaned up. */
        boolean isStillUseful();

        /** The loop's time until which sending it is useful. */
        long untilNanos();

        /** Receives the response of the queue. */
        void settled(Settled result);

        /** Reports an error that a repetition would meet again. */
        void rejected(Throwable why);
    }

    private final Loop loop;
    private final JobQueue queue;
    private final String name;
    private final Duration longestPause;
    private final List<Settlement> again = new ArrayList<>();
    private @Nullable Timer pause;
    private int failures;

    OutcomeQueue(Loop loop, JobQueue queue) {
        this.loop = loop;
        this.queue = queue;
        this.name = queue.settings().name();
        Duration part = queue.settings().lease().dividedBy(PARTS_OF_A_LEASE);
        this.longestPause = part.compareTo(LONGEST_PAUSE) < 0 ? part : LONGEST_PAUSE;
    }

    /** Sends a settlement now, or with the next attempt if the queue does not respond. */
    void send(Settlement settlement) {
        if (pause != null) {
            again.add(settlement);
        } else {
            send(List.of(settlement));
        }
    }

    /** Whether the last attempt failed. */
    boolean isRepeating() {
        return failures > 0;
    }

    private void send(List<Settlement> settlements) {
        List<Settle> settles = settlements.stream().map(Settlement::settle).toList();
        queue.settleAll(settles)
                .onComplete((parts, failure) -> loop.execute(() -> answered(settlements, parts, failure)));
    }

    private void answered(
            List<Settlement> settlements, @Nullable List<ItemResult<Settled>> parts, @Nullable Throwable failure) {
        int before = again.size();
        Throwable why = null;
        for (int i = 0; i < settlements.size(); i++) {
            Throwable own = parts == null ? failure : parts.get(i).failure();
            Settled settled = parts == null ? null : parts.get(i).result();
            if (settled != null) {
                settlements.get(i).settled(settled);
            } else if (own == null || !isFinal(own)) {
                again.add(settlements.get(i));
                why = own;
            } else {
                settlements.get(i).rejected(own);
            }
        }
        if (again.size() > before && pause == null) {
            pause(why);
        } else if (again.isEmpty()) {
            recovered();
        }
    }

    private void recovered() {
        if (failures > 0) {
            failures = 0;
            LOG.info("queue {} responds again", name);
        }
    }

    private void pause(@Nullable Throwable why) {
        if (failures == 0) {
            LOG.warn(
                    "outcomes of jobs cannot be reported to queue {}, retrying until the leases expire: {}",
                    name,
                    reason(why));
        }
        Duration doubled = SHORTEST_PAUSE.multipliedBy(1L << Math.min(failures, MAX_DOUBLED));
        long usualNanos = (doubled.compareTo(longestPause) < 0 ? doubled : longestPause).toNanos();
        long nanos = Math.min(usualNanos, Math.max(SHORTEST_PAUSE.toNanos(), leftNanos() / 2));
        failures++;
        pause = loop.schedule(nanos / 2 + ThreadLocalRandom.current().nextLong(nanos / 2 + 1), this::repeat);
    }

    private long leftNanos() {
        long nowNanos = loop.nanos();
        return again.stream()
                .mapToLong(settlement -> settlement.untilNanos() - nowNanos)
                .min()
                .orElse(Long.MAX_VALUE);
    }

    private void repeat() {
        pause = null;
        List<Settlement> settlements = List.copyOf(again);
        again.clear();
        List<Settlement> useful =
                settlements.stream().filter(Settlement::isStillUseful).toList();
        if (!useful.isEmpty()) {
            send(useful);
        }
    }

    /** The reason of a failure for the log: the type and detail of an error instead of its class. */
    static String reason(@Nullable Throwable failure) {
        if (failure instanceof MusterException error) {
            return error.type().word() + ": " + error.detail();
        }
        return failure instanceof QueueException rejection
                ? String.valueOf(rejection.getMessage())
                : String.valueOf(failure);
    }

    /** Whether a repetition would be rejected again, judged by the type of the error. */
    private static boolean isFinal(Throwable failure) {
        if (failure instanceof QueueException refused) {
            return refused.kind() != QueueException.Kind.BUSY;
        }
        if (!(failure instanceof MusterException error)) {
            return false;
        }
        return FINAL.contains(error.type()) || error.type() == ErrorType.QUERY && !isOfTheServer(error);
    }

    /** Whether an error does not concern the statement, as far as is known: an error without an SQLSTATE can pass. */
    private static boolean isOfTheServer(MusterException error) {
        return !(error.more().get(CODE) instanceof String code)
                || code.length() != CODE_CHARS
                || OF_THE_SERVER.contains(code.substring(0, 2));
    }
}
