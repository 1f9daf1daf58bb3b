package dev.muster.task;

import io.vertx.core.Future;
import java.util.Iterator;
import java.util.Optional;

/**
 * A pull source of items. Used on the loop, one {@link #next} at a time.
 *
 * <p>A source that must not lose items overrides {@link #next(Scope)}, so that it waits on behalf of the asking task, and
 * {@link #giveBack}.
 *
 * @param <I> an item; never null
 */
public interface Items<I> {

    /** The next item; empty at the end. */
    Future<Optional<I>> next();

    /** The next item for a scope; empty at the end. A cancel of the scope ends a wait here. */
    default Future<Optional<I>> next(Scope scope) {
        return next();
    }

    /**
     * Returns an item that was taken but whose body was not begun because of a cancel. Several items are returned in
     * reverse order, the last taken first.
     */
    default void giveBack(I item) {}

    /** The total number of items, or -1 if it is unknown. */
    default long size() {
        return -1;
    }

    /**
     * A source over an iterator.
     *
     * @param size the total number of items, or -1 if it is unknown
     */
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
