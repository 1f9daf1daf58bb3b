package dev.muster.connect.http;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How the body of a response is compressed (RFC 9110, 8.4), and what is done about it.
 *
 * @param name the coding in lower case, several of them as the header has them; empty for none
 * @param unpacking what unpacks it, or null if it stays as it is
 * @param refused whether it is none that was asked for
 */
record ContentCoding(String name, @Nullable Unpacking unpacking, boolean refused) {

    /** The header {@code accept-encoding} of requests that do not have their own. */
    static final String ASKED_FOR = "gzip, deflate";

    /** As it is. */
    static final ContentCoding NONE = new ContentCoding("", null, false);

    /**
     * Of a response with a body.
     *
     * @param compression whether the source asks for compressed responses, and unpacks them
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
        // Who asks for a coding by a header of their own gets it as it comes.
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
