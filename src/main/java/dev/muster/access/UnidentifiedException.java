package dev.muster.access;

/**
 * Says why nobody could be identified: no key, a wrong one, a token that does not hold. The caller's own fault; its message may
 * be shown to it and repeats nothing of what it sent.
 */
public final class UnidentifiedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Without a stack: it is an answer, and may be asked for by the thousand. */
    UnidentifiedException(String detail) {
        super(detail, null, false, false);
    }

    /** Why. */
    public String detail() {
        return String.valueOf(getMessage());
    }
}
