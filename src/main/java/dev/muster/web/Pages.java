package dev.muster.web;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The page that shows the API's description, as files that are read once. It needs nothing from elsewhere, so that it works
 * offline and under a strict policy. Any thread.
 */
public final class Pages {

    /** What a page may load: its own files, and nothing in line. */
    public static final String CONTENT_SECURITY_POLICY = "default-src 'self'; img-src 'self' data:; base-uri 'none';"
            + " form-action 'none'; frame-ancestors 'none'";

    private static final String HTML = "text/html; charset=utf-8";
    private static final String CSS = "text/css; charset=utf-8";
    private static final String SCRIPT = "text/javascript; charset=utf-8";
    private static final int TAG_BYTES = 12;

    private static final List<Page> ALL = List.of(
            page("/docs", "docs.html", HTML),
            page("/docs/docs.css", "docs.css", CSS),
            page("/docs/docs.js", "docs.js", SCRIPT),
            page("/docs/docs-parts.js", "docs-parts.js", SCRIPT),
            page("/docs/docs-try.js", "docs-try.js", SCRIPT));

    private Pages() {}

    /**
     * One file.
     *
     * @param path where it is served
     * @param contentType what it is
     * @param body its bytes, not to be written to
     * @param etag quoted, for {@code If-None-Match}; another one for other bytes
     */
    public record Page(String path, String contentType, Buffer body, String etag) {

        /** The headers of an answer with this page, or of a 304 that says it is still the same. */
        public Map<String, String> headers() {
            Map<String, String> headers = new LinkedHashMap<>();
            headers.put("Content-Type", contentType);
            headers.put("ETag", etag);
            // Asked anew each time, so that a page never meets the description of a newer server.
            headers.put("Cache-Control", "no-cache");
            headers.put("Content-Security-Policy", CONTENT_SECURITY_POLICY);
            headers.put("X-Content-Type-Options", "nosniff");
            headers.put("Referrer-Policy", "no-referrer");
            return headers;
        }

        /** Whether the header {@code If-None-Match} of a request names these bytes. */
        public boolean isKnownTo(String ifNoneMatch) {
            for (String tag : ifNoneMatch.split(",", -1)) {
                String plain = tag.strip();
                if (plain.equals("*") || (plain.startsWith("W/") ? plain.substring(2) : plain).equals(etag)) {
                    return true;
                }
            }
            return false;
        }
    }

    /** All files of the page; the first is the page itself. */
    public static List<Page> all() {
        return ALL;
    }

    private static Page page(String path, String resource, String contentType) {
        try (InputStream in = Pages.class.getResourceAsStream(resource)) {
            byte[] bytes = Objects.requireNonNull(in, resource).readAllBytes();
            return new Page(path, contentType, Buffer.buffer(bytes), '"' + tag(bytes) + '"');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String tag(byte[] bytes) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(digest)
                    .substring(0, TAG_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
