package dev.muster.connect.http;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.task.Waiter;
import dev.muster.text.Printable;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import java.time.Duration;
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
    private final ContentCoding coding;
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
        this.coding = request.isHead()
                ? ContentCoding.NONE
                : ContentCoding.of(head.headers(), request, source.settings().compression());
        long length = request.isHead() ? 0 : coding.unpacking() != null ? -1 : BodyBuffer.announced(head);
        int limit = source.settings().maxResponse();
        this.received = new BodyBuffer(isWanted ? limit : Math.min(limit, UNWANTED_BYTES), length);
        if (isWanted && length > limit) {
            failure = HttpErrors.tooLarge(request, source);
        }
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
        if (coding.refused()) {
            throw new DataFormatException(
                    "it is compressed as " + Printable.phrase(coding.name(), 40) + ", which was not requested");
        }
        Unpacking unpacking = coding.unpacking();
        return unpacking == null ? received.add(chunk) : unpacking.add(chunk, received);
    }

    /** Ends the body as the protocol indicates. */
    void end() {
        Unpacking unpacking = coding.unpacking();
        if (isWanted && unpacking != null && !unpacking.isWhole()) {
            failure = HttpErrors.cut(request, received.size(), coding.name());
        }
    }

    /** Ends the body early because of a failure. */
    void breakOff(Throwable cause) {
        failure = isWanted ? HttpErrors.reading(cause, request, received.size()) : null;
    }

    /** Completes a wait with the response or with the failure. */
    void tell(Waiter<Answer> waiter) {
        if (failure != null) {
            waiter.fail(failure);
        } else {
            waiter.resume(answer());
        }
    }

    private Answer answer() {
        if (coding.unpacking() != null) {
            // These headers describe the body before decompression.
            head.headers().remove(HttpHeaders.CONTENT_ENCODING).remove(HttpHeaders.CONTENT_LENGTH);
        }
        return new Answer(head.statusCode(), head.version(), head.headers(), received.bytes());
    }

    @Override
    public void close() {
        if (coding.unpacking() != null) {
            coding.unpacking().close();
        }
    }
}
