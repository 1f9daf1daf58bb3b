package dev.muster.connect.http;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.task.Waiter;
import dev.muster.text.Printable;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import java.time.Duration;
import java.util.Locale;
import java.util.zip.DataFormatException;
import org.jspecify.annotations.Nullable;

/**
 * The body of one response while it arrives: decompressed, limited in size, and checked at its end. Of an unwanted body, that
 * of a redirect or an unexpected status, only the beginning is kept, and no defect of it is reported. Runs on the loop of its
 * request.
 */
final class ResponseBody implements AutoCloseable {

    /** Limit of an unwanted body that is read so that the connection can be reused. */
    private static final int UNWANTED_BYTES = 64 << 10;

    /** Limit of the time to read an unwanted body. */
    static final Duration UNWANTED_PATIENCE = Duration.ofMillis(200);

    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;

    private final HttpRequest request;
    private final HttpSource source;
    private final HttpClientResponse head;
    private final boolean isWanted;

    /** The compression in lower case; several codings are separated by commas; empty for none. */
    private final String coding;

    /** The decoder; null if the body stays as it is. */
    private final @Nullable Unpacking unpacking;

    private final BodyBuffer received;
    private @Nullable MusterException failure;

    /**
     * Creates an empty body.
     *
     * @param isWanted whether the status is an expected one, whose body is read in full
     */
    ResponseBody(HttpRequest request, HttpSource source, HttpClientResponse head, boolean isWanted) {
        this.request = request;
        this.source = source;
        this.head = head;
        this.isWanted = isWanted;
        this.coding = request.isHead() || !source.settings().compression() ? "" : coding(head.headers());
        this.unpacking = coding.isEmpty() ? null : Unpacking.of(coding);
        long length = request.isHead() ? 0 : unpacking != null ? -1 : BodyBuffer.announced(head);
        int limit = source.settings().maxResponse();
        this.received = new BodyBuffer(isWanted ? limit : Math.min(limit, UNWANTED_BYTES), length);
        if (isWanted && length > limit) {
            failure = HttpErrors.tooLarge(request, source);
        }
    }

    /** The compression of a response's body (RFC 9110, 8.4). */
    private static String coding(MultiMap headers) {
        if (!headers.contains(HttpHeaders.CONTENT_ENCODING)) {
            return "";
        }
        var name = new StringBuilder();
        for (String header : headers.getAll(HttpHeaders.CONTENT_ENCODING)) {
            for (String part : header.toLowerCase(Locale.ROOT).split(",", -1)) {
                String coding = part.strip();
                if (!coding.isEmpty() && !coding.equals("identity")) {
                    name.append(name.isEmpty() ? "" : ", ").append(coding);
                }
            }
        }
        return name.toString();
    }

    /** Whether the status is an expected one, whose body is read in full. */
    boolean isWanted() {
        return isWanted;
    }

    /** The reason why reading stopped, if the body is too large; else null. */
    @Nullable
    String tooLarge() {
        return failure != null && failure.type() == ErrorType.LIMIT ? failure.detail() : null;
    }

    /** Whether the body is defective or too large. */
    boolean hasFailed() {
        return failure != null;
    }

    /** Appends received data. Returns false if reading is to stop: the body is defective, too large, or its rest is not needed. */
    boolean add(Buffer chunk) {
        if (mayHaveNone() && chunk.length() > 0) {
            failure = isWanted ? HttpErrors.unexpectedBody(request, head.statusCode()) : null;
            return false;
        }
        try {
            if (unpacked(chunk)) {
                return true;
            }
            failure = isWanted ? HttpErrors.tooLarge(request, source) : null;
        } catch (DataFormatException e) {
            failure = isWanted ? HttpErrors.reading(e, request, received.size()) : null;
        }
        return false;
    }

    /** Whether the response must not have a body. HTTP/1.1 then cannot carry one, but HTTP/2 frames can (RFC 9110, 6.4.1). */
    private boolean mayHaveNone() {
        return request.isHead() || head.statusCode() == NO_CONTENT || head.statusCode() == NOT_MODIFIED;
    }

    private boolean unpacked(Buffer chunk) throws DataFormatException {
        if (isCodingRejected()) {
            throw new DataFormatException(
                    "it is compressed as " + Printable.phrase(coding, 40) + ", which was not requested");
        }
        return unpacking == null ? received.add(chunk) : unpacking.add(chunk, received);
    }

    /** Whether the coding was not requested. A step that requests a coding by its own header gets the body undecoded. */
    private boolean isCodingRejected() {
        return !coding.isEmpty()
                && unpacking == null
                && Unpacking.CODINGS.equals(request.headers().get(HttpHeaders.ACCEPT_ENCODING));
    }

    /** Ends the body as the protocol indicates. */
    void end() {
        if (isWanted && unpacking != null && !unpacking.isWhole()) {
            failure = HttpErrors.cut(request, received.size(), coding);
        }
    }

    /** Ends the body early because of a failure. */
    void breakOff(Throwable cause) {
        failure = isWanted ? HttpErrors.reading(cause, request, received.size()) : null;
    }

    /** Completes a wait with the response or with the failure. */
    void settle(Waiter<Answer> waiter) {
        if (failure != null) {
            waiter.fail(failure);
        } else {
            waiter.resume(answer());
        }
    }

    private Answer answer() {
        if (unpacking != null) {
            // These headers describe the body before decompression.
            head.headers().remove(HttpHeaders.CONTENT_ENCODING).remove(HttpHeaders.CONTENT_LENGTH);
        }
        return new Answer(request, head.statusCode(), head.version(), head.headers(), received.bytes());
    }

    @Override
    public void close() {
        if (unpacking != null) {
            unpacking.close();
        }
    }
}
