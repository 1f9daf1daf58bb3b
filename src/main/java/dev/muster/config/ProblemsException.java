package dev.muster.config;

import java.util.List;
import java.util.stream.Collectors;

/** Says everything that is wrong with the files that were read; its message is one problem a line. */
public final class ProblemsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;
    private final boolean isLimit;

    /** Of at least one problem. */
    public ProblemsException(List<Problem> problems) {
        this(problems, false);
    }

    private ProblemsException(List<Problem> problems, boolean isLimit) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        if (problems.isEmpty()) {
            throw new IllegalArgumentException("there is no problem to report");
        }
        this.problems = List.copyOf(problems);
        this.isLimit = isLimit;
    }

    /** Says that a bound was passed, at which reading stopped. */
    public static ProblemsException limit(Problem passed) {
        return new ProblemsException(List.of(passed), true);
    }

    /** Whether a bound was passed, and not anything written wrongly. */
    public boolean isLimit() {
        return isLimit;
    }

    /** The problems, by position. */
    public List<Problem> problems() {
        return problems;
    }
}
