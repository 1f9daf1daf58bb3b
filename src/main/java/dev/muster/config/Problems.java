package dev.muster.config;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** A collector of problems, so that a user sees all of them at once. For one thread. */
public final class Problems {
    private final TreeSet<Problem> found = new TreeSet<>();
    private final Set<Position> settled = new HashSet<>();

    /** Adds a problem. A duplicate is ignored, and so is a problem at a position that is marked unreadable. */
    public void add(Position at, String message) {
        if (!settled.contains(at)) {
            found.add(new Problem(at, message));
        }
    }

    /**
     * Adds a problem and marks its position as unreadable. Later problems at that position only follow from this one, so
     * they are ignored.
     */
    void addUnreadable(Position at, String message) {
        found.add(new Problem(at, message));
        settled.add(at);
    }

    /** Adds all problems. */
    public void addAll(Iterable<Problem> problems) {
        problems.forEach(problem -> add(problem.at(), problem.message()));
    }

    /** Whether there are no problems. */
    public boolean isEmpty() {
        return found.isEmpty();
    }

    /** The problems, by position. */
    public List<Problem> list() {
        return List.copyOf(found);
    }

    /**
     * Throws all problems, if there are any.
     *
     * @throws ProblemsException if there is at least one problem
     */
    public void throwIfAny() throws ProblemsException {
        if (!found.isEmpty()) {
            throw new ProblemsException(list());
        }
    }
}
