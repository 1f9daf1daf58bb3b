package dev.muster.app;

/** What a process ends with. */
final class ExitCode {

    /** All was done. */
    static final int DONE = 0;

    /** The run failed. */
    static final int FAILED = 1;

    /** Usage, configuration, plan or input. */
    static final int WRONG = 2;

    /** The reader of standard output has left: 128 and the number of SIGPIPE. */
    static final int STDOUT_CLOSED = 141;

    private ExitCode() {}
}
