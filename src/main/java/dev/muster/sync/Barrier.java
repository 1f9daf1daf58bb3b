package dev.muster.sync;

import dev.muster.loop.Loop;
import dev.muster.task.CancelReason;
import dev.muster.task.Scope;
import dev.muster.task.TimedOutException;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A barrier: a point that a fixed number of tasks pass together, each waiting until the last one arrives. It is reusable
 * at once.
 *
 * <p>A task that is cancelled while it waits does not count as arrived, so another task is needed in its place. Once the
 * last one has arrived, all pass, even if one of them is cancelled afterwards. On the loop only.
 */
public final class Barrier {

    /**
     * The state of a barrier at one moment.
     *
     * @param parties the number of tasks that pass together
     * @param waiting the number of tasks that have arrived and wait
     */
    public record Statistics(int parties, int waiting) {}

    private final Loop loop;
    private final int parties;
    private final Waiters<Barrier, Integer> line = new Waiters<>("the others at a barrier");

    /**
     * Creates a barrier for the tasks of this loop.
     *
     * @param parties the number of tasks that pass together, at least 1
     */
    public Barrier(Loop loop, int parties) {
        if (parties < 1) {
            throw new IllegalArgumentException("a barrier is for at least 1 task, not " + parties);
        }
        this.loop = loop;
        this.parties = parties;
    }

    /** Waits for the other tasks; returns the arrival index of this task, from 0. */
    public Future<Integer> await(Scope scope) {
        return await(scope, null);
    }

    /** As {@link #await(Scope)}, with a time limit, null for none; fails with {@link TimedOutException} if it passes first. */
    public Future<Integer> await(Scope scope, @Nullable Duration limit) {
        Waiters.requireLoop(loop, this);
        CancelReason reason = scope.cancelReason();
        if (reason != null) {
            return Waiters.cancelled(reason);
        }
        if (line.size() < parties - 1) {
            return line.join(scope, this, limit);
        }
        var all = new ArrayList<Waiters.Place<Barrier, Integer>>();
        for (var next = line.poll(); next != null; next = line.poll()) {
            all.add(next);
        }
        for (int place = 0; place < all.size(); place++) {
            all.get(place).resume(place);
        }
        return Future.succeededFuture(parties - 1);
    }

    /** The current statistics. */
    public Statistics statistics() {
        return new Statistics(parties, line.size());
    }
}
