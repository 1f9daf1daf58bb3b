package dev.muster.connect.http;

import dev.muster.json.Json;
import dev.muster.json.JsonException;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import io.vertx.core.http.HttpHeaders;
import java.util.Base64;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The conversion of a response's body to a value. Safe on any thread. */
final class Decoding {

    private static final Pattern JSON =
            Pattern.compile("\\s*[a-z0-9!#$&^_.+-]+/(?:json|[a-z0-9!#$&^_.+-]*\\+json)\\s*(?:;.*)?");

    private final HttpRequest request;
    private final Answer answer;

    private Decoding(HttpRequest request, Answer answer) {
        this.request = request;
        this.answer = answer;
    }

    /**
     * The value of a response.
     *
     * @param as {@code json}, {@code text}, {@code bytes}, {@code response}, or empty for the body by content type
     * @return null for an empty body, unless {@code as} is {@code response}
     * @throws MusterException of type {@link ErrorType#BAD_RESPONSE} if the body cannot be decoded
     */
    static @Nullable Object value(HttpRequest request, Answer answer, String as) {
        var decoding = new Decoding(request, answer);
        return as.equals("response") ? answer.toValue(decoding.body("")) : decoding.body(as);
    }

    private @Nullable Object body(String as) {
        byte[] bytes = answer.body();
        if (bytes.length == 0) {
            return null;
        }
        if (as.equals("bytes")) {
            return Base64.getEncoder().encodeToString(bytes);
        }
        String encoding = answer.headers().get(HttpHeaders.CONTENT_ENCODING);
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw bad("the body is compressed as " + request.quoted(encoding, 40) + ", which was not requested", null);
        }
        String type = answer.contentType();
        boolean plain = isPlainJson(type);
        boolean json = plain
                ? !as.equals("text")
                : as.equals("json") || as.isEmpty() && JSON.matcher(type).matches();
        TextEncoding encoded = plain ? TextEncoding.UTF_8 : encoding(type, json);
        if (!json) {
            return text(bytes, encoded);
        }
        try {
            return encoded.isUtf8() ? Json.parse(bytes) : Json.parse(text(bytes, encoded));
        } catch (JsonException e) {
            throw bad(
                    "the body is not JSON: line " + e.line() + ", column " + e.column() + ": "
                            + request.quoted(e.reason(), JsonException.MAX_CHARACTERS),
                    e);
        }
    }

    /** A fast check for the content types of most responses, without a pattern. */
    private static boolean isPlainJson(String type) {
        return type.equals("application/json") || type.equals("application/json; charset=utf-8");
    }

    /** The encoding of a content type: UTF-8 if it names none, and for JSON that is labelled ASCII, because JSON is UTF-8. */
    private TextEncoding encoding(String contentType, boolean json) {
        String label = TextEncoding.label(contentType);
        TextEncoding encoding = TextEncoding.of(label, json);
        if (encoding == null) {
            throw bad("the body has the unknown charset \"" + request.quoted(label, 40) + "\"", null);
        }
        return encoding;
    }

    private String text(byte[] bytes, TextEncoding encoding) {
        try {
            return encoding.decode(bytes);
        } catch (TextEncoding.MalformedException e) {
            throw bad(
                    "the body is not " + encoding.toString().toUpperCase(Locale.ROOT) + ": byte " + e.at()
                            + " is wrong",
                    e);
        }
    }

    private MusterException bad(String what, @Nullable Throwable cause) {
        return new MusterException(
                ErrorType.BAD_RESPONSE,
                request + ": " + what,
                java.util.Map.of("status", (long) answer.status()),
                cause);
    }
}
