package dev.muster.connect.http;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.task.Waiter;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import java.time.Duration;
import java.util.zip.DataFormatException;
import org.jspecify.annotations.Nullable;

/**
 * The body of one response while it comes: unpacked, bounded, and judged when it is over. Of a body that nobody wants the
 * beginning is kept, and nothing is wrong with it. On the loop of its request.
 */
final class ResponseBody implements AutoCloseable {

    /** What is read of a body that nobody wants, so that its connection can be used again. */
    private static final int UNWANTED_BYTES = 64 << 10;

    /** How long that may take: who redirects or refuses a request is not waited for. */
    static final Duration UNWANTED_PATIENCE = Duration.ofMillis(200);

    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;

    private final HttpRequest request;
    private final HttpSource source;
    private final HttpClientResponse head;
    private final boolean isWanted;
    private final ContentCoding coding;
    private final Received received;
    private @Nullable MusterException failure;

    /**
     * Nothing yet.
     *
     * @param isWanted whether its status is one of those whose body is looked at
     */
    ResponseBody(HttpRequest request, HttpSource source, HttpClientResponse head, boolean isWanted) {
        this.request = request;
        this.source = source;
        this.head = head;
        this.isWanted = isWanted;
        this.coding = request.isHead()
                ? ContentCoding.NONE
                : ContentCoding.of(head.headers(), request, source.settings().compression());
        long length = request.isHead() ? 0 : coding.unpacking() != null ? -1 : Received.announced(head);
        int limit = source.settings().maxResponse();
        this.received = new Received(isWanted ? limit : Math.min(limit, UNWANTED_BYTES), length);
        if (isWanted && length > limit) {
            failure = HttpErrors.tooLarge(request, source);
        }
    }

    /** Whether its status is one of those whose body is looked at. */
    boolean isWanted() {
        return isWanted;
    }

    /** Why no more of it is read, if it is larger than it may be; else null. */
    @Nullable
    String tooLarge() {
        return failure != null && failure.type() == ErrorType.LIMIT ? failure.detail() : null;
    }

    /** Whether something is wrong with it. */
    boolean hasFailed() {
        return failure != null;
    }

    /** Takes what has come. False if no more is to be read; it may be enough. */
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

    /** HTTP/1.1 has no bytes of it then; the frames of HTTP/2 can have them all the same (RFC 9110, 6.4.1). */
    private boolean mayHaveNone() {
        return request.isHead() || head.statusCode() == NO_CONTENT || head.statusCode() == NOT_MODIFIED;
    }

    private boolean unpacked(Buffer chunk) throws DataFormatException {
        if (coding.refused()) {
            throw new DataFormatException(
                    "it is compressed as " + Sanitized.text(coding.name(), 40) + ", which was not asked for");
        }
        Unpacking unpacking = coding.unpacking();
        return unpacking == null ? received.add(chunk) : unpacking.add(chunk, received);
    }

    /** Nothing more comes, as the protocol says. */
    void end() {
        Unpacking unpacking = coding.unpacking();
        if (isWanted && unpacking != null && !unpacking.isWhole()) {
            failure = HttpErrors.cut(request, received.size(), coding.name());
        }
    }

    /** Nothing more comes, though it should. */
    void breakOff(Throwable cause) {
        failure = isWanted ? HttpErrors.reading(cause, request, received.size()) : null;
    }

    /** Ends a wait with the response and what has come of its body, or with what is wrong. */
    void tell(Waiter<Answer> waiter) {
        if (failure != null) {
            waiter.fail(failure);
        } else {
            waiter.resume(answer());
        }
    }

    private Answer answer() {
        if (coding.unpacking() != null) {
            // They are about the body as it came.
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
