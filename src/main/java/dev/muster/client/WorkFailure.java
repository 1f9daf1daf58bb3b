package dev.muster.client;

/** What a worker fails a call with: its code and message reach the plan's error. */
public final class WorkFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int code;

    /** With a code of the worker's own, and the reason. */
    public WorkFailure(int code, String message) {
        super(message);
        this.code = code;
    }

    /** The code. */
    public int code() {
        return code;
    }
}
