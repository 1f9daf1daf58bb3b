package dev.muster.task;

import org.jspecify.annotations.Nullable;

/** A place in a tree of names: a live task, or what is left of an ended one for those that were below it. */
sealed interface Named permits TaskNode, PastTask {

    String name();

    int depth();

    /** The place above; null for the topmost. */
    @Nullable
    Named above();
}
