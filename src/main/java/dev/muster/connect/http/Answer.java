package dev.muster.connect.http;

import dev.muster.text.Utf8;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A complete response of a server.
 *
 * @param status the HTTP status
 * @param version the HTTP version
 * @param headers the headers, one character for each byte
 * @param body the decompressed body; only its beginning if the status was not expected
 */
record Answer(int status, HttpVersion version, MultiMap headers, byte[] body) {

    String protocol() {
        return switch (version) {
            case HTTP_1_0 -> "HTTP/1.0";
            case HTTP_1_1 -> "HTTP/1.1";
            case HTTP_2 -> "HTTP/2";
        };
    }

    String contentType() {
        String type = headers.get(HttpHeaders.CONTENT_TYPE);
        return type == null ? "" : type.toLowerCase(Locale.ROOT);
    }

    /** The response as a value: status, headers, protocol and body. */
    Map<String, @Nullable Object> toValue(@Nullable Object decoded) {
        var value = new LinkedHashMap<String, @Nullable Object>();
        value.put("status", (long) status);
        value.put("headers", headersAsValue());
        value.put("protocol", protocol());
        value.put("body", decoded);
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
}
