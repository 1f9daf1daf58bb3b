package dev.muster.web;

import dev.muster.access.Caller;
import dev.muster.access.Callers;
import dev.muster.connect.DeadlineHeader;
import dev.muster.loop.Loop;
import dev.muster.plan.MusterException;
import dev.muster.run.Deadline;
import dev.muster.run.MemoryBudget;
import dev.muster.service.CallerDeadline;
import dev.muster.service.JsonBody;
import dev.muster.service.OnLoop;
import dev.muster.task.CancelReason;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A request and its response. Runs on the loop that accepted the request. */
final class RequestContext {

    /** The size above which a response body is charged to the memory budget, in bytes. */
    private static final int LARGE = 16 << 10;

    static final CharSequence JSON = HttpHeaders.createOptimized("application/json");

    private static final CharSequence PROBLEM = HttpHeaders.createOptimized(ProblemDetails.CONTENT_TYPE);
    private static final CharSequence RUN = HttpHeaders.createOptimized("muster-run");
    private static final List<CharSequence> DEADLINE_NAMES = DeadlineHeader.ALL.stream()
            .map(header -> HttpHeaders.createOptimized(header.lowerCase()))
            .toList();
    private static final CancelReason LEFT = CancelReason.of("the caller left");

    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final WebServer.Context server;
    private final WebDeployment site;
    private final long arrivedNanos;
    private Caller caller;
    private MemoryBudget.@Nullable Share memory;
    private boolean isMemoryReleased;
    private @Nullable String runId;
    private @Nullable Deadline deadline;
    private boolean isOver;
    private boolean isBroken;
    private boolean closesAfterResponse;
    private boolean isBodyPending;
    private @Nullable Consumer<CancelReason> leftListener;

    RequestContext(HttpServerRequest request, WebServer.Context server) {
        this.request = request;
        this.response = request.response();
        this.server = server;
        this.arrivedNanos = server.loop().nanos();
        this.site = server.site();
        this.caller = site.offer().callers().isEmpty() ? Caller.everyone() : Caller.stranger();
        isBodyPending = announcesBody(request);
        if (isBodyPending) {
            // Replaced once the body is read, see BodyReader.
            request.exceptionHandler(broken -> {
                if (BodyReader.isMalformed(broken)) {
                    malformed();
                }
            });
        }
        AccessLog access = server.access();
        if (access != null) {
            access.handledBy(this);
        }
        response.closeHandler(closed -> gone());
        response.exceptionHandler(reset -> gone());
    }

    HttpServerRequest request() {
        return request;
    }

    HttpServerResponse response() {
        return response;
    }

    WebServer.Context server() {
        return server;
    }

    /** The deployment in use when the request arrived. */
    WebDeployment site() {
        return site;
    }

    Loop loop() {
        return server.loop();
    }

    /** The caller; known after {@link #identified}. */
    Caller caller() {
        return caller;
    }

    /**
     * Whether the caller may see the addresses and names of databases. The caller needs the grant to monitor; if no callers are
     * configured, the request must come from this machine. Call after {@link #identified}.
     */
    boolean seesDetails() {
        return caller.mayMonitor()
                && (!site.offer().callers().isEmpty()
                        || isFromHere(request.remoteAddress().hostAddress()));
    }

    /**
     * Whether a connection comes from this machine.
     *
     * @param address the remote IP address; null for a Unix domain socket
     */
    static boolean isFromHere(@Nullable String address) {
        return address == null || Authority.isLoopback(address);
    }

    /**
     * The request's share of the memory budget, held until the response has been sent or the caller has left; created on first use.
     */
    MemoryBudget.Share memory() {
        MemoryBudget.Share share = memory;
        if (share == null) {
            share = server.runManager().memory().share();
            memory = share;
            if (response.closed() || response.ended()) {
                releaseMemory();
            }
        }
        return share;
    }

    private void releaseMemory() {
        if (memory != null && !isMemoryReleased) {
            isMemoryReleased = true;
            memory.letGo();
        }
    }

    /** Sets the id of the run that the request started, and adds it to the response headers. */
    void setRunId(String id) {
        runId = id;
        if (!response.headWritten()) {
            response.putHeader(RUN, id);
        }
    }

    @Nullable
    String runId() {
        return runId;
    }

    /** Whether the node broke off the response. */
    boolean isBroken() {
        return isBroken;
    }

    /** Identifies the caller. Fails for unknown credentials. */
    Future<@Nullable Void> identified() {
        if (site.offer().callers().isEmpty()) {
            return Future.succeededFuture();
        }
        Future<Caller> known = site.offer().callers().identify(Callers.authorization(request.headers()));
        if (!known.isComplete()) {
            // Body parts that arrive meanwhile are kept for the reader of the body.
            request.pause();
            known.onComplete(done -> {
                if (!isBodyPending) {
                    request.resume();
                }
            });
        }
        return known.map(found -> {
            caller = found;
            return null;
        });
    }

    /**
     * Reads the deadline headers. Call before any work is done for the request. The time counts from the arrival of the request
     * head.
     *
     * @throws MusterException of type {@code badInput} if a header is malformed, {@code timeout} if the time given is zero
     */
    void readDeadline() throws MusterException {
        CallerDeadline callerDeadline = null;
        for (int i = 0; i < DEADLINE_NAMES.size(); i++) {
            CharSequence name = DEADLINE_NAMES.get(i);
            if (request.headers().contains(name)) {
                callerDeadline = callerDeadline == null ? new CallerDeadline(arrivedNanos) : callerDeadline;
                callerDeadline.header(
                        DeadlineHeader.ALL.get(i), request.headers().getAll(name));
            }
        }
        deadline = callerDeadline == null ? null : callerDeadline.get();
    }

    /** The caller's deadline; null if the request has none, or before {@link #readDeadline}. */
    @Nullable
    Deadline deadline() {
        return deadline;
    }

    /**
     * The shorter of {@code wait} and the time left until the caller's deadline.
     *
     * @throws MusterException of type {@code timeout} if the deadline has passed
     */
    Duration within(Duration wait) throws MusterException {
        if (deadline == null) {
            return wait;
        }
        long nowNanos = loop().nanos();
        deadline.check(nowNanos);
        Duration left = deadline.left(nowNanos);
        return left.compareTo(wait) < 0 ? left : wait;
    }

    /** Whether the request has a body that has not been read. */
    boolean hasBody() {
        return isBodyPending;
    }

    /** The body of the request. Fails if it exceeds the limits of size or time. */
    Future<Buffer> body() {
        Promise<Buffer> read = Promise.promise();
        new BodyReader(this, read).start();
        return read.future().onSuccess(body -> isBodyPending = false);
    }

    /**
     * Responds to a body that is not valid HTTP. The response is written at once, because Vert.x closes the connection when this
     * method returns.
     */
    void malformed() {
        closeAfterResponse();
        if (!response.ended() && !response.headWritten()) {
            failed(BodyReader.malformed());
        }
    }

    /**
     * Sets the listener for a caller that leaves before the response is complete; runs at once if the caller has left already.
     * Replaces an earlier listener.
     */
    void onLeft(Consumer<CancelReason> listener) {
        if (response.closed() && !isOver) {
            listener.accept(LEFT);
        } else {
            leftListener = listener;
        }
    }

    /** Whether the caller has left before the response was complete. */
    boolean isGone() {
        return response.closed() && !isOver;
    }

    /** Passes the result of a future to {@code next} on the loop, or responds with its failure. */
    <T> void then(Future<T> future, Consumer<? super T> next) {
        OnLoop.then(loop(), future, next, this::failed);
    }

    // ---- responses

    /** Closes the connection after the response; the rest of the request is not needed. */
    void closeAfterResponse() {
        closesAfterResponse = true;
    }

    /** Prepares the last or only part of the response. Call before the head is written. */
    private void prepareEnd() {
        isOver = true;
        leftListener = null;
        if (!response.headWritten()
                && (closesAfterResponse || server.node().isStopping() || isBodyPending)
                && request.version() != HttpVersion.HTTP_2) {
            response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
    }

    void json(int status, @Nullable Object value) {
        respond(status, JSON, JsonBody.of(value));
    }

    void respond(int status, CharSequence type, Buffer body) {
        if (isOver || response.closed()) {
            return;
        }
        if (response.headWritten()) {
            // Part of the response has been sent. Closing the connection shows the caller that it is incomplete.
            isOver = true;
            isBroken = true;
            request.connection().close();
            return;
        }
        prepareEnd();
        if (body.length() > LARGE) {
            // The body stays in memory until the caller has read it; counting it limits what other requests can take.
            memory().counts(body.length());
        }
        response.setStatusCode(status).putHeader(HttpHeaders.CONTENT_TYPE, type);
        Buffer coded = ContentCoding.coded(request, body, server.settings().compression());
        if (request.method() == HttpMethod.HEAD) {
            response.putHeader(HttpHeaders.CONTENT_LENGTH, String.valueOf(coded.length()));
            end(null);
        } else {
            end(coded);
        }
    }

    void empty(int status) {
        if (!isOver && !response.closed()) {
            prepareEnd();
            response.setStatusCode(status);
            end(null);
        }
    }

    /** Ends a response whose content has been written. Idempotent. */
    void end() {
        if (!response.ended() && !response.closed()) {
            prepareEnd();
            end(null);
        }
    }

    /** Ends every response. Releases the memory once the response has been sent or cannot be sent; for a small one at once. */
    private void end(@Nullable Buffer last) {
        if (last != null && last.length() <= LARGE) {
            response.end(last);
            releaseMemory();
            return;
        }
        Future<Void> sent = last == null ? response.end() : response.end(last);
        sent.onComplete(done -> releaseMemory());
    }

    void failed(Throwable thrown) {
        problem(ProblemDetails.of(thrown, runId, caller.name()));
    }

    void problem(ProblemDetails problem) {
        if (!isOver && !response.headWritten()) {
            problem.headers().forEach(response::putHeader);
        }
        respond(problem.status(), PROBLEM, JsonBody.of(problem.value()));
    }

    static boolean announcesBody(HttpServerRequest request) {
        if (request.version() == HttpVersion.HTTP_2) {
            return !request.isEnded() && request.method() != HttpMethod.GET && request.method() != HttpMethod.HEAD;
        }
        String length = request.headers().get(HttpHeaders.CONTENT_LENGTH);
        return length != null && !length.equals("0") || request.headers().contains(HttpHeaders.TRANSFER_ENCODING);
    }

    private void gone() {
        releaseMemory();
        Consumer<CancelReason> listener = leftListener;
        leftListener = null;
        if (listener != null && !isOver) {
            listener.accept(LEFT);
        }
    }
}
