package dev.muster.access;

/** The rejection of a token because too many unknown tokens wait for verification of their signatures. The caller can retry. */
public final class TooManyTokensException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Without a stack trace: it is an expected response and can occur thousands of times. */
    TooManyTokensException() {
        super(
                "too many new tokens wait for the check of their signatures (at most "
                        + SignatureChecks.MAX_TOKENS + " tokens and " + SignatureChecks.MAX_WAITING
                        + " requests); try again later",
                null,
                false,
                false);
    }

    /** The reason, for the caller. */
    public String detail() {
        return String.valueOf(getMessage());
    }
}
