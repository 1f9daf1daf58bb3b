package dev.muster.config;

import java.util.List;
import java.util.TreeSet;

/** A collector of problems, so that a user sees all of them at once. For one thread. */
public final class Problems {
    private final TreeSet<Problem> found = new TreeSet<>();

    /** Notes a problem; the same one twice counts once. */
    public void add(Position at, String message) {
        found.add(new Problem(at, message));
    }

    /** Notes all of them. */
    public void addAll(Iterable<Problem> problems) {
        problems.forEach(found::add);
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
