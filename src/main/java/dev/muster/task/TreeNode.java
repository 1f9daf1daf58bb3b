package dev.muster.task;

import dev.muster.loop.Nanos;
import dev.muster.loop.Timer;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A task's place in its tree: its name and parent, its live children, the waits it is parked in, and its deadline.
 *
 * <p>Lists are linked through their members, so that joining and leaving take constant time and no memory. Nothing here
 * recurses: a tree may be deeper than the stack.
 */
abstract sealed class TreeNode permits OutcomeNode {

    /** What sort of child it is. */
    enum Kind {
        PLAIN,
        /** The failure of a child is its own. */
        GROUP,
        /** A part of its parent's body: its failure reaches the body alone, even in a group. */
        CALL,
        /** A cancel of its parent does not reach it. */
        SHIELDED,
        /** Shielded too, and its failure is its parent's. */
        CLEAN_UP
    }

    private static final int NAMES_IN_PATH = 32;
    private static final int MOST_NAMES = 256;

    final Tasks tasks;
    final @Nullable TaskNode<?> parent;
    final Kind kind;

    @Nullable
    TaskNode<?> firstChild;

    @Nullable
    Waiter<?> firstWaiter;

    @Nullable
    TaskNode<?> nextSibling;

    private @Nullable TaskNode<?> previousSibling;
    private final String name;
    private final int depth;
    private long deadlineNanos = Long.MAX_VALUE;
    private @Nullable Timer deadlineTimer;

    TreeNode(Tasks tasks, @Nullable TaskNode<?> parent, Kind kind, String name) {
        this.tasks = tasks;
        this.parent = parent;
        this.kind = kind;
        this.name = name;
        this.depth = parent == null ? 0 : ((TreeNode) parent).depth + 1;
    }

    /** Called when the deadline has passed. */
    abstract void deadlinePassed(Duration limit);

    public final String name() {
        return name;
    }

    public final String path() {
        int shown = Math.max(1, Math.min(depth, NAMES_IN_PATH));
        var names = new String[shown];
        TreeNode node = this;
        for (int i = shown - 1; i >= 0 && node != null; i--) {
            names[i] = node.name;
            node = node.parent;
        }
        String path = String.join("/", names);
        return depth > NAMES_IN_PATH ? "…/" + path : path;
    }

    /** The names from the root of its tree down to this, the topmost ones where there are too many. */
    final List<String> names() {
        int shown = Math.max(1, Math.min(depth, MOST_NAMES));
        var names = new String[shown];
        TreeNode node = this;
        for (int below = depth - shown; below > 0 && node.parent != null; below--) {
            node = node.parent;
        }
        for (int i = shown - 1; i >= 0; i--) {
            names[i] = node.name;
            node = node.parent == null ? node : node.parent;
        }
        return List.of(names);
    }

    final boolean isShielded() {
        return kind == Kind.SHIELDED || kind == Kind.CLEAN_UP;
    }

    // ---- children and waits

    final void link(TaskNode<?> child) {
        TreeNode added = child;
        added.nextSibling = firstChild;
        if (firstChild != null) {
            ((TreeNode) firstChild).previousSibling = child;
        }
        firstChild = child;
    }

    /** Takes a child out. False if it never was in. */
    final boolean unlink(TaskNode<?> child) {
        TreeNode removed = child;
        if (removed.previousSibling != null) {
            ((TreeNode) removed.previousSibling).nextSibling = removed.nextSibling;
        } else if (firstChild == child) {
            firstChild = removed.nextSibling;
        } else {
            return false;
        }
        if (removed.nextSibling != null) {
            ((TreeNode) removed.nextSibling).previousSibling = removed.previousSibling;
        }
        removed.nextSibling = null;
        removed.previousSibling = null;
        return true;
    }

    final void link(Waiter<?> waiter) {
        waiter.next = firstWaiter;
        if (firstWaiter != null) {
            firstWaiter.previous = waiter;
        }
        firstWaiter = waiter;
    }

    final void unlink(Waiter<?> waiter) {
        if (waiter.previous != null) {
            waiter.previous.next = waiter.next;
        } else {
            firstWaiter = waiter.next;
        }
        if (waiter.next != null) {
            waiter.next.previous = waiter.previous;
        }
        waiter.next = null;
        waiter.previous = null;
    }

    // ---- the deadline

    /** The earliest deadline of this task and of those above it, up to the first shield; MAX_VALUE where there is none. */
    final long effectiveDeadlineNanos() {
        long at = deadlineNanos;
        for (TreeNode node = this; node.parent != null && !node.isShielded(); node = node.parent) {
            at = Math.min(at, ((TreeNode) node.parent).deadlineNanos);
        }
        return at;
    }

    /** Its own deadline in the loop's time, or -1. */
    final long ownDeadlineNanos() {
        return deadlineNanos == Long.MAX_VALUE ? -1 : deadlineNanos;
    }

    /** Moves the deadline to an earlier moment; a later one changes nothing. */
    final void limitTo(Duration limit, long fromNanos) {
        long at = fromNanos + Nanos.of(limit);
        if (at >= deadlineNanos) {
            return;
        }
        boolean comesFirst = at < effectiveDeadlineNanos();
        deadlineNanos = at;
        dropDeadline();
        if (comesFirst) {
            deadlineTimer = tasks.loop().schedule(at - tasks.loop().nanos(), () -> deadlinePassed(limit));
        }
    }

    final void dropDeadline() {
        if (deadlineTimer != null) {
            deadlineTimer.cancel();
            deadlineTimer = null;
        }
    }
}
