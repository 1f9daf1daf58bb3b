package dev.muster.app;

/** An error in the command line, with a message that says what to do. */
public final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Creates the error with a message for people. */
    public UsageException(String message) {
        super(message);
    }
}
