package dev.muster.web;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;

/**
 * The content coding of a response. Responses are coded as they are written, rather than by Netty's handler, which breaks
 * connections with more than 128 requests in flight.
 */
enum ContentCoding {
    /** {@code gzip}. */
    GZIP("gzip", "x-gzip"),
    /** {@code deflate}, the zlib format. */
    DEFLATE("deflate", "deflate"),
    /** No coding. */
    IDENTITY("identity", "identity");

    /** The size below which coding gains nothing, in bytes. */
    static final int MIN_BYTES = 256;

    private static final long NOT_ACCEPTABLE = 406;

    private final String word;
    private final String alias;
    private final CharSequence header;

    ContentCoding(String word, String alias) {
        this.word = word;
        this.alias = alias;
        this.header = HttpHeaders.createOptimized(word);
    }

    /** The coding of a response of this length; {@link #IDENTITY} if the caller accepts none of the codings. */
    static ContentCoding of(HttpServerRequest request, boolean compresses, int bytes) {
        return request.headers().contains(HttpHeaders.ACCEPT_ENCODING)
                ? of(request.headers().getAll(HttpHeaders.ACCEPT_ENCODING), compresses, bytes)
                : IDENTITY;
    }

    static ContentCoding of(List<String> lines, boolean compresses, int bytes) {
        Preferences accepts = Preferences.of(lines);
        boolean isShort = bytes < MIN_BYTES && IDENTITY.weight(accepts) > 0;
        return isShort ? IDENTITY : best(accepts, compresses).orElse(IDENTITY);
    }

    /**
     * Checks that the caller accepts a coding.
     *
     * @param compresses whether codings other than {@code identity} are available
     * @throws MusterException with status 406 if it accepts none
     */
    static void check(HttpServerRequest request, boolean compresses) throws MusterException {
        if (request.headers().contains(HttpHeaders.ACCEPT_ENCODING)) {
            check(request.headers().getAll(HttpHeaders.ACCEPT_ENCODING), compresses);
        }
    }

    static void check(List<String> lines, boolean compresses) throws MusterException {
        if (best(Preferences.of(lines), compresses).isEmpty()) {
            throw new MusterException(
                    ErrorType.BAD_INPUT,
                    "the header Accept-Encoding accepts none of the available codings: "
                            + (compresses ? "gzip, deflate, identity" : "identity"),
                    Map.of("status", NOT_ACCEPTABLE),
                    null);
        }
    }

    /** The coding with the greatest weight; of equal weights, the one that compresses better. */
    private static Optional<ContentCoding> best(Preferences accepts, boolean compresses) {
        ContentCoding best = null;
        for (ContentCoding coding : compresses ? List.of(values()) : List.of(IDENTITY)) {
            int weight = coding.weight(accepts);
            if (weight > 0 && (best == null || weight > best.weight(accepts))) {
                best = coding;
            }
        }
        return Optional.ofNullable(best);
    }

    private int weight(Preferences accepts) {
        if (this != IDENTITY) {
            return accepts.weight(0, word, alias, "*");
        }
        // An identity that is not mentioned is acceptable, with a lower weight than any coding that is named.
        int named = accepts.weight(-1, word);
        return named >= 0 ? named : accepts.weight(1, "*") == 0 ? 0 : 1;
    }

    /** Codes the body of a response and sets the headers for it. A coded body gets a weak {@code ETag}. */
    static Buffer coded(HttpServerRequest request, Buffer body, boolean compresses) {
        HttpServerResponse response = request.response();
        ContentCoding coding = of(request, compresses, body.length());
        if (compresses && body.length() >= MIN_BYTES) {
            response.headers().add(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING);
        }
        if (coding != IDENTITY) {
            response.putHeader(HttpHeaders.CONTENT_ENCODING, coding.header);
            String tag = response.headers().get(HttpHeaders.ETAG);
            if (tag != null && !tag.startsWith("W/")) {
                response.putHeader(HttpHeaders.ETAG, "W/" + tag);
            }
        }
        return coding.coded(body);
    }

    Buffer coded(Buffer body) {
        if (this == IDENTITY) {
            return body;
        }
        var bytes = new ByteArrayOutputStream(Math.max(64, body.length() / 4));
        try (OutputStream out = this == GZIP ? new GZIPOutputStream(bytes) : new DeflaterOutputStream(bytes)) {
            out.write(body.getBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Buffer.buffer(bytes.toByteArray());
    }
}
