package dev.muster.access;

/**
 * The rejection of a request without a valid identity: no key, a wrong key or an invalid token. It is the caller's fault. The
 * message can be shown to the caller and quotes nothing that the caller sent.
 */
public final class UnidentifiedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Without a stack trace: it is an expected response and can occur thousands of times. */
    UnidentifiedException(String detail) {
        super(detail, null, false, false);
    }

    /** The reason, for the caller. */
    public String detail() {
        return String.valueOf(getMessage());
    }
}
