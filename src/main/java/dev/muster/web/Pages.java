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
 * The files of the API documentation page, read once. The page loads nothing from other hosts, so it works offline and under a
 * strict content security policy. Safe on any thread.
 */
public final class Pages {

    /** The content security policy: the page loads its own files, and nothing inline. */
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
     * @param path the path it is served at
     * @param contentType the media type
     * @param body the bytes; read-only
     * @param etag the quoted entity tag, a digest of the bytes
     */
    public record Page(String path, String contentType, Buffer body, String etag) {

        /** The headers of a response with this file, or of a 304 response. */
        public Map<String, String> headers() {
            Map<String, String> headers = new LinkedHashMap<>();
            headers.put("Content-Type", contentType);
            headers.put("ETag", etag);
            // Revalidated on each use, so that the page always matches the description of the server version.
            headers.put("Cache-Control", "no-cache");
            headers.put("Content-Security-Policy", CONTENT_SECURITY_POLICY);
            headers.put("X-Content-Type-Options", "nosniff");
            headers.put("Referrer-Policy", "no-referrer");
            return headers;
        }

        /** Whether the value of {@code If-None-Match} matches this file. */
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

    /** All files; the first is the page itself. */
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
