package dev.muster.cli;

/** The exit codes of the process. */
public final class ExitCode {

    /** Success. */
    public static final int DONE = 0;

    /** The run failed, or its output cannot be written. */
    public static final int FAILED = 1;

    /** Wrong usage, configuration, plan or input. */
    public static final int WRONG = 2;

    /** Memory is exhausted; the same code as that of the JVM's {@code -XX:+ExitOnOutOfMemoryError}. */
    static final int OUT_OF_MEMORY = 3;

    /** The reader of standard output has left: 128 plus the number of SIGPIPE. */
    static final int STDOUT_CLOSED = 141;

    private ExitCode() {}
}
