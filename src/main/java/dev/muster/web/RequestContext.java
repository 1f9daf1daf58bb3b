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
import io.netty.util.NetUtil;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.net.InetAddress;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A request and its response. Runs on the loop that accepted the request. */
final class RequestContext {

    /** The size above which a response body is charged to the memory budget, in bytes. */
    private static final int LARGE = 16 << 10;

    private static final CancelReason LEFT = CancelReason.of("the caller left");

    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final ServerContext desk;
    private final WebDeployment site;
    private final RequestMemory memory;
    private final long cameNanos;
    private Caller caller;
    private @Nullable String run;
    private @Nullable Deadline deadline;
    private boolean isOver;
    private boolean isBroken;
    private boolean closes;
    private boolean isBodyPending;
    private @Nullable Consumer<CancelReason> left;

    RequestContext(HttpServerRequest request, ServerContext desk) {
        this.request = request;
        this.response = request.response();
        this.desk = desk;
        this.cameNanos = desk.loop().nanos();
        this.site = desk.site();
        this.memory = new RequestMemory(desk.runManager().memory());
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
        AccessLog access = desk.access();
        if (access != null) {
            access.answers(this);
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

    ServerContext desk() {
        return desk;
    }

    /** The deployment in use when the request arrived. */
    WebDeployment site() {
        return site;
    }

    Loop loop() {
        return desk.loop();
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
        return caller.mayMonitor() && (!site.offer().callers().isEmpty() || isFromHere());
    }

    private boolean isFromHere() {
        return isFromHere(request.remoteAddress().hostAddress());
    }

    /**
     * Whether a connection comes from this machine.
     *
     * @param address the remote IP address; null for a Unix domain socket
     */
    static boolean isFromHere(@Nullable String address) {
        if (address == null) {
            return true;
        }
        InetAddress known = NetUtil.createInetAddressFromIpAddressString(address);
        return known != null && known.isLoopbackAddress();
    }

    /** The request's share of the memory budget, held until the response has been sent or the caller has left. */
    MemoryBudget.Share memory() {
        return memory.share(response);
    }

    private void letGo() {
        memory.letGo();
    }

    /** Sets the id of the run that the request started, and adds it to the response headers. */
    void isRun(String id) {
        run = id;
        if (!response.headWritten()) {
            response.putHeader(HeaderNames.RUN, id);
        }
    }

    /** The id of the run that the request started, or null. */
    @Nullable
    String run() {
        return run;
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
        CallerDeadline said = null;
        for (DeadlineHeader header : DeadlineHeader.ALL) {
            CharSequence name = HeaderNames.of(header);
            if (request.headers().contains(name)) {
                said = said == null ? new CallerDeadline(cameNanos) : said;
                said.header(header, request.headers().getAll(name));
            }
        }
        deadline = said == null ? null : said.get();
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
        closes();
        if (!response.ended() && !response.headWritten()) {
            failed(BodyReader.malformed());
        }
    }

    /**
     * Sets the listener for a caller that leaves before the response is complete; runs at once if the caller has left already.
     * Replaces an earlier listener.
     */
    void whenLeft(Consumer<CancelReason> told) {
        if (response.closed() && !isOver) {
            told.accept(LEFT);
        } else {
            left = told;
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
    void closes() {
        closes = true;
    }

    /** Prepares the last or only part of the response. Call before the head is written. */
    void ends() {
        isOver = true;
        left = null;
        if (!response.headWritten()
                && (closes || desk.node().isStopping() || isBodyPending)
                && request.version() != HttpVersion.HTTP_2) {
            response.putHeader(HeaderNames.CONNECTION, HeaderNames.CLOSE);
        }
    }

    void json(int status, @Nullable Object value) {
        answer(status, HeaderNames.JSON, JsonBody.of(value));
    }

    void answer(int status, CharSequence type, Buffer body) {
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
        ends();
        if (body.length() > LARGE) {
            // The body stays in memory until the caller has read it; counting it limits what other requests can take.
            memory().counts(body.length());
        }
        response.setStatusCode(status).putHeader(HeaderNames.CONTENT_TYPE, type);
        Buffer coded = ContentCoding.coded(request, body, desk.settings().compression());
        if (request.method() == HttpMethod.HEAD) {
            response.putHeader(HttpHeaders.CONTENT_LENGTH, String.valueOf(coded.length()));
            end(null);
        } else {
            end(coded);
        }
    }

    void empty(int status) {
        if (!isOver && !response.closed()) {
            ends();
            response.setStatusCode(status);
            end(null);
        }
    }

    /** Ends a response whose content has been written. Idempotent. */
    void end() {
        if (!response.ended() && !response.closed()) {
            ends();
            end(null);
        }
    }

    /** Ends every response. Releases the memory once the response has been sent or cannot be sent; for a small one at once. */
    private void end(@Nullable Buffer last) {
        if (last != null && last.length() <= LARGE) {
            response.end(last);
            letGo();
            return;
        }
        Future<Void> sent = last == null ? response.end() : response.end(last);
        sent.onComplete(gone -> letGo());
    }

    /** Responds with an error. */
    void failed(Throwable thrown) {
        problem(ProblemDetails.thrown(thrown, run, caller.name()));
    }

    /** Responds with problem details. */
    void problem(ProblemDetails problem) {
        if (!isOver && !response.headWritten()) {
            problem.headers().forEach(response::putHeader);
        }
        answer(problem.status(), HeaderNames.PROBLEM, JsonBody.of(problem.value()));
    }

    static boolean announcesBody(HttpServerRequest request) {
        if (request.version() == HttpVersion.HTTP_2) {
            return !request.isEnded() && request.method() != HttpMethod.GET && request.method() != HttpMethod.HEAD;
        }
        String length = request.headers().get(HttpHeaders.CONTENT_LENGTH);
        return length != null && !length.equals("0") || request.headers().contains(HttpHeaders.TRANSFER_ENCODING);
    }

    private void gone() {
        letGo();
        Consumer<CancelReason> told = left;
        left = null;
        if (told != null && !isOver) {
            told.accept(LEFT);
        }
    }
}
