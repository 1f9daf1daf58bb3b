package dev.muster.task;

import dev.muster.loop.Futures;
import io.vertx.core.Completable;
import io.vertx.core.Future;
import java.util.IdentityHashMap;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The waits of the tasks of one loop for Vert.x futures: one listener for each future, however many tasks wait for it.
 *
 * <p>An undone wait leaves in constant time. The last one removes the listener from the future, which then references
 * none of the former waiters. On the loop only; the futures may complete on any thread.
 */
final class FutureWaits {

    private final IdentityHashMap<Future<?>, Shared<?>> open = new IdentityHashMap<>();

    /**
     * Waits for a future.
     *
     * @param late receives a value that arrives after the wait was undone; null if such a value may be dropped
     */
    static <T> Future<T> await(
            Scope scope, String on, Future<T> future, Undo undo, @Nullable Consumer<? super T> late) {
        Objects.requireNonNull(future, "a future");
        Objects.requireNonNull(undo, "an undo");
        TaskNode<?> task = (TaskNode<?>) scope.task();
        Throwable refused = task.refusesWaits();
        if (refused == null) {
            return scope.suspend(on, waiter -> task.tasks.futureWaits().park(waiter, future, undo, late));
        }
        if (late != null) {
            future.onSuccess(value -> scope.loop().execute(() -> late.accept(value)));
        }
        try {
            undo.undo(
                    refused instanceof TimedOutException timedOut
                            ? timedOut.reason()
                            : ((CancelledException) refused).reason());
        } catch (Throwable thrown) {
            return Future.failedFuture(thrown);
        }
        return Future.failedFuture(refused);
    }

    private <T> Undo park(Waiter<T> waiter, Future<T> future, Undo undo, @Nullable Consumer<? super T> late) {
        Entry<T> entry = late == null ? new Entry<>(waiter, undo) : new Granted<>(waiter, undo, late);
        if (future.isComplete()) {
            waiter.complete(future.result(), future.cause());
            return entry;
        }
        @SuppressWarnings("unchecked") // waits for a future have its type
        Shared<T> shared = (Shared<T>) open.computeIfAbsent(future, unknown -> new Shared<>(waiter.task, future));
        shared.add(entry);
        if (shared.isNew) {
            shared.isNew = false;
            future.onComplete(shared);
        }
        return entry;
    }

    /** The number of futures with waiters. */
    int size() {
        return open.size();
    }

    private final class Shared<T> implements Completable<T> {
        private final Tasks tasks;
        private final Future<T> future;
        private @Nullable Entry<T> first;
        private boolean isNew = true;
        private boolean isComplete;

        Shared(TaskNode<?> of, Future<T> future) {
            this.tasks = of.tasks;
            this.future = future;
        }

        void add(Entry<T> entry) {
            entry.shared = this;
            entry.next = first;
            if (first != null) {
                first.previous = entry;
            }
            first = entry;
        }

        void remove(Entry<T> entry) {
            if (entry.previous != null) {
                entry.previous.next = entry.next;
            } else if (first == entry) {
                first = entry.next;
            }
            if (entry.next != null) {
                entry.next.previous = entry.previous;
            }
            entry.previous = null;
            entry.next = null;
            entry.shared = null;
            if (first == null && !isComplete) {
                isComplete = true;
                open.remove(future);
                Futures.forget(future, this);
            }
        }

        @Override
        public void complete(@Nullable T value, @Nullable Throwable failure) {
            if (tasks.loop().inLoop()) {
                tell(value, failure);
            } else {
                tasks.loop().execute(() -> tell(value, failure));
            }
        }

        private void tell(@Nullable T value, @Nullable Throwable failure) {
            if (isComplete) {
                return;
            }
            isComplete = true;
            open.remove(future);
            for (Entry<T> entry = oldest(); entry != null; ) {
                Entry<T> following = entry.previous;
                entry.previous = null;
                entry.next = null;
                entry.shared = null;
                entry.completed(value, failure);
                entry = following;
            }
            first = null;
        }

        private @Nullable Entry<T> oldest() {
            Entry<T> at = first;
            while (at != null && at.next != null) {
                at = at.next;
            }
            return at;
        }
    }

    /** The wait of one task. */
    private static class Entry<T> implements Undo {
        final Waiter<T> waiter;
        private final Undo undo;

        @Nullable
        Entry<T> next;

        @Nullable
        Entry<T> previous;

        FutureWaits.@Nullable Shared<T> shared;

        Entry(Waiter<T> waiter, Undo undo) {
            this.waiter = waiter;
            this.undo = undo;
        }

        void completed(@Nullable T value, @Nullable Throwable failure) {
            waiter.complete(value, failure);
        }

        @Override
        public boolean undo(CancelReason reason) {
            boolean isOver = undo.undo(reason);
            if (isOver) {
                over();
            }
            return isOver;
        }

        void over() {
            if (shared != null) {
                shared.remove(this);
            }
        }
    }

    /** The wait for a resource; one that arrives too late goes to a consumer that releases it. */
    private static final class Granted<T> extends Entry<T> implements Handover<T> {
        private final Consumer<? super T> late;
        private boolean isOver;

        Granted(Waiter<T> waiter, Undo undo, Consumer<? super T> late) {
            super(waiter, undo);
            this.late = late;
        }

        /** Keeps the entry registered: the future can still grant a resource. */
        @Override
        void over() {
            isOver = true;
        }

        @Override
        void completed(@Nullable T value, @Nullable Throwable failure) {
            if (!isOver && waiter.isWaiting()) {
                waiter.complete(value, failure);
            } else if (failure == null && value != null) {
                // In a step of its own: what the consumer throws or cancels must not disturb the walk over the waiters.
                waiter.task.loop().execute(() -> late.accept(value));
            }
        }

        @Override
        public void handedOver(@Nullable T value, boolean delivered) {
            if (!delivered && value != null) {
                late.accept(value);
            }
        }
    }
}
