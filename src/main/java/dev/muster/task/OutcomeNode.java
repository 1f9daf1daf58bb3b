package dev.muster.task;

import dev.muster.loop.Loop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a task ends with, when, who is told, and whether anybody looked.
 *
 * <p>The state is written last and read first, so that other threads which see an end see its value or failure too.
 */
abstract sealed class OutcomeNode<T> extends TreeNode permits TaskNode {

    volatile State state = State.CREATED;
    boolean looked;

    @Nullable
    CancelReason stopReason;

    /** Whether its own failure stopped it, and not somebody else. */
    boolean aborted;

    /** Whether its own deadline stopped it. */
    boolean expired;

    @Nullable
    T value;

    @Nullable
    Throwable failure;

    final long createdNanos;
    long startedNanos = -1;
    long endedNanos = -1;
    private final @Nullable Throwable origin;
    private @Nullable Promise<T> promise;
    private @Nullable Object observers;

    OutcomeNode(Tasks tasks, @Nullable TaskNode<?> parent, Kind kind, String name) {
        super(tasks, parent, kind, name);
        this.createdNanos = tasks.loop().nanos();
        this.origin = tasks.debug() ? new Throwable("task " + name + " was started here") : null;
    }

    abstract TaskNode<T> self();

    public final State state() {
        return state;
    }

    public final Outcome<T> outcome() {
        State now = state;
        if (!now.isFinal()) {
            throw new IllegalStateException("task " + path() + " has not ended; it is " + now);
        }
        looked = true;
        return new Outcome<>(now, value, failure);
    }

    public final @Nullable T result() {
        if (state != State.FINISHED) {
            throw new IllegalStateException(this + " has no result");
        }
        return value;
    }

    public final Throwable failure() {
        if (!state.isFinal() || failure == null) {
            throw new IllegalStateException(this + " has no failure");
        }
        looked = true;
        return failure;
    }

    public final Future<T> future() {
        if (!tasks.loop().inLoop()) {
            Promise<T> carried = Promise.promise();
            tasks.loop().execute(() -> future().onComplete(carried));
            return carried.future();
        }
        looked = true;
        if (promise == null) {
            promise = Promise.promise();
            if (state.isFinal()) {
                completePromise();
            }
        }
        return promise.future();
    }

    public final void onEnd(Consumer<? super Task<T>> observer) {
        Loop loop = tasks.loop();
        if (!loop.inLoop()) {
            loop.execute(() -> onEnd(observer));
            return;
        }
        looked = true;
        if (state.isFinal()) {
            loop.execute(() -> Tasks.runAs(self(), () -> observer.accept(self())));
        } else {
            observers = Observers.add(observers, observer);
        }
    }

    /** Forgets an observer, unless it is being told already. */
    final void forget(Consumer<?> observer) {
        if (tasks.loop().inLoop()) {
            observers = Observers.remove(observers, observer);
        } else {
            tasks.loop().execute(() -> forget(observer));
        }
    }

    /** Its failure; there is one unless it finished. */
    final Throwable thrown() {
        return failure == null ? new AssertionError(this + " has no failure") : failure;
    }

    // ---- what it ends with

    final void suppress(Throwable later) {
        if (failure != null && failure != later) {
            failure.addSuppressed(later);
        }
    }

    /** Whether it failed, or its own deadline passed; not if somebody else stopped it. */
    final boolean hasFailedItself() {
        return state == State.FAILED || (state == State.TIMED_OUT && expired);
    }

    final void cleanUpEnded(TaskNode<?> child) {
        if (child.state == State.FINISHED) {
            return;
        }
        Throwable thrown = child.thrown();
        if (failure != null) {
            suppress(thrown);
        } else {
            failure = thrown instanceof CancelledException
                    ? new IllegalStateException("clean-up " + child.path() + " was cancelled", thrown)
                    : thrown;
        }
    }

    /** Body and children are over: from here on the outcome stands, and a cancel comes too late. */
    final void decide() {
        if (stopReason == null || aborted) {
            return;
        }
        Throwable earlier = failure;
        if (stopReason.kind() != CancelReason.Kind.TIMEOUT) {
            failure = CancelledException.from(stopReason, earlier);
        } else {
            failure = TimedOutException.from(stopReason, earlier);
        }
    }

    final State finalState() {
        if (failure == null) {
            return State.FINISHED;
        }
        boolean stopped = stopReason != null && !aborted;
        if (failure instanceof TimedOutException && stopped) {
            return State.TIMED_OUT;
        }
        return failure instanceof CancelledException ? State.CANCELLED : State.FAILED;
    }

    // ---- who is told

    final boolean mustTell() {
        return observers != null || promise != null;
    }

    /** Whoever is told does its work as this task's: it is the one to blame. */
    final void tell() {
        Object told = observers;
        observers = null;
        TaskNode<?> before = tasks.enter(self());
        try {
            Observers.tell(told, self(), tasks.loop());
        } finally {
            completePromise();
            tasks.leave(self(), before);
        }
    }

    final void reportIfUnlooked() {
        if (!looked) {
            looked = true;
            tasks.loop()
                    .execute(() ->
                            Tasks.runAs(self(), () -> tasks.diagnostics().droppedFailure(path(), thrown(), origin)));
        }
    }

    private void completePromise() {
        if (promise != null) {
            if (failure == null) {
                promise.tryComplete(value);
            } else {
                promise.tryFail(failure);
            }
        }
    }
}
