package dev.muster.queue;

import java.util.List;
import java.util.Optional;

/** The queues of a node, which come and go with its configuration. Safe on every thread. */
public interface Queues {

    /** None. */
    Queues NONE = new Queues() {
        @Override
        public Optional<JobQueue> find(String name) {
            return Optional.empty();
        }

        @Override
        public List<JobQueue> all() {
            return List.of();
        }
    };

    /** The queue of this name. */
    Optional<JobQueue> find(String name);

    /** All of them, by their names in order. */
    List<JobQueue> all();
}
