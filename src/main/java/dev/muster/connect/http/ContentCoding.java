package dev.muster.connect.http;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The compression of a response's body (RFC 9110, 8.4) and its handling.
 *
 * @param name the coding in lower case; several codings separated by commas; empty for none
 * @param unpacking the decoder, or null if the body stays as it is
 * @param refused whether the coding is rejected because it was not requested
 */
record ContentCoding(String name, @Nullable Unpacking unpacking, boolean refused) {

    /** The value of the header {@code accept-encoding} of requests that do not set it themselves. */
    static final String ASKED_FOR = "gzip, deflate";

    /** No coding. */
    static final ContentCoding NONE = new ContentCoding("", null, false);

    /**
     * The coding of a response with a body.
     *
     * @param compression whether the source requests compressed responses and decompresses them
     */
    static ContentCoding of(MultiMap response, HttpRequest request, boolean compression) {
        String given = response.get(HttpHeaders.CONTENT_ENCODING);
        if (given == null || !compression) {
            return NONE;
        }
        String name = name(String.join(",", response.getAll(HttpHeaders.CONTENT_ENCODING)));
        if (name.isEmpty()) {
            return NONE;
        }
        Unpacking unpacking = Unpacking.of(name);
        // A step that requests a coding by its own header gets the body undecoded.
        boolean refused =
                unpacking == null && ASKED_FOR.equals(request.headers().get(HttpHeaders.ACCEPT_ENCODING));
        return new ContentCoding(name, unpacking, refused);
    }

    private static String name(String codings) {
        var name = new StringBuilder();
        for (String coding : codings.toLowerCase(Locale.ROOT).split(",", -1)) {
            String one = coding.strip();
            if (!one.isEmpty() && !one.equals("identity")) {
                name.append(name.isEmpty() ? "" : ", ").append(one);
            }
        }
        return name.toString();
    }
}
