package dev.muster.access;

/**
 * Says that a token cannot be checked now, as the keys of its issuer could not be fetched. Not the caller's fault: it may try
 * again.
 */
public final class KeysUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    KeysUnavailableException(String detail) {
        super(detail, null, false, false);
    }

    /** Why, for a caller to see; the address of the keys and what is wrong there are in the log alone. */
    public String detail() {
        return String.valueOf(getMessage());
    }
}
