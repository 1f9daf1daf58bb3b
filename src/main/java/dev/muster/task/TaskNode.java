package dev.muster.task;

import dev.muster.loop.Loop;
import dev.muster.loop.Nanos;
import dev.muster.loop.Timer;
import io.vertx.core.Completable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A task and its scope: one small object, linked into its parent's list of live children.
 *
 * <p>Its life: NEW, then BODY (running or suspended), CHILDREN (the body is over, children or waits are not), CLEAN_UP,
 * END. Every transition changes fields first; callbacks run in later steps of the loop.
 */
final class TaskNode<T> implements Task<T>, Scope, Completable<T>, Runnable {

    private enum Phase {
        NEW,
        BODY,
        CHILDREN,
        CLEAN_UP,
        END
    }

    /** What sort of child it is. */
    enum Kind {
        PLAIN,
        GROUP,
        SHIELDED,
        CLEAN_UP
    }

    private record CleanUp(String name, Body<?> body) {}

    final Tasks tasks;
    final @Nullable TaskNode<?> parent;
    final Kind kind;

    @Nullable
    TaskNode<?> firstChild;

    @Nullable
    TaskNode<?> nextSibling;

    @Nullable
    TaskNode<?> previousSibling;

    @Nullable
    Waiter<?> firstWaiter;

    private final String name;
    private final long createdNanos;
    private final @Nullable Throwable origin;
    private @Nullable Body<T> body;
    private Phase phase = Phase.NEW;
    private volatile State state = State.CREATED;
    private boolean looked;
    private boolean aborted;
    private long startedNanos = -1;
    private long endedNanos = -1;
    private long deadlineNanos = Long.MAX_VALUE;
    private @Nullable Timer deadlineTimer;
    private @Nullable CancelReason stopReason;
    private @Nullable T value;
    private @Nullable Throwable failure;
    private @Nullable Promise<T> promise;
    private @Nullable Object observers;
    private @Nullable ArrayDeque<CleanUp> cleanUps;
    private @Nullable List<TaskNode<?>> failedChildren;

    TaskNode(Tasks tasks, @Nullable TaskNode<?> parent, Kind kind, String name, Body<T> body) {
        this.tasks = tasks;
        this.parent = parent;
        this.kind = kind;
        this.name = name;
        this.body = body;
        this.createdNanos = tasks.loop().nanos();
        this.origin = tasks.debug() ? new Throwable("task " + name + " was started here") : null;
    }

    // ---- the scope: what a body uses

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
        long at = effectiveDeadlineNanos();
        return at == Long.MAX_VALUE
                ? Optional.empty()
                : Optional.of(Duration.ofNanos(Math.max(0, at - loop().nanos())));
    }

    @Override
    public <R> Task<R> start(String name, Body<R> body) {
        return startChild(Kind.PLAIN, name, body);
    }

    @Override
    public <R> Task<R> group(String name, Body<R> body) {
        return startChild(Kind.GROUP, name, body);
    }

    @Override
    public <R> Task<R> shield(String name, Duration budget, Body<R> body) {
        return startChild(Kind.SHIELDED, name, body).withTimeout(budget);
    }

    @Override
    public <R> void cleanUp(String name, Body<R> body) {
        if (phase.compareTo(Phase.CLEAN_UP) >= 0) {
            throw new IllegalStateException("task " + path() + " is past its body; register clean-up before it ends");
        }
        if (cleanUps == null) {
            cleanUps = new ArrayDeque<>(2);
        }
        cleanUps.push(new CleanUp(name, body));
    }

    @Override
    public <R> Future<R> suspend(String on, Parking<R> parking) {
        if (stopReason != null) {
            return Future.failedFuture(new CancelledException(stopReason));
        }
        if (phase.compareTo(Phase.CLEAN_UP) >= 0) {
            throw new IllegalStateException("task " + path() + " has ended; it cannot wait for " + on);
        }
        var waiter = new Waiter<R>(this, on);
        waiter.next = firstWaiter;
        firstWaiter = waiter;
        return waiter.park(parking);
    }

    // ---- the task: what others use

    @Override
    public String name() {
        return name;
    }

    @Override
    public String path() {
        return parent == null || parent.parent == null ? name : parent.path() + "/" + name;
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
        looked = true;
        if (!state.isFinal() || failure == null) {
            throw new IllegalStateException(this + " has no failure");
        }
        return failure;
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
            promise = Promise.promise();
            if (phase == Phase.END) {
                completePromise();
            }
        }
        return promise.future();
    }

    @Override
    public void cancel(CancelReason reason) {
        if (loop().inLoop()) {
            Stop.tree(this, reason, false);
        } else {
            loop().execute(() -> Stop.tree(this, reason, false));
        }
    }

    @Override
    public Task<T> withTimeout(Duration limit) {
        if (loop().inLoop()) {
            limitTo(limit, loop().nanos());
        } else {
            long from = loop().nanos();
            loop().execute(() -> limitTo(limit, from));
        }
        return this;
    }

    @Override
    public void onEnd(Consumer<? super Task<T>> observer) {
        if (!loop().inLoop()) {
            loop().execute(() -> onEnd(observer));
            return;
        }
        looked = true;
        if (phase == Phase.END) {
            loop().execute(() -> observer.accept(this));
        } else {
            observers = Observers.add(observers, observer);
        }
    }

    @Override
    public TaskSnapshot snapshot() {
        var waits = new ArrayList<String>();
        for (Waiter<?> waiter = firstWaiter; waiter != null; waiter = waiter.next) {
            waits.add(waiter.on);
        }
        if (waits.isEmpty() && state == State.SUSPENDED && phase != Phase.BODY) {
            waits.add(phase == Phase.CHILDREN ? "children" : "clean-up");
        }
        var live = new ArrayList<TaskSnapshot>();
        for (TaskNode<?> child = firstChild; child != null; child = child.nextSibling) {
            live.add(child.snapshot());
        }
        long deadline = deadlineNanos == Long.MAX_VALUE ? -1 : deadlineNanos;
        return new TaskSnapshot(
                name, state, waits, createdNanos, startedNanos, endedNanos, deadline, stopReason, List.copyOf(live));
    }

    @Override
    public String toString() {
        return "task " + path() + " (" + state + ")";
    }

    // ---- life, on the loop

    private <R> TaskNode<R> startChild(Kind kind, String name, Body<R> body) {
        var child = new TaskNode<R>(tasks, this, kind, name, body);
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

    private boolean isOpen() {
        return phase.compareTo(Phase.CLEAN_UP) < 0;
    }

    private void adopt(TaskNode<?> child) {
        if (phase == Phase.END) {
            child.decide();
            child.end();
            return;
        }
        child.nextSibling = firstChild;
        if (firstChild != null) {
            firstChild.previousSibling = child;
        }
        firstChild = child;
        tasks.started();
        if (stopReason != null && !child.isShielded()) {
            child.stopped(stopReason, false);
        }
        child.state = State.SCHEDULED;
        loop().execute(child);
    }

    boolean isShielded() {
        return kind == Kind.SHIELDED || kind == Kind.CLEAN_UP;
    }

    /** The step that is due in this phase; called by the loop. */
    @Override
    public void run() {
        switch (phase) {
            case NEW -> begin();
            case BODY -> throw new AssertionError(this + " has no step due");
            case CHILDREN, CLEAN_UP -> settle();
            case END -> tell();
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

    @SuppressWarnings("ConstantValue") // bodies are written by users, who do return null
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

    /** The body's future has completed; it may have done so on any thread. */
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
        unlink(waiter);
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

    private void unlink(Waiter<?> waiter) {
        if (firstWaiter == waiter) {
            firstWaiter = waiter.next;
            return;
        }
        for (Waiter<?> at = firstWaiter; at != null; at = at.next) {
            if (at.next == waiter) {
                at.next = waiter.next;
                return;
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
        if (thrown != null) {
            takeFailure(thrown);
        }
        settle();
    }

    /** Takes a failure of the body or, in a group, of a child: the first one counts, and stops the rest. */
    private void takeFailure(Throwable thrown) {
        if (thrown instanceof CancelledException && stopReason != null) {
            return;
        }
        if (failure == null) {
            failure = thrown;
            Stop.tree(this, CancelReason.failure(path(), thrown), true);
        } else if (failure != thrown) {
            failure.addSuppressed(thrown);
        }
    }

    private void childEnded(TaskNode<?> child) {
        boolean failed = child.state == State.FAILED || (child.state == State.TIMED_OUT && child.stopReason != stopReason);
        if (failed) {
            Throwable thrown = child.thrown();
            if (child.kind == Kind.CLEAN_UP) {
                addCleanUpFailure(thrown);
            } else if (kind == Kind.GROUP) {
                takeFailure(thrown);
            } else if (!child.looked) {
                keepUnlooked(child);
            }
        }
        if (firstChild == null && phase.compareTo(Phase.CHILDREN) >= 0) {
            loop().execute(this);
        }
    }

    private Throwable thrown() {
        return failure == null ? new AssertionError(this + " has no failure") : failure;
    }

    private void keepUnlooked(TaskNode<?> child) {
        if (parent == null) {
            tasks.rootFailed(child);
            return;
        }
        if (failedChildren == null) {
            failedChildren = new ArrayList<>(2);
        }
        failedChildren.add(child);
    }

    private void settle() {
        if (firstChild != null || firstWaiter != null || phase == Phase.END) {
            return;
        }
        if (phase == Phase.CHILDREN) {
            decide();
            phase = Phase.CLEAN_UP;
        }
        CleanUp next = cleanUps == null ? null : cleanUps.poll();
        if (next == null) {
            end();
        } else {
            var child = new TaskNode<>(tasks, this, Kind.CLEAN_UP, next.name, next.body);
            adopt(child);
            child.withTimeout(tasks.cleanUpBudget());
        }
    }

    /** Body and children are over: from here on the outcome stands, and a cancel comes too late. */
    private void decide() {
        if (stopReason == null || aborted) {
            return;
        }
        Throwable earlier = failure;
        boolean timedOut = stopReason.kind() == CancelReason.Kind.TIMEOUT;
        if (timedOut && earlier instanceof TimedOutException t && t.reason() == stopReason) {
            return;
        }
        failure = timedOut
                ? new TimedOutException(stopReason, List.of(), List.of())
                : new CancelledException(stopReason);
        if (earlier != null) {
            failure.addSuppressed(earlier);
        }
    }

    private void addCleanUpFailure(Throwable thrown) {
        if (failure == null) {
            failure = thrown;
        } else if (failure != thrown) {
            failure.addSuppressed(thrown);
        }
    }

    private void end() {
        if (deadlineTimer != null) {
            deadlineTimer.cancel();
            deadlineTimer = null;
        }
        phase = Phase.END;
        endedNanos = loop().nanos();
        value = failure == null ? value : null;
        state = finalState();
        reportUnlooked();
        TaskNode<?> above = parent;
        if (above != null && above.remove(this)) {
            tasks.ended();
            above.childEnded(this);
        }
        if (observers != null || promise != null) {
            loop().execute(this);
        }
    }

    private State finalState() {
        if (failure == null) {
            return State.FINISHED;
        }
        boolean stopped = stopReason != null && !aborted;
        if (failure instanceof TimedOutException && stopped) {
            return State.TIMED_OUT;
        }
        return failure instanceof CancelledException ? State.CANCELLED : State.FAILED;
    }

    private boolean remove(TaskNode<?> child) {
        if (child.previousSibling != null) {
            child.previousSibling.nextSibling = child.nextSibling;
        } else if (firstChild == child) {
            firstChild = child.nextSibling;
        } else {
            return false;
        }
        if (child.nextSibling != null) {
            child.nextSibling.previousSibling = child.previousSibling;
        }
        child.nextSibling = null;
        child.previousSibling = null;
        return true;
    }

    private void reportUnlooked() {
        if (failedChildren != null) {
            failedChildren.forEach(TaskNode::reportIfUnlooked);
            failedChildren = null;
        }
    }

    void reportIfUnlooked() {
        if (!looked) {
            looked = true;
            tasks.diagnostics().droppedFailure(path(), thrown(), origin);
        }
    }

    private void tell() {
        Object told = observers;
        observers = null;
        if (promise != null) {
            completePromise();
        }
        Observers.tell(told, this, loop());
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

    // ---- stopping

    /** Marks this one task as to be stopped. False where it is past that, or marked already. */
    boolean stopped(CancelReason reason, boolean abort) {
        if (phase.compareTo(Phase.CLEAN_UP) >= 0) {
            return false;
        }
        if (stopReason != null) {
            if (aborted && !abort) {
                aborted = false;
                stopReason = reason;
            }
            return false;
        }
        stopReason = reason;
        aborted = abort;
        return true;
    }

    private void limitTo(Duration limit, long fromNanos) {
        long at = fromNanos + Nanos.of(limit);
        if (phase == Phase.END || at >= deadlineNanos) {
            return;
        }
        boolean needsTimer = at < effectiveDeadlineNanos();
        deadlineNanos = at;
        if (deadlineTimer != null) {
            deadlineTimer.cancel();
        }
        deadlineTimer = needsTimer
                ? loop().schedule(at - loop().nanos(), () -> cancel(CancelReason.timeout(path(), limit)))
                : null;
    }

    private long effectiveDeadlineNanos() {
        long at = deadlineNanos;
        for (TaskNode<?> node = this; node.parent != null && !node.isShielded(); node = node.parent) {
            at = Math.min(at, node.parent.deadlineNanos);
        }
        return at;
    }
}
