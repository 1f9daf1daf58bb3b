package dev.muster.task;

import dev.muster.loop.Loop;
import dev.muster.loop.Nanos;
import dev.muster.loop.OutOfMemory;
import io.vertx.core.Completable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The implementation of a task and its scope, linked into its parent's list of live children.
 *
 * <p>The phases: NEW; BODY (running or suspended); CHILDREN (the body has ended, children or waits have not); CLEAN_UP;
 * END. Every transition changes the fields first; observers and reports run in later steps of the loop. Nothing recurses
 * along the tree, because a tree can be deeper than the stack.
 *
 * <p>The volatile state is written last and read first, so that another thread that sees a final state also sees the
 * value or the failure. Everything else is confined to the loop.
 */
final class TaskNode<T> implements Task<T>, Scope, Named, Completable<T>, Runnable {

    enum Phase {
        NEW,
        BODY,
        CHILDREN,
        CLEAN_UP,
        END
    }

    /** The kind of a child. */
    enum Kind {
        PLAIN,
        /** A failure of a child is a failure of the group. */
        GROUP,
        /** A call from its parent's body: its failure goes to the body alone, also in a group. */
        CALL,
        /** A cancel of its parent does not reach it. */
        SHIELDED,
        /** Shielded, and its failure is a failure of its parent. */
        CLEAN_UP
    }

    final Tasks tasks;
    final Kind kind;
    private final String name;
    private final int depth;

    /** The parent; after the end of this task, a {@link Named.Past} in its place. */
    private @Nullable Named above;

    @Nullable
    TaskNode<?> firstChild;

    @Nullable
    TaskNode<?> nextSibling;

    @Nullable
    TaskNode<?> previousSibling;

    @Nullable
    Waiter<?> firstWaiter;

    private @Nullable Body<T> body;

    @Nullable
    Extras extras;

    Phase phase = Phase.NEW;

    /** The earliest deadline of this task and its ancestors, up to the nearest shield; in the loop's time. */
    long effectiveDeadlineNanos = Long.MAX_VALUE;

    private volatile State state = State.CREATED;
    boolean looked;

    /** Whether its own failure stopped it, not a cancel from outside. */
    boolean aborted;

    /** Whether its own deadline stopped it. */
    boolean expired;

    @Nullable
    CancelReason stopReason;

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

    TaskNode(Tasks tasks, @Nullable TaskNode<?> parent, Kind kind, String name, Body<T> body) {
        this.tasks = tasks;
        this.above = parent;
        this.kind = kind;
        this.name = Objects.requireNonNull(name, "the name of a task");
        this.body = Objects.requireNonNull(body, "the body of a task");
        this.depth = parent == null ? 0 : parent.depth + 1;
        this.createdNanos = tasks.loop().nanos();
        this.origin = tasks.debug() ? new Throwable("task " + name + " was started here") : null;
    }

    // ---- the scope: used by the body

    @Override
    public Loop loop() {
        return tasks.loop();
    }

    @Override
    public Task<?> task() {
        return this;
    }

    @Override
    public @Nullable CancelReason cancelReason() {
        return stopReason;
    }

    @Override
    public Optional<Duration> remaining() {
        long at = effectiveDeadlineNanos;
        return at == Long.MAX_VALUE
                ? Optional.empty()
                : Optional.of(Duration.ofNanos(Math.max(0, at - loop().nanos())));
    }

    @Override
    public <V> @Nullable V get(TaskLocal<V> key) {
        return Locals.find(this, key);
    }

    @Override
    public <R> Task<R> start(String name, Body<R> body) {
        return startChild(Kind.PLAIN, name, null, body);
    }

    @Override
    public <R> Task<R> start(String name, Locals locals, Body<R> body) {
        return startChild(Kind.PLAIN, name, Objects.requireNonNull(locals, "the values of a task"), body);
    }

    @Override
    public <R> Task<R> group(String name, Body<R> body) {
        return startChild(Kind.GROUP, name, null, body);
    }

    @Override
    public <R> Task<R> shield(String name, Duration budget, Body<R> body) {
        Objects.requireNonNull(budget, "the budget of a shield");
        return startChild(Kind.SHIELDED, name, null, body).withTimeout(budget);
    }

    @Override
    public <R> Future<R> timeout(Duration limit, String name, Body<R> body) {
        Objects.requireNonNull(limit, "the limit of a time-out");
        return join(startChild(Kind.CALL, name, null, body).withTimeout(limit));
    }

    @Override
    public Limit limit(Duration limit) {
        requireLoop("limit its waits");
        Extras own = extras();
        own.limit = new Limit(this, own.limit, limit);
        return own.limit;
    }

    @Override
    public <R> void cleanUp(String name, Body<R> body) {
        Objects.requireNonNull(name, "the name of a clean-up");
        Objects.requireNonNull(body, "the body of a clean-up");
        requireLoop("register clean-up");
        if (!isOpen()) {
            throw new IllegalStateException("task " + path() + " is past its body; register clean-up before it ends");
        }
        extras().cleanUps.push(new Extras.CleanUp(name, body));
    }

    @Override
    public <R> Future<R> suspend(String on, Parking<R> parking) {
        return suspend(on, extras == null ? null : extras.limit, parking);
    }

    @Override
    public <R> Future<R> suspend(String on, Duration limit, Parking<R> parking) {
        requireLoop("wait for " + on);
        var only = new Limit(this, null, limit);
        return suspend(on, only, parking).onComplete(only);
    }

    private <R> Future<R> suspend(String on, @Nullable Limit limit, Parking<R> parking) {
        Objects.requireNonNull(on, "what is waited for");
        Objects.requireNonNull(parking, "the parking of a wait");
        requireLoop("wait for " + on);
        Throwable refused = refusesWaits(limit);
        if (refused != null) {
            return Future.failedFuture(refused);
        }
        if (!isOpen()) {
            throw new IllegalStateException("task " + path() + " has ended; it cannot wait for " + on);
        }
        var waiter = new Waiter<R>(this, on, limit);
        Siblings.link(this, waiter);
        return waiter.park(parking);
    }

    /** The failure of any wait that starts now, because the task is cancelled or a limit on its waits has passed; else null. */
    @Nullable
    Throwable refusesWaits() {
        return refusesWaits(extras == null ? null : extras.limit);
    }

    private @Nullable Throwable refusesWaits(@Nullable Limit limit) {
        if (stopReason != null) {
            return new CancelledException(stopReason);
        }
        CancelReason passed = limit == null ? null : limit.passedReason();
        return passed == null ? null : TimedOutException.of(passed);
    }

    private void requireLoop(String what) {
        if (!loop().inLoop()) {
            throw new IllegalStateException("task " + path() + " can " + what
                    + " on its own loop only; carry the call there with loop().execute(...)");
        }
    }

    // ---- the task: used by other code

    @Override
    public String name() {
        return name;
    }

    @Override
    public int depth() {
        return depth;
    }

    @Override
    public @Nullable Named above() {
        return above;
    }

    @Override
    public String path() {
        return Named.path(this);
    }

    @Override
    public State state() {
        return state;
    }

    @Override
    public Outcome<T> outcome() {
        State now = state;
        if (!now.isFinal()) {
            throw new IllegalStateException("task " + path() + " has not ended; it is " + now);
        }
        looked = true;
        return new Outcome<>(now, value, failure);
    }

    @Override
    public @Nullable T result() {
        if (state != State.FINISHED) {
            throw new IllegalStateException(this + " has no result");
        }
        return value;
    }

    @Override
    public Throwable failure() {
        if (!state.isFinal() || failure == null) {
            throw new IllegalStateException(this + " has no failure");
        }
        looked = true;
        return failure;
    }

    @Override
    public LaterFailures laterFailures() {
        if (!state.isFinal()) {
            throw new IllegalStateException("task " + path() + " has not ended; it is " + state);
        }
        Extras own = extras;
        return own == null || own.later == null ? LaterFailures.NONE : own.later.all();
    }

    @Override
    public Future<T> future() {
        if (!loop().inLoop()) {
            Promise<T> carried = Promise.promise();
            loop().execute(() -> future().onComplete(carried));
            return carried.future();
        }
        looked = true;
        if (promise == null) {
            boolean settled = isSettled();
            promise = loop().promise();
            if (settled) {
                completePromise();
            }
        }
        return promise.future();
    }

    @Override
    public void onEnd(Consumer<? super Task<T>> observer) {
        observe(Objects.requireNonNull(observer, "an observer"), true);
    }

    @Override
    public void afterEnd(Runnable step) {
        Objects.requireNonNull(step, "a step");
        observe(ended -> step.run(), false);
    }

    private void observe(Consumer<? super Task<T>> observer, boolean looks) {
        if (!loop().inLoop()) {
            loop().execute(() -> observe(observer, looks));
            return;
        }
        looked |= looks;
        if (isSettled()) {
            loop().execute(() -> Tasks.runAs(this, () -> observer.accept(this)));
        } else {
            observers = Observers.add(observers, observer);
        }
    }

    /**
     * Removes an observer.
     *
     * @return false if the observer was already called or is about to be
     */
    boolean forget(Consumer<?> observer) {
        if (observers == null || phase == Phase.END) {
            return false;
        }
        observers = Observers.remove(observers, observer);
        return true;
    }

    @Override
    public void cancel(CancelReason reason) {
        Objects.requireNonNull(reason, "the reason of a cancel");
        if (loop().inLoop()) {
            TreeCancel.run(this, reason, false);
            return;
        }
        try {
            loop().execute(() -> TreeCancel.run(this, reason, false));
        } catch (RejectedExecutionException closed) {
            // The loop is closed, and every task on it is gone: there is nothing left to stop.
        }
    }

    @Override
    public Task<T> withTimeout(Duration limit) {
        Objects.requireNonNull(limit, "the limit of a task");
        long from = loop().nanos();
        if (loop().inLoop()) {
            Deadlines.limit(this, limit, from);
        } else {
            loop().execute(() -> Deadlines.limit(this, limit, from));
        }
        return this;
    }

    @Override
    public Task<T> announceStop(Duration limit) {
        requireLoop("announce its stop");
        Deadlines.announce(this, loop().nanos() + Nanos.of(limit));
        return this;
    }

    @Override
    public TaskSnapshot snapshot() {
        return Snapshots.of(this);
    }

    @Override
    public String toString() {
        return "task " + path() + " (" + state + ")";
    }

    // ---- start

    private <R> TaskNode<R> startChild(Kind kind, String name, @Nullable Locals locals, Body<R> body) {
        var child = new TaskNode<R>(tasks, this, kind, name, body);
        if (locals != null) {
            child.extras().locals = locals;
        }
        if (!loop().inLoop()) {
            loop().execute(() -> {
                if (!isOpen()) {
                    child.stopped(CancelReason.notNeeded(path(), "its scope had ended"), false);
                }
                adopt(child);
            });
        } else if (isOpen()) {
            adopt(child);
        } else {
            throw new IllegalStateException("task " + path() + " has ended; it cannot start " + name);
        }
        return child;
    }

    boolean isOpen() {
        return phase.compareTo(Phase.CLEAN_UP) < 0;
    }

    private void adopt(TaskNode<?> child) {
        if (phase == Phase.END) {
            child.above = past();
            Ending.decide(child);
            child.end();
            return;
        }
        Siblings.link(this, child);
        tasks.started();
        if (!child.isShielded()) {
            child.effectiveDeadlineNanos = Math.min(child.effectiveDeadlineNanos, effectiveDeadlineNanos);
            if (stopReason != null) {
                child.stopped(stopReason, false);
            }
        }
        child.state = State.SCHEDULED;
        loop().execute(child);
    }

    /** Runs the step that is due in this phase; called by the loop. */
    @Override
    public void run() {
        switch (phase) {
            case NEW -> begin();
            case BODY -> Invariants.broken(this, Invariants.STEP_DUE);
            case CHILDREN, CLEAN_UP -> settle();
            case END -> callObservers();
        }
    }

    private void begin() {
        Body<T> work = body;
        body = null;
        phase = Phase.BODY;
        if (stopReason != null || work == null) {
            bodyIsOver(null, null);
            return;
        }
        startedNanos = loop().nanos();
        state = State.RUNNING;
        TaskNode<?> before = tasks.enter(this);
        Future<T> end;
        try {
            end = work.run(this);
        } catch (Throwable t) {
            end = Future.failedFuture(t);
        } finally {
            tasks.leave(this, before);
        }
        follow(end);
    }

    @SuppressWarnings("ConstantValue") // bodies are users' code and may return null
    private void follow(Future<T> end) {
        if (end == null) {
            bodyIsOver(null, new NullPointerException("the body of task " + path() + " returned null, not a future"));
        } else if (end.isComplete()) {
            bodyIsOver(end.result(), end.cause());
        } else {
            state = State.SUSPENDED;
            end.onComplete(this);
        }
    }

    // ---- life

    /** Takes the result of the body's future, on any thread. */
    @Override
    public void complete(@Nullable T value, @Nullable Throwable failure) {
        if (loop().inLoop()) {
            bodyIsOver(value, failure);
        } else {
            loop().execute(() -> bodyIsOver(value, failure));
        }
    }

    /** Delivers to a waiter of this task, as a step of this task. */
    void resumed(Waiter<?> waiter) {
        Siblings.unlink(this, waiter);
        TaskNode<?> before = tasks.enter(this);
        if (phase == Phase.BODY) {
            state = State.RUNNING;
        }
        try {
            waiter.deliver();
        } finally {
            tasks.leave(this, before);
            if (phase == Phase.BODY) {
                state = State.SUSPENDED;
            } else if (phase == Phase.CHILDREN) {
                settle();
            }
        }
    }

    private void bodyIsOver(@Nullable T value, @Nullable Throwable thrown) {
        if (phase != Phase.BODY) {
            return;
        }
        phase = Phase.CHILDREN;
        state = State.SUSPENDED;
        this.value = value;
        if (extras != null && extras.limit != null) {
            extras.limit.closeAll();
        }
        if (thrown != null) {
            OutOfMemory.check(thrown);
            Ending.take(this, thrown, this);
        }
        settle();
    }

    private void settle() {
        if (firstChild != null || firstWaiter != null || phase == Phase.END) {
            return;
        }
        if (phase == Phase.CHILDREN) {
            Ending.decide(this);
            phase = Phase.CLEAN_UP;
        }
        Extras.CleanUp next = extras == null ? null : extras.cleanUps.poll();
        if (next == null) {
            end();
        } else {
            var child = new TaskNode<>(tasks, this, Kind.CLEAN_UP, next.name(), next.body());
            adopt(child);
            child.withTimeout(tasks.cleanUpBudget());
        }
    }

    void end() {
        if (phase == Phase.END) {
            Invariants.broken(this, Invariants.ENDS_ONCE);
            return;
        }
        if (firstChild != null || firstWaiter != null) {
            Invariants.broken(this, Invariants.ENDS_LAST);
            return;
        }
        Deadlines.drop(this);
        phase = Phase.END;
        endedNanos = loop().nanos();
        value = failure == null ? value : null;
        state = Ending.finish(this);
        TaskNode<?> parent = above instanceof TaskNode<?> live ? live : null;
        if (parent == null) {
            if (above == null) {
                tasks.rootEnded();
            }
        } else {
            Ending.childEnded(parent, this);
        }
        if (hasObservers()) {
            loop().execute(this);
        } else {
            leave();
        }
    }

    /** Leaves the tree once all observers have been called: the parent can end now, and this task drops its reference to it. */
    private void leave() {
        if (above instanceof TaskNode<?> parent) {
            above = parent.past();
            if (extras != null && extras.past != null) {
                extras.past.above = above;
            }
            if (Siblings.unlink(parent, this)) {
                tasks.ended(this);
                if (parent.firstChild == null && parent.phase.compareTo(Phase.CHILDREN) >= 0) {
                    parent.loop().execute(parent);
                }
            }
        }
    }

    private Past past() {
        Extras own = extras();
        if (own.past == null) {
            own.past = new Past(this);
        }
        return own.past;
    }

    // ---- outcome and observers

    /** The failure; present unless the task finished with a value. */
    Throwable thrown() {
        return failure == null ? new AssertionError(this + " has no failure") : failure;
    }

    boolean hasObservers() {
        return observers != null || promise != null;
    }

    /** Whether the task has ended and every observer has been called. */
    private boolean isSettled() {
        return phase == Phase.END
                && observers == null
                && (promise == null || promise.future().isComplete());
    }

    /** Calls the observers, as this task, so that a slow observer is attributed to it. */
    private void callObservers() {
        Object called = observers;
        observers = null;
        TaskNode<?> before = tasks.enter(this);
        try {
            Observers.call(called, this, loop());
            completePromise();
        } finally {
            tasks.leave(this, before);
            leave();
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

    void reportIfUnlooked() {
        if (!looked) {
            looked = true;
            loop().execute(() -> Tasks.runAs(this, () -> tasks.diagnostics().droppedFailure(path(), thrown(), origin)));
        }
    }

    // ---- stopping

    /**
     * Marks this task alone as being stopped. Returns false if it is too late for that or it is already marked: the first
     * reason counts.
     *
     * @param abort whether its own failure stops it and is its outcome
     */
    boolean stopped(CancelReason reason, boolean abort) {
        if (!isOpen() || stopReason != null) {
            return false;
        }
        stopReason = reason;
        aborted = abort;
        return true;
    }

    boolean isShielded() {
        return kind == Kind.SHIELDED || kind == Kind.CLEAN_UP;
    }

    Extras extras() {
        if (extras == null) {
            extras = new Extras();
        }
        return extras;
    }
}
