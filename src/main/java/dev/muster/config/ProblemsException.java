package dev.muster.config;

import java.util.List;
import java.util.stream.Collectors;

/** The errors of the files that were read. The message has one line for each problem. */
public final class ProblemsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;
    private final boolean isLimit;

    /**
     * An exception with at least one problem.
     *
     * @throws IllegalArgumentException if there is none
     */
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

    /** An exception for an exceeded limit, which ended the reading. */
    public static ProblemsException limit(Problem passed) {
        return new ProblemsException(List.of(passed), true);
    }

    /** Whether a limit was exceeded; if not, the file has errors. */
    public boolean isLimit() {
        return isLimit;
    }

    /** The problems, in the order given. */
    public List<Problem> problems() {
        return problems;
    }
}
