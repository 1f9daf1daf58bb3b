package dev.muster.access;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The check of a token's claims: its period of validity, its issuer and its audience.
 *
 * @param issuer the required issuer
 * @param audience the required audience
 */
record TokenClaims(String issuer, String audience) {

    /** Tolerance for the difference between the clocks of the issuer and the node. */
    static final long LEEWAY_SECONDS = 10;

    /** The end of the year 9999; later times are cut to it. */
    private static final long MAX_SECONDS = 253_402_300_799L;

    /**
     * Checks the claims of a token; throws an {@link UnidentifiedException} with the reason if one is wrong.
     *
     * @return the second since 1970 at which the token expires, tolerance included
     */
    long check(Map<String, @Nullable Object> claims, long nowSeconds) {
        if (!issuer.equals(claims.get("iss"))) {
            throw new UnidentifiedException("the token is of another issuer (iss)");
        }
        Object given = claims.get("aud");
        if (!audience.equals(given) && !(given instanceof List<?> several && several.contains(audience))) {
            throw new UnidentifiedException("the token is for another audience (aud)");
        }
        Object expiry = claims.get("exp");
        if (expiry == null) {
            throw new UnidentifiedException("the token has no expiry (exp)");
        }
        long end = seconds(expiry, "exp") + LEEWAY_SECONDS;
        if (nowSeconds >= end) {
            throw new UnidentifiedException("the token has expired");
        }
        for (String word : List.of("nbf", "iat")) {
            Object from = claims.get(word);
            if (from != null && nowSeconds + LEEWAY_SECONDS < seconds(from, word)) {
                throw new UnidentifiedException("the token is not valid yet (" + word + ")");
            }
        }
        return end;
    }

    private static long seconds(Object value, String word) {
        BigDecimal seconds;
        if (value instanceof Long number) {
            seconds = BigDecimal.valueOf(number);
        } else if (value instanceof BigDecimal number) {
            seconds = number;
        } else if (value instanceof BigInteger number) {
            seconds = new BigDecimal(number);
        } else {
            throw new UnidentifiedException("the token's " + word + " is not a number");
        }
        return seconds.min(BigDecimal.valueOf(MAX_SECONDS))
                .max(BigDecimal.valueOf(-MAX_SECONDS))
                .longValue();
    }
}
