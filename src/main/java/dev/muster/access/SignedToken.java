package dev.muster.access;

import dev.muster.json.Json;
import dev.muster.json.JsonException;
import dev.muster.json.JsonLimits;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A parsed token (RFC 7519 in the compact form of RFC 7515). Its signature is not verified.
 *
 * @param text the three parts
 * @param algorithm the signature algorithm that the token names
 * @param kid the key that the token names, or null
 * @param claims the claims of the payload
 * @param signature the bytes of the third part
 */
record SignedToken(
        String text,
        SigningAlgorithm algorithm,
        @Nullable String kid,
        Map<String, @Nullable Object> claims,
        byte[] signature) {

    /** Tolerance for the difference between the clocks of the issuer and the node. */
    private static final long LEEWAY_SECONDS = 10;

    /** The end of the year 9999; later times are cut to it. */
    private static final long MAX_SECONDS = 253_402_300_799L;

    private static final JsonLimits LIMITS = JsonLimits.DEFAULT.withNesting(32);

    /** Whether a text has the shape of a token, which distinguishes it from a key. */
    static boolean looksLike(String text) {
        return text.chars().filter(c -> c == '.').count() == 2;
    }

    /** Parses a token; throws an {@link UnidentifiedException} with a reason that quotes no part of the token. */
    static SignedToken parse(String text) {
        int first = text.indexOf('.');
        int second = text.indexOf('.', first + 1);
        Map<String, @Nullable Object> header = map(text.substring(0, first), "header");
        SigningAlgorithm algorithm = algorithm(header);
        Object kid = header.get("kid");
        if (kid != null && !(kid instanceof String)) {
            throw new UnidentifiedException("the token's kid is not text");
        }
        Map<String, @Nullable Object> claims = map(text.substring(first + 1, second), "payload");
        byte[] signature = bytes(text.substring(second + 1), "signature");
        return new SignedToken(text, algorithm, (String) kid, claims, signature);
    }

    /** The signed bytes: the first two parts with the dot between them. */
    byte[] signed() {
        return text.substring(0, text.lastIndexOf('.')).getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Checks the claims: the issuer, the audience and the period of validity. Throws an {@link UnidentifiedException} with the
     * reason if one is wrong.
     *
     * @return the second since 1970 at which the token expires, tolerance included
     */
    long checkClaims(String issuer, String audience, long nowSeconds) {
        if (!issuer.equals(claims.get("iss"))) {
            throw new UnidentifiedException("the token is of another issuer (iss)");
        }
        Object audiences = claims.get("aud");
        if (!audience.equals(audiences) && !(audiences instanceof List<?> list && list.contains(audience))) {
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

    /** A constant: a token is a credential and must not be logged. */
    @Override
    public String toString() {
        return "token";
    }

    private static SigningAlgorithm algorithm(Map<String, @Nullable Object> header) {
        if (header.containsKey("crit")) {
            throw new UnidentifiedException("the token requires extensions (crit) that are not supported");
        }
        if (!(header.get("alg") instanceof String word)) {
            throw new UnidentifiedException("the token has no algorithm");
        }
        return SigningAlgorithm.of(word)
                .orElseThrow(
                        () -> new UnidentifiedException("the token is not signed by an algorithm that is accepted"));
    }

    @SuppressWarnings("unchecked") // the keys of a JSON map are strings
    private static Map<String, @Nullable Object> map(String part, String what) {
        try {
            if (Json.parse(bytes(part, what), LIMITS) instanceof Map<?, ?> map) {
                return (Map<String, @Nullable Object>) map;
            }
        } catch (JsonException e) {
            // Treated like any value that is not a map; the parser's message would quote the token.
        }
        throw new UnidentifiedException("the token's " + what + " is not a JSON object");
    }

    private static byte[] bytes(String part, String what) {
        try {
            if (part.indexOf('=') < 0) {
                return Base64.getUrlDecoder().decode(part);
            }
        } catch (IllegalArgumentException e) {
            // Treated like padding, which JWTs do not allow.
        }
        throw new UnidentifiedException("the token's " + what + " is not Base64 for URLs");
    }
}
