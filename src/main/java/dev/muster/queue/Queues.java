package dev.muster.queue;

import java.util.List;
import java.util.Optional;

/** The queues of a node, which change with its configuration. Safe on any thread. */
public interface Queues {

    /** Returns the queue of this name. */
    Optional<JobQueue> find(String name);

    /** Returns all queues in the order of their names. */
    List<JobQueue> all();
}
