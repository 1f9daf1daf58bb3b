package dev.muster.config;

import java.util.List;
import java.util.stream.Collectors;

/** Says everything that is wrong with the files that were read; its message is one problem a line. */
public final class ProblemsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    /** Of at least one problem. */
    public ProblemsException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        if (problems.isEmpty()) {
            throw new IllegalArgumentException("there is no problem to report");
        }
        this.problems = List.copyOf(problems);
    }

    /** The problems, by position. */
    public List<Problem> problems() {
        return problems;
    }
}
