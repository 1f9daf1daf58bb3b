package dev.muster.queue.postgres;

import dev.muster.loop.Loop;
import dev.muster.loop.Timer;
import dev.muster.queue.JobStore;
import dev.muster.queue.QueueStatus;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The periodic check of a queue in the database: every 1 to 3 seconds, and whenever a change is due. Each check does a part of
 * the housekeeping and sends the hints that follow from the status, so that lost notifications do no harm. Runs on the store's
 * loop.
 */
final class StoreWatch {

    private static final Logger LOG = LoggerFactory.getLogger("dev.muster.queue.postgres");

    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration SPREAD = Duration.ofSeconds(2);

    /** The batch size of the housekeeping in the database. After a full batch, the next check follows at once. */
    private static final int BATCH = 1_000;

    /** A due change is checked slightly later than computed, because the response itself took time. */
    private static final Duration LATE = Duration.ofMillis(1);

    private final Loop loop;
    private final String queue;
    private final Supplier<Future<Row>> look;
    private JobStore.@Nullable Listener listener;
    private @Nullable Timer timer;
    private long timerNanos;
    private boolean inFlight;
    private boolean lookAgain;
    private boolean wantsRoom;

    /** Whether unfinished jobs were seen since the last idle hint. */
    private boolean wasBusy;

    private boolean wasBroken;
    private boolean ended;

    StoreWatch(Loop loop, String queue, Supplier<Future<Row>> look) {
        this.loop = loop;
        this.queue = queue;
        this.look = look;
    }

    void listen(JobStore.Listener listener) {
        if (this.listener != null) {
            throw new IllegalStateException("a store has one listener, and this store already has one");
        }
        this.listener = listener;
        lookSoon(Duration.ZERO);
    }

    /** Notes that a put found the queue full. */
    void wantRoom() {
        wantsRoom = true;
    }

    /** Schedules a check for this time at the latest. */
    void lookSoon(Duration in) {
        long atNanos = loop.nanos() + in.toNanos();
        if (ended || listener == null || timer != null && timerNanos <= atNanos) {
            return;
        }
        if (timer != null) {
            timer.cancel();
        }
        timerNanos = atNanos;
        timer = loop.schedule(in, () -> {
            timer = null;
            look(true);
        });
    }

    /** Sends the hint in a separate turn of the loop. */
    void hintReady() {
        loop.execute(() -> hint(JobStore.Listener::jobsReady));
    }

    /** Sends the hint that this many waiting jobs left, or that the queue was closed, if a put waits for room. */
    void hintRoom(long jobs) {
        if (wantsRoom) {
            wantsRoom = false;
            hint(to -> to.room(Math.max(1, jobs)));
        }
    }

    void hintIdle() {
        hint(JobStore.Listener::idle);
    }

    void hintCancel(String id, long fence) {
        hint(to -> to.cancelAsked(id, fence));
    }

    /** Handles a notification. An unknown one triggers a check. */
    void heard(String what, List<String> more) {
        switch (what) {
            case "ready" -> hintReady();
            case "idle" -> hintIdle();
            case "closed" -> hintRoom(1);
            case "room" -> hintRoom(StoreRows.number(more.get(0)));
            case "due" -> lookSoon(Duration.ofMillis(StoreRows.number(more.get(0)) / 1_000 + 1));
            case "cancel" -> hintCancel(more.get(0), StoreRows.number(more.get(1)));
            default -> look(true);
        }
    }

    private void hint(Consumer<JobStore.Listener> hint) {
        if (listener != null && !ended) {
            hint.accept(listener);
        }
    }

    /**
     * Checks the queue.
     *
     * @param tells whether to hint at ready jobs. False after a take: the jobs it left are held back by their keys, and a hint
     *     would only repeat the take.
     */
    void look(boolean tells) {
        if (ended || listener == null) {
            return;
        }
        if (inFlight) {
            lookAgain |= tells;
            return;
        }
        inFlight = true;
        boolean wantedRoom = wantsRoom;
        look.get().onComplete((row, failure) -> {
            inFlight = false;
            Duration next = SHORTEST.plusNanos(ThreadLocalRandom.current().nextLong(SPREAD.toNanos()));
            if (failure == null) {
                Duration due = seen(row, tells, wantedRoom);
                next = due.compareTo(next) < 0 ? due : next;
            }
            lookSoon(next);
            if (lookAgain) {
                lookAgain = false;
                look(true);
            }
        });
    }

    /** Sends the hints that follow from a check. Returns the time until the next one, at most. */
    private Duration seen(Row row, boolean tells, boolean wantedRoom) {
        QueueStatus.Counts counts = counts(row);
        complainOf(counts);
        long room = row.getLong(7) - counts.waiting();
        boolean isClosed = row.getBoolean(9);
        Long[] cancels = Objects.requireNonNull(row.getArrayOfLongs(11));
        for (int i = 0; i < cancels.length; i += 2) {
            hintCancel(cancels[i].toString(), cancels[i + 1]);
        }
        if (wantedRoom && (room > 0 || isClosed)) {
            hintRoom(room);
        }
        if (tells && counts.ready() > 0 && !row.getBoolean(8)) {
            hint(JobStore.Listener::jobsReady);
        }
        if (counts.unfinished() == 0 && wasBusy) {
            wasBusy = false;
            hintIdle();
        }
        wasBusy |= counts.unfinished() > 0;
        if (row.getInteger(0) >= BATCH) {
            return Duration.ZERO;
        }
        Long nextMicros = row.getLong(10);
        return nextMicros == null
                ? SHORTEST.plus(SPREAD)
                : Duration.ofNanos(Math.max(0, Math.min(nextMicros, 3_600_000_000L)) * 1_000)
                        .plus(LATE);
    }

    /** Logs negative counters, once. They come from a bug, or from changes to the tables by hand. */
    private void complainOf(QueueStatus.Counts counts) {
        boolean isBroken = counts.scheduled() < 0
                || counts.ready() < 0
                || counts.leased() < 0
                || counts.done() < 0
                || counts.dead() < 0
                || counts.cancelled() < 0;
        if (isBroken && !wasBroken) {
            LOG.error(
                    "the counters of the queue {} are wrong: {}; repair them with `select muster.recount('{}')`",
                    queue,
                    counts,
                    queue);
        }
        wasBroken = isBroken;
    }

    static QueueStatus.Counts counts(Row row) {
        return new QueueStatus.Counts(
                row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4), row.getLong(5), row.getLong(6));
    }

    QueueStatus status(String name, String store, Row row) {
        wasBusy |= counts(row).unfinished() > 0;
        return new QueueStatus(name, store, row.getLong(7), counts(row), row.getBoolean(8), row.getBoolean(9));
    }

    void end() {
        ended = true;
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }
}
