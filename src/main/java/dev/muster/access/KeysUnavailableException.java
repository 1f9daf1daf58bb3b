package dev.muster.access;

/**
 * The failure of a token check because the keys of the issuer could not be fetched. It is not the caller's fault; the caller
 * can retry.
 */
public final class KeysUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    KeysUnavailableException(String detail) {
        super(detail, null, false, false);
    }

    /** The reason, for the caller. The address of the keys and the cause of the failure are only in the log. */
    public String detail() {
        return String.valueOf(getMessage());
    }
}
