package dev.muster.task;

/**
 * The rules by which failures of a task combine: of its body, its children, its clean-up, and of everything while it is
 * stopped.
 *
 * <p>The first failure is the task's own and is never modified. Later failures are collected beside it. If a cancel or a
 * time-out ends the task, its failure is an exception of the kernel's own, which carries the collected failures.
 */
final class Ending {

    private Ending() {}

    /** Records a failure of the body or, in a group, of a child. The first failure counts and cancels the rest. */
    static void take(TaskNode<?> task, Throwable thrown, TaskNode<?> of) {
        if (thrown instanceof CancelledException cancelled && task.stopReason != null) {
            if (task.failure == null && cancelled.reason() == task.stopReason) {
                task.failure = thrown;
            } else {
                addLater(task, thrown);
            }
        } else if (task.failure == null) {
            task.failure = thrown;
            TreeCancel.run(task, CancelReason.failure(of.path(), thrown), true);
        } else if (of == task) {
            addLater(task, thrown);
        } else {
            addLaterOf(task, of);
        }
    }

    /** Processes the end of a child, in the same step: its effect on the task, and whether its failure could go unread. */
    static void childEnded(TaskNode<?> task, TaskNode<?> child) {
        if (child.kind == TaskNode.Kind.CLEAN_UP) {
            cleanUpEnded(task, child);
            return;
        }
        boolean isRoot = task.above() == null;
        if (task.kind == TaskNode.Kind.GROUP && child.kind != TaskNode.Kind.CALL && hasFailedItself(child)) {
            boolean first = task.failure == null;
            take(task, child.thrown(), child);
            if (first) {
                child.looked = true;
                return;
            }
        } else if (task.stopReason != null && !isRoot && child.failure != null) {
            // The child was stopped together with the task: its failures during the cancel are reported by the task.
            addLaterOf(task, child);
        }
        boolean isTold = task.stopReason != null && !isRoot && !task.aborted;
        if (!child.looked && !isTold && hasSomethingToTell(child)) {
            task.tasks.failedUnseen(child);
        }
    }

    private static void cleanUpEnded(TaskNode<?> task, TaskNode<?> child) {
        if (child.failure == null) {
            return;
        }
        if (task.failure != null) {
            addLaterOf(task, child);
        } else {
            task.failure = child.failure instanceof CancelledException
                    ? new IllegalStateException("clean-up " + child.path() + " was cancelled", child.failure)
                    : child.failure;
        }
    }

    /** Fixes the outcome once body and children have ended: a later cancel has no effect. */
    static void decide(TaskNode<?> task) {
        CancelReason reason = task.stopReason;
        if (reason == null || task.aborted) {
            return;
        }
        Throwable earlier = task.failure;
        boolean timedOut = reason.kind() == CancelReason.Kind.TIMEOUT;
        if (timedOut ? TimedOutException.saysSo(earlier, reason) : CancelledException.saysSo(earlier, reason)) {
            return;
        }
        task.failure = timedOut ? TimedOutException.of(reason) : new CancelledException(reason);
        if (earlier != null) {
            addLater(task, earlier);
        }
    }

    /** Computes the final state, once nothing can fail any more. An exception of the kernel's own receives the later failures. */
    static State finish(TaskNode<?> task) {
        if (task.failure == null) {
            return State.FINISHED;
        }
        LaterFailures.Collector later = task.extras == null ? null : task.extras.later;
        if (later != null && isKernelMade(task.failure)) {
            // A new exception, since other code can hold the one that the body ended with.
            for (Throwable known : task.failure.getSuppressed()) {
                later.add(known);
            }
            task.failure = task.failure instanceof TimedOutException timedOut
                    ? timedOut.with(later.all())
                    : ((CancelledException) task.failure).with(later.all());
        }
        boolean stopped = task.stopReason != null && !task.aborted;
        if (task.failure instanceof TimedOutException && stopped) {
            return State.TIMED_OUT;
        }
        return task.failure instanceof CancelledException ? State.CANCELLED : State.FAILED;
    }

    /** Records a failure after the first one, or while the task was being stopped. Bare cancels are skipped. */
    static void addLater(TaskNode<?> task, Throwable thrown) {
        boolean isBareCancel = thrown instanceof CancelledException && thrown.getSuppressed().length == 0;
        if (thrown == task.failure || isBareCancel) {
            return;
        }
        Extras extras = task.extras();
        if (extras.later == null) {
            extras.later = new LaterFailures.Collector();
        }
        extras.later.add(thrown);
    }

    /** Records all failures of a task that has ended, as {@link #addLater}. */
    private static void addLaterOf(TaskNode<?> task, TaskNode<?> ended) {
        if (ended.failure != null) {
            addLater(task, ended.failure);
            if (!isKernelMade(ended.failure)) {
                ended.laterFailures().kept().forEach(further -> addLater(task, further));
            }
        }
    }

    /**
     * Records the later failures that accompany a failure delivered by a join or a combinator. They replace those of an
     * earlier call, unless the task is stopped or has failed.
     */
    static void setLater(TaskNode<?> task, LaterFailures of) {
        if (task.stopReason == null && task.failure == null) {
            task.extras().later = new LaterFailures.Collector(of);
        } else {
            of.kept().forEach(further -> addLater(task, further));
        }
    }

    /** Whether the task failed or its own deadline passed, as opposed to being stopped from outside. */
    private static boolean hasFailedItself(TaskNode<?> task) {
        return task.state() == State.FAILED || (task.state() == State.TIMED_OUT && task.expired);
    }

    /** Whether the task failed, or something failed while it was being stopped. */
    private static boolean hasSomethingToTell(TaskNode<?> task) {
        return hasFailedItself(task) || (task.failure != null && task.failure.getSuppressed().length > 0);
    }

    private static boolean isKernelMade(Throwable failure) {
        return failure instanceof CancelledException || failure instanceof TimedOutException;
    }
}
