package dev.muster.app;

/** Says what is wrong with the words of the command line, and what to do. */
public final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** With a message for people. */
    public UsageException(String message) {
        super(message);
    }
}
