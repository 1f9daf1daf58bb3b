package dev.muster.connect.http;

import dev.muster.json.Json;
import dev.muster.json.JsonException;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.text.Utf8;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A complete response of a server, and its conversion to a value. Safe on any thread.
 *
 * @param request the request that it answers
 * @param status the HTTP status
 * @param version the HTTP version
 * @param headers the headers, one character for each byte
 * @param body the decompressed body; only its beginning if the status was not expected
 */
record Answer(HttpRequest request, int status, HttpVersion version, MultiMap headers, byte[] body) {

    private static final Pattern JSON =
            Pattern.compile("\\s*[a-z0-9!#$&^_.+-]+/(?:json|[a-z0-9!#$&^_.+-]*\\+json)\\s*(?:;.*)?");

    /**
     * The value of a response.
     *
     * @param as {@code json}, {@code text}, {@code bytes}, {@code response}, or empty for the body by content type
     * @return null for an empty body, unless {@code as} is {@code response}
     * @throws MusterException of type {@link ErrorType#BAD_RESPONSE} if the body cannot be decoded
     */
    @Nullable
    Object value(String as) {
        return as.equals("response") ? whole() : decoded(as);
    }

    private String protocol() {
        return switch (version) {
            case HTTP_1_0 -> "HTTP/1.0";
            case HTTP_1_1 -> "HTTP/1.1";
            case HTTP_2 -> "HTTP/2";
        };
    }

    private String contentType() {
        String type = headers.get(HttpHeaders.CONTENT_TYPE);
        return type == null ? "" : type.toLowerCase(Locale.ROOT);
    }

    private Map<String, @Nullable Object> whole() {
        var value = new LinkedHashMap<String, @Nullable Object>();
        value.put("status", (long) status);
        value.put("headers", headersAsValue());
        value.put("protocol", protocol());
        value.put("body", decoded(""));
        return value;
    }

    /** The headers by name in lower case. Several headers of one name are joined, except cookies, which can contain commas. */
    private Map<String, Object> headersAsValue() {
        var value = new LinkedHashMap<String, Object>();
        for (String name : headers.names()) {
            String key = name.toLowerCase(Locale.ROOT);
            List<String> all = headers.getAll(name);
            List<String> read = all.stream().map(Answer::readable).toList();
            value.put(key, key.equals("set-cookie") ? read : String.join(", ", read));
        }
        return value;
    }

    /** A header's value, one character for each byte, as text: decoded as UTF-8 if the bytes are valid UTF-8, else as Latin-1. */
    private static String readable(String bytes) {
        if (bytes.chars().allMatch(c -> c < 0x80)) {
            return bytes;
        }
        byte[] raw = bytes.getBytes(StandardCharsets.ISO_8859_1);
        return Utf8.firstWrong(raw, 0, raw.length) < 0 ? new String(raw, StandardCharsets.UTF_8) : bytes;
    }

    private @Nullable Object decoded(String as) {
        if (body.length == 0) {
            return null;
        }
        if (as.equals("bytes")) {
            return Base64.getEncoder().encodeToString(body);
        }
        String encoding = headers.get(HttpHeaders.CONTENT_ENCODING);
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw bad("the body is compressed as " + request.quoted(encoding, 40) + ", which was not requested", null);
        }
        String type = contentType();
        boolean plain = isPlainJson(type);
        boolean json = plain
                ? !as.equals("text")
                : as.equals("json") || as.isEmpty() && JSON.matcher(type).matches();
        TextEncoding encoded = plain ? TextEncoding.UTF_8 : encoding(type, json);
        if (!json) {
            return text(encoded);
        }
        try {
            return encoded.isUtf8() ? Json.parse(body) : Json.parse(text(encoded));
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

    private String text(TextEncoding encoding) {
        try {
            return encoding.decode(body);
        } catch (TextEncoding.MalformedException e) {
            throw bad(
                    "the body is not " + encoding.toString().toUpperCase(Locale.ROOT) + ": byte " + e.at()
                            + " is wrong",
                    e);
        }
    }

    /** The error of a response that cannot be used. */
    MusterException bad(String what, @Nullable Throwable cause) {
        return new MusterException(
                ErrorType.BAD_RESPONSE, request + ": " + what, Map.of("status", (long) status), cause);
    }
}
