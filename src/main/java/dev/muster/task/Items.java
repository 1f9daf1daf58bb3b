package dev.muster.task;

import io.vertx.core.Future;
import java.util.Iterator;
import java.util.Optional;

/**
 * Items that come one after another, and only when they are asked for. On the loop, one {@link #next} at a time.
 *
 * <p>A source whose items must not be lost overrides {@link #next(Scope)}, so that it waits as the task that asks, and
 * {@link #giveBack}.
 *
 * @param <I> an item; never null
 */
public interface Items<I> {

    /** The next item, or nothing at the end. */
    Future<Optional<I>> next();

    /** The next item for this scope, or nothing at the end: what waits here ends with a cancel of the scope. */
    default Future<Optional<I>> next(Scope scope) {
        return next();
    }

    /**
     * Takes an item back that was given and will not be begun, as its task was cancelled before. Several items come back with
     * the last given first.
     */
    default void giveBack(I item) {}

    /** How many items there are in all, or -1 where only the end tells. */
    default long size() {
        return -1;
    }

    /** The items of an iterator. */
    static <I> Items<I> of(Iterator<? extends I> items, long size) {
        return new Items<>() {
            @Override
            public Future<Optional<I>> next() {
                return Future.succeededFuture(items.hasNext() ? Optional.of(items.next()) : Optional.empty());
            }

            @Override
            public long size() {
                return size;
            }
        };
    }
}
