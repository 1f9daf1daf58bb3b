package dev.muster.access;

/**
 * Says that a token was not looked at, as too many that are not known yet wait for their signatures to be verified. Its caller
 * may try again.
 */
public final class TooManyTokensException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Without a stack: it is an answer, and may be asked for by the thousand. */
    TooManyTokensException() {
        super(
                "too many tokens that were not seen before wait for their signatures to be verified (at most "
                        + SignatureChecks.MOST_TOKENS + " tokens and " + SignatureChecks.MOST_ASKING
                        + " requests); come again later",
                null,
                false,
                false);
    }

    /** Why, for a caller to see. */
    public String detail() {
        return String.valueOf(getMessage());
    }
}
