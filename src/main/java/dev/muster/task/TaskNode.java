package dev.muster.task;

import dev.muster.loop.Loop;
import dev.muster.loop.OutOfMemory;
import io.vertx.core.Completable;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A task and its scope: one small object, linked into its parent's list of live children.
 *
 * <p>Its life: NEW, then BODY (running or suspended), CHILDREN (the body is over, children or waits are not), CLEAN_UP,
 * END. Every transition changes fields first; observers and reports run in later steps of the loop.
 */
final class TaskNode<T> extends OutcomeNode<T> implements Task<T>, Scope, Completable<T>, Runnable {

    enum Phase {
        NEW,
        BODY,
        CHILDREN,
        CLEAN_UP,
        END
    }

    private record CleanUp(String name, Body<?> body) {}

    private @Nullable Body<T> body;
    private Phase phase = Phase.NEW;
    private @Nullable ArrayDeque<CleanUp> cleanUps;
    private @Nullable Unlooked unlooked;

    TaskNode(Tasks tasks, @Nullable TaskNode<?> parent, Kind kind, String name, Body<T> body) {
        super(tasks, parent, kind, name);
        this.body = body;
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
    public <R> Future<R> timeout(Duration limit, String name, Body<R> body) {
        return join(startChild(Kind.CALL, name, body).withTimeout(limit));
    }

    @Override
    public <R> void cleanUp(String name, Body<R> body) {
        if (!isOpen()) {
            throw new IllegalStateException("task " + path() + " is past its body; register clean-up before it ends");
        }
        if (cleanUps == null) {
            cleanUps = new ArrayDeque<>(2);
        }
        cleanUps.push(new CleanUp(name, body));
    }

    @Override
    public <R> Future<R> suspend(String on, Parking<R> parking) {
        if (!loop().inLoop()) {
            throw new IllegalStateException("task " + path() + " can wait for " + on
                    + " on its own loop only; carry the call there with loop().execute(...)");
        }
        if (stopReason != null) {
            return Future.failedFuture(new CancelledException(stopReason));
        }
        if (!isOpen()) {
            throw new IllegalStateException("task " + path() + " has ended; it cannot wait for " + on);
        }
        var waiter = new Waiter<R>(this, on);
        link(waiter);
        return waiter.park(parking);
    }

    // ---- the task: what others use

    @Override
    TaskNode<T> self() {
        return this;
    }

    @Override
    public void cancel(CancelReason reason) {
        if (loop().inLoop()) {
            TreeCancel.run(this, reason, false);
        } else {
            loop().execute(() -> TreeCancel.run(this, reason, false));
        }
    }

    @Override
    public Task<T> withTimeout(Duration limit) {
        long from = loop().nanos();
        if (loop().inLoop()) {
            limitUnlessOver(limit, from);
        } else {
            loop().execute(() -> limitUnlessOver(limit, from));
        }
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

    Phase phase() {
        return phase;
    }

    // ---- start

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
        link(child);
        tasks.started();
        if (stopReason != null && !child.isShielded()) {
            child.stopped(stopReason, false);
        }
        child.state = State.SCHEDULED;
        loop().execute(child);
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

    // ---- life

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

    private void bodyIsOver(@Nullable T value, @Nullable Throwable thrown) {
        if (phase != Phase.BODY) {
            return;
        }
        phase = Phase.CHILDREN;
        state = State.SUSPENDED;
        this.value = value;
        if (thrown != null) {
            OutOfMemory.check(thrown);
            takeFailure(thrown);
        }
        settle();
    }

    /** Takes a failure of the body or, in a group, of a child: the first one counts, and stops the rest. */
    private void takeFailure(Throwable thrown) {
        if (thrown instanceof CancelledException cancelled && stopReason != null) {
            if (failure == null && cancelled.reason() == stopReason) {
                failure = cancelled;
            }
        } else if (failure == null) {
            failure = thrown;
            TreeCancel.run(this, CancelReason.failure(path(), thrown), true);
        } else {
            suppress(thrown);
        }
    }

    private void childEnded(TaskNode<?> child) {
        if (child.kind == Kind.CLEAN_UP) {
            cleanUpEnded(child);
        } else if (child.hasFailedItself()) {
            if (kind == Kind.GROUP && child.kind != Kind.CALL) {
                takeFailure(child.thrown());
            } else if (!child.looked) {
                keepUnlooked(child);
            }
        } else if (kind == Kind.GROUP && failure != null && child.failure != null) {
            Later.attach(failure, child);
        }
        if (firstChild == null && phase.compareTo(Phase.CHILDREN) >= 0) {
            loop().execute(this);
        }
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

    private void end() {
        dropDeadline();
        phase = Phase.END;
        endedNanos = loop().nanos();
        value = failure == null ? value : null;
        state = finalState();
        if (unlooked != null) {
            unlooked.reportAll();
            unlooked = null;
        }
        TaskNode<?> above = parent;
        if (above == null) {
            tasks.rootEnded();
        } else if (above.unlink(this)) {
            tasks.ended();
            above.childEnded(this);
        }
        if (mustTell()) {
            loop().execute(this);
        }
    }

    // ---- failures that nobody looked at

    private void keepUnlooked(TaskNode<?> child) {
        if (parent == null) {
            tasks.rootFailed(child);
            return;
        }
        if (unlooked == null) {
            unlooked = new Unlooked();
        }
        unlooked.add(child);
    }

    // ---- stopping

    /**
     * Marks this one task as to be stopped. False where it is past that, or marked already: the first reason stays.
     *
     * @param abort whether its own failure stops it, which then is its outcome
     */
    boolean stopped(CancelReason reason, boolean abort) {
        if (!isOpen() || stopReason != null) {
            return false;
        }
        stopReason = reason;
        aborted = abort;
        return true;
    }

    private void limitUnlessOver(Duration limit, long fromNanos) {
        if (phase != Phase.END) {
            limitTo(limit, fromNanos);
        }
    }

    @Override
    void deadlinePassed(Duration limit) {
        expired = stopReason == null;
        TreeCancel.run(this, CancelReason.timeout(path(), limit), false);
    }
}
