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
 * A point that a number of tasks pass together: each waits until the last one has come. It can be used again at once.
 *
 * <p>A task that is cancelled while it waits has not come: another one is needed in its place. Once the last one has come all
 * pass, whoever is cancelled after it. On the loop only.
 */
public final class Barrier {

    /**
     * A barrier at one moment.
     *
     * @param parties how many tasks pass together
     * @param waiting how many have come
     */
    public record Statistics(int parties, int waiting) {}

    private final Loop loop;
    private final int parties;
    private final Waiters<Barrier, Integer> line = new Waiters<>("the others at a barrier");

    /** A barrier for so many tasks of this loop, at least 1. */
    public Barrier(Loop loop, int parties) {
        if (parties < 1) {
            throw new IllegalArgumentException("a barrier is for at least 1 task, not " + parties);
        }
        this.loop = loop;
        this.parties = parties;
    }

    /** Waits for the others; gives the place in which this one came, from 0 on. */
    public Future<Integer> await(Scope scope) {
        return await(scope, null);
    }

    /** As {@link #await(Scope)}; fails with {@link TimedOutException} if the others have not come for so long. */
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

    /** What can be told of it at this moment. */
    public Statistics statistics() {
        return new Statistics(parties, line.size());
    }
}
