package dev.muster.app;

/** What a process ends with. */
final class ExitCode {

    /** All was done. */
    static final int DONE = 0;

    /** The run failed, or its output cannot be written. */
    static final int FAILED = 1;

    /** Usage, configuration, plan or input. */
    static final int WRONG = 2;

    /** Memory is exhausted; the JVM's own option ends with this one too. */
    static final int OUT_OF_MEMORY = 3;

    /** The reader of standard output has left: 128 and the number of SIGPIPE. */
    static final int STDOUT_CLOSED = 141;

    private ExitCode() {}
}
