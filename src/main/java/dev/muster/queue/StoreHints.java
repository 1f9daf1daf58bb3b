package dev.muster.queue;

import dev.muster.loop.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What a store in memory has to tell: gathered while it works, told in a step of its own if it still holds then. */
final class StoreHints {

    private final Loop loop;
    private final LongSupplier room;
    private final BooleanSupplier canTake;
    private final BooleanSupplier isIdle;
    private final List<StoredCancel> cancels = new ArrayList<>();
    private JobStore.@Nullable Listener listener;
    private boolean jobsReady;
    private boolean roomIsWanted;
    private boolean finished;
    private boolean telling;
    private boolean ended;

    private record StoredCancel(String id, String lease) {}

    StoreHints(Loop loop, LongSupplier room, BooleanSupplier canTake, BooleanSupplier isIdle) {
        this.loop = loop;
        this.room = room;
        this.canTake = canTake;
        this.isIdle = isIdle;
    }

    void listen(JobStore.Listener to) {
        if (listener != null) {
            throw new IllegalStateException("a store has one listener, and this one has it already");
        }
        listener = to;
    }

    void jobsReady() {
        jobsReady = true;
    }

    /** Somebody found the queue full. */
    void wantRoom() {
        roomIsWanted = true;
    }

    void cancelAsked(String id, String lease) {
        cancels.add(new StoredCancel(id, lease));
    }

    /** A job came to its end: the last one, perhaps. */
    void finished() {
        finished = true;
    }

    void end() {
        ended = true;
    }

    /** Tells in a step of its own, if there is something. */
    void tellLater() {
        boolean hasSomething = jobsReady
                || !cancels.isEmpty()
                || finished && isIdle.getAsBoolean()
                || roomIsWanted && room.getAsLong() > 0;
        if (hasSomething && !telling && listener != null) {
            telling = true;
            loop.execute(this::tell);
        }
    }

    private void tell() {
        telling = false;
        JobStore.Listener to = listener;
        if (ended || to == null) {
            return;
        }
        boolean tellReady = jobsReady && canTake.getAsBoolean();
        boolean tellIdle = finished && isIdle.getAsBoolean();
        long fits = roomIsWanted ? room.getAsLong() : 0;
        List<StoredCancel> asked = List.copyOf(cancels);
        jobsReady = false;
        finished = false;
        roomIsWanted &= fits <= 0;
        cancels.clear();
        asked.forEach(cancel -> to.cancelAsked(cancel.id(), cancel.lease()));
        if (fits > 0) {
            to.room(fits);
        }
        if (tellReady) {
            to.jobsReady();
        }
        if (tellIdle) {
            to.idle();
        }
    }
}
