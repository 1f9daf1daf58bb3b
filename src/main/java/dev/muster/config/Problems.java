package dev.muster.config;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** A collector of problems, so that a user sees all of them at once. For one thread. */
public final class Problems {
    private final TreeSet<Problem> found = new TreeSet<>();
    private final Set<Position> settled = new HashSet<>();

    /** Notes a problem; the same one twice counts once. */
    public void add(Position at, String message) {
        if (!settled.contains(at)) {
            found.add(new Problem(at, message));
        }
    }

    /** Notes why nothing at a position can be read: whatever else would be found there follows from it, and is left out. */
    void addUnreadable(Position at, String message) {
        found.add(new Problem(at, message));
        settled.add(at);
    }

    /** Notes all of them. */
    public void addAll(Iterable<Problem> problems) {
        problems.forEach(problem -> add(problem.at(), problem.message()));
    }

    /** Whether none was found. */
    public boolean isEmpty() {
        return found.isEmpty();
    }

    /** What was found, by position. */
    public List<Problem> list() {
        return List.copyOf(found);
    }

    /** Throws what was found, if anything was. */
    public void throwIfAny() throws ProblemsException {
        if (!found.isEmpty()) {
            throw new ProblemsException(list());
        }
    }
}
