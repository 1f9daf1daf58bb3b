package dev.muster.sync;

/** The failure of a put into a closed queue, or of a take from one that is closed and empty. */
public final class QueueClosedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    QueueClosedException(String message) {
        super(message, null, false, false);
    }
}
