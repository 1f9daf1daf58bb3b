package dev.muster.task;

import org.jspecify.annotations.Nullable;

/** A node of the tree of names: a live task, or the stand-in of an ended one for its descendants. */
sealed interface Named permits TaskNode, PastTask {

    String name();

    int depth();

    /** The parent; null for the root. */
    @Nullable
    Named above();
}
