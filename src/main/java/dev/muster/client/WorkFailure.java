package dev.muster.client;

/** The exception with which a worker fails a call. The error of the plan's step gets its code and message. */
public final class WorkFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int code;

    /** A failure with a code of the worker's own. */
    public WorkFailure(int code, String message) {
        super(message);
        this.code = code;
    }

    /** Returns the code. */
    public int code() {
        return code;
    }
}
