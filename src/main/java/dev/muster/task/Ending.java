package dev.muster.task;

/**
 * How the failures of a task add up: of its body, its children and its clean-up, and of what happens while it is stopped.
 *
 * <p>The first failure is the task's own and is never written to. What fails later is collected beside it. A cancel or a
 * time-out that ends the task is an exception of the kernel's own and takes the collected failures along.
 */
final class Ending {

    private Ending() {}

    /** Takes a failure of the body or, in a group, of a child: the first one counts, and stops the rest. */
    static void take(TaskNode<?> task, Throwable thrown, TaskNode<?> of) {
        if (Failures.isCancel(thrown) && task.stopReason != null) {
            if (task.failure == null && ((CancelledException) thrown).reason() == task.stopReason) {
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

    /** Takes note of how a child ended, at once: what that means for the task, and whether anybody else will look. */
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
            // It was stopped together with the task. What went wrong meanwhile is the task's to tell.
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
            task.failure = Failures.isCancel(child.failure)
                    ? new IllegalStateException("clean-up " + child.path() + " was cancelled", child.failure)
                    : child.failure;
        }
    }

    /** Body and children are over: from here on the outcome stands, and a cancel comes too late. */
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

    /** The final state, once nothing can fail any more. An exception of the kernel's own gets what failed later. */
    static State finish(TaskNode<?> task) {
        if (task.failure == null) {
            return State.FINISHED;
        }
        LaterFailures.Collector later = task.extras == null ? null : task.extras.later;
        if (later != null && isKernelMade(task.failure)) {
            // A fresh one: others may have seen the one that the body ended with.
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

    /** Keeps what failed after the first failure, or while the task was being stopped. */
    static void addLater(TaskNode<?> task, Throwable thrown) {
        boolean isBareCancel = Failures.isCancel(thrown) && thrown.getSuppressed().length == 0;
        if (thrown == task.failure || isBareCancel) {
            return;
        }
        Extras extras = task.extras();
        if (extras.later == null) {
            extras.later = new LaterFailures.Collector();
        }
        extras.later.add(thrown);
    }

    /** As {@link #addLater}, with all that went wrong in a task that has ended. */
    private static void addLaterOf(TaskNode<?> task, TaskNode<?> ended) {
        if (ended.failure != null) {
            addLater(task, ended.failure);
            if (!isKernelMade(ended.failure)) {
                ended.laterFailures().kept().forEach(further -> addLater(task, further));
            }
        }
    }

    /**
     * Takes what failed beside a failure that the task is given by a join or a combinator. It replaces what an earlier one
     * left there, as long as nothing stops the task.
     */
    static void setLater(TaskNode<?> task, LaterFailures of) {
        if (task.stopReason == null && task.failure == null) {
            task.extras().later = new LaterFailures.Collector(of);
        } else {
            of.kept().forEach(further -> addLater(task, further));
        }
    }

    /** Whether it failed, or its own deadline passed; not if somebody else stopped it. */
    private static boolean hasFailedItself(TaskNode<?> task) {
        return task.state() == State.FAILED || (task.state() == State.TIMED_OUT && task.expired);
    }

    /** Whether it failed, or something failed while it was stopped. */
    private static boolean hasSomethingToTell(TaskNode<?> task) {
        return hasFailedItself(task) || (task.failure != null && task.failure.getSuppressed().length > 0);
    }

    private static boolean isKernelMade(Throwable failure) {
        return failure instanceof CancelledException || failure instanceof TimedOutException;
    }
}
