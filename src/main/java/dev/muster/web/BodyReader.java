package dev.muster.web;

import dev.muster.config.Durations;
import dev.muster.config.Sizes;
import dev.muster.loop.Timer;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.run.Deadline;
import dev.muster.web.ServerSettings.HttpLimits;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.StreamResetException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the body of a request, limited in size and time. Runs on the loop of the request. */
final class BodyReader {

    private static final long REQUEST_TIMEOUT = 408;

    private final RequestContext context;
    private final HttpServerRequest request;
    private final Promise<Buffer> read;
    private final HttpLimits limits;
    private @Nullable Buffer body;
    private @Nullable Timer timer;

    BodyReader(RequestContext context, Promise<Buffer> read) {
        this.context = context;
        this.request = context.request();
        this.read = read;
        this.limits = context.server().limits();
    }

    /** Starts reading. Call in the turn in which the request arrived: body parts that arrive without a handler are lost. */
    void start() {
        if (request.isEnded()) {
            read.complete(Buffer.buffer(0));
            return;
        }
        if (announced() > limits.bodyBytes()) {
            tooLarge();
            return;
        }
        Deadline deadline = context.deadline();
        Duration left = deadline == null
                ? limits.requestTime()
                : deadline.left(context.loop().nanos());
        timer = deadline == null || left.compareTo(limits.requestTime()) > 0
                ? context.loop().schedule(limits.requestTime(), this::tooSlow)
                : context.loop()
                        .schedule(left, () -> reject(new MusterException(ErrorType.TIMEOUT, deadline.passed())));
        request.handler(this::part);
        request.endHandler(end -> {
            stopTimer();
            read.tryComplete(body == null ? Buffer.buffer(0) : body);
        });
        request.exceptionHandler(gone -> {
            if (isMalformed(gone)) {
                context.malformed();
                reject(malformed());
                return;
            }
            stopTimer();
            read.tryFail(
                    new MusterException(ErrorType.CANCELLED, "the caller disconnected before the end of its request"));
        });
        if (expectsContinue(request)) {
            request.response().writeContinue();
        }
        request.resume();
    }

    /** Whether the caller waits for a 100 response before it sends the body. */
    static boolean expectsContinue(HttpServerRequest request) {
        return request.version() != HttpVersion.HTTP_1_0
                && request.headers().contains(HttpHeaders.EXPECT, HttpHeaders.CONTINUE, true);
    }

    /** Whether a request failed because its bytes are not valid HTTP, rather than because the caller left. */
    static boolean isMalformed(Throwable broken) {
        return !(broken instanceof IOException)
                && !(broken instanceof HttpClosedException)
                && !(broken instanceof StreamResetException);
    }

    static MusterException malformed() {
        return new MusterException(
                ErrorType.BAD_INPUT, "the body of the request is not valid HTTP: a chunk or the trailer is malformed");
    }

    private long announced() {
        String length = request.getHeader("content-length");
        try {
            return length == null ? 0 : Long.parseLong(length);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private void part(Buffer part) {
        if (read.future().isComplete()) {
            return;
        }
        if ((body == null ? 0 : body.length()) + (long) part.length() > limits.bodyBytes()) {
            tooLarge();
        } else if (!hasMemory(part.length())) {
            return;
        } else if (body == null) {
            body = part;
        } else {
            body.appendBuffer(part);
        }
    }

    /** Reserves memory for a part of the body and for the copy that parsing makes. */
    private boolean hasMemory(int bytes) {
        try {
            context.memory().takes(2L * bytes);
            return true;
        } catch (MusterException e) {
            reject(e);
            return false;
        }
    }

    private void tooLarge() {
        reject(new MusterException(
                ErrorType.LIMIT,
                "the body of the request is larger than " + Sizes.format(limits.bodyBytes())
                        + " (server.limits.body)"));
    }

    private void tooSlow() {
        reject(new MusterException(
                ErrorType.BAD_INPUT,
                "the request did not arrive within " + Durations.human(limits.requestTime())
                        + " (server.limits.requestTime)",
                Map.of("status", REQUEST_TIMEOUT),
                null));
    }

    /** Rejects the request. The rest of the body is not read, so the connection closes after the response. */
    private void reject(MusterException error) {
        stopTimer();
        body = null;
        context.closeAfterResponse();
        read.tryFail(error);
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }
}
