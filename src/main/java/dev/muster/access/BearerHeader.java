package dev.muster.access;

import org.jspecify.annotations.Nullable;

/** The parser of the header {@code Authorization}: {@code Bearer} and exactly one key or token (RFC 6750). */
final class BearerHeader {
    /** Longer header values are rejected before they are hashed. By default an HTTP server accepts 8 KiB of headers in all. */
    static final int MAX_CHARACTERS = 16 << 10;

    private static final String SCHEME = "Bearer";

    private BearerHeader() {}

    /** Returns the key or token; throws an {@link UnidentifiedException} if the header is missing or malformed. */
    static String read(@Nullable String authorization) {
        if (authorization != null && authorization.length() > MAX_CHARACTERS) {
            throw new UnidentifiedException(
                    "the header Authorization is longer than " + MAX_CHARACTERS + " characters");
        }
        if (authorization == null || authorization.isBlank()) {
            throw new UnidentifiedException("a key or token is needed, in the header Authorization: Bearer …");
        }
        int end = authorization.indexOf(' ');
        if (end < 0 || !authorization.substring(0, end).equalsIgnoreCase(SCHEME)) {
            throw new UnidentifiedException("the header Authorization must be Bearer and a key or token");
        }
        String token = strippedOfSpaces(authorization.substring(end));
        if (!isOneWord(token)) {
            throw new UnidentifiedException("the header Authorization must hold exactly one key or token after Bearer");
        }
        return token;
    }

    /**
     * Whether a text can be sent as a key: visible ASCII characters, without commas, because commas separate the values of a
     * header list.
     */
    static boolean isOneWord(String text) {
        return !text.isEmpty() && text.chars().allMatch(it -> it > ' ' && it < 0x7F && it != ',');
    }

    private static String strippedOfSpaces(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && text.charAt(from) == ' ') {
            from++;
        }
        while (to > from && text.charAt(to - 1) == ' ') {
            to--;
        }
        return text.substring(from, to);
    }
}
