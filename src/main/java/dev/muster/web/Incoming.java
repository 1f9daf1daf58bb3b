package dev.muster.web;

import dev.muster.access.Caller;
import dev.muster.access.Callers;
import dev.muster.connect.DeadlineHeader;
import dev.muster.dispatch.CallerDeadline;
import dev.muster.dispatch.JsonBody;
import dev.muster.dispatch.OnLoop;
import dev.muster.loop.Loop;
import dev.muster.plan.MusterException;
import dev.muster.run.Deadline;
import dev.muster.run.MemoryBudget;
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

/** One request with its answer, on the loop that accepted it. */
final class Incoming {

    /** An answer that counts. */
    private static final int LARGE = 16 << 10;

    private static final CancelReason LEFT = CancelReason.of("the caller left");

    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final Desk desk;
    private final Site site;
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

    Incoming(HttpServerRequest request, Desk desk) {
        this.request = request;
        this.response = request.response();
        this.desk = desk;
        this.cameNanos = desk.loop().nanos();
        this.site = desk.site();
        this.memory = new RequestMemory(desk.dispatcher().memory());
        this.caller = site.offer().callers().isEmpty() ? Caller.everyone() : Caller.stranger();
        isBodyPending = announcesBody(request);
        if (isBodyPending) {
            // Until somebody reads it, see BodyReader.
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

    Desk desk() {
        return desk;
    }

    /** What the node offered when the request came. */
    Site site() {
        return site;
    }

    Loop loop() {
        return desk.loop();
    }

    /** Who asks, once {@link #identified} has said so. */
    Caller caller() {
        return caller;
    }

    /**
     * Whether the caller, who is known by now, may see addresses and names of databases: with the grant to monitor, or where no
     * callers are configured from this machine.
     */
    boolean seesDetails() {
        return caller.mayMonitor() && (!site.offer().callers().isEmpty() || isFromHere());
    }

    private boolean isFromHere() {
        return isFromHere(request.remoteAddress().hostAddress());
    }

    /**
     * Whether a connection is from this machine.
     *
     * @param address of its other end, in digits; null for a socket of the file system
     */
    static boolean isFromHere(@Nullable String address) {
        if (address == null) {
            return true;
        }
        InetAddress known = NetUtil.createInetAddressFromIpAddressString(address);
        return known != null && known.isLoopbackAddress();
    }

    /** What it holds of the node's memory, until its answer has gone or its caller has left. */
    MemoryBudget.Share memory() {
        return memory.share(response);
    }

    private void letGo() {
        memory.letGo();
    }

    /** Names the run in the answer. */
    void isRun(String id) {
        run = id;
        if (!response.headWritten()) {
            response.putHeader(HeaderNames.RUN, id);
        }
    }

    /** The run that it brought about. */
    @Nullable
    String run() {
        return run;
    }

    /** Whether the answer was broken off, and not by its caller. */
    boolean isBroken() {
        return isBroken;
    }

    /** Finds out who asks. Fails for somebody whom nobody knows. */
    Future<@Nullable Void> identified() {
        if (site.offer().callers().isEmpty()) {
            return Future.succeededFuture();
        }
        Future<Caller> known = site.offer().callers().identify(Callers.authorization(request.headers()));
        if (!known.isComplete()) {
            // What comes of a body meanwhile is kept for who reads it.
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
     * Reads until when the caller waits, before anything is done for it. The time counts from when the request's head came.
     *
     * @throws MusterException of type {@code badInput} if it is malformed, {@code timeout} if it is no time at all
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

    /** Until when the caller waits; null if it has not said, or {@link #readDeadline} was not called. */
    @Nullable
    Deadline deadline() {
        return deadline;
    }

    /**
     * A time to wait, or the caller's own if that is shorter.
     *
     * @throws MusterException of type {@code timeout} if that is over
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

    /** Whether something of a body is to come. */
    boolean hasBody() {
        return isBodyPending;
    }

    /** The bytes of the request's body, if it stays within its bounds of size and time. */
    Future<Buffer> body() {
        Promise<Buffer> read = Promise.promise();
        new BodyReader(this, read).start();
        return read.future().onSuccess(body -> isBodyPending = false);
    }

    /** What comes of its body is no HTTP. Answers at once: Vert.x closes the connection when this returns. */
    void malformed() {
        closes();
        if (!response.ended() && !response.headWritten()) {
            failed(BodyReader.malformed());
        }
    }

    /** Has somebody told, once, if the caller leaves before its answer is complete; at once if it has. */
    void whenLeft(Consumer<CancelReason> told) {
        if (response.closed() && !isOver) {
            told.accept(LEFT);
        } else {
            left = told;
        }
    }

    /** Whether nobody waits for the answer any more. */
    boolean isGone() {
        return response.closed() && !isOver;
    }

    /** Goes on with what a future gives, on the loop, or answers with why there is nothing. */
    <T> void then(Future<T> future, Consumer<? super T> next) {
        OnLoop.then(loop(), future, next, this::failed);
    }

    // ---- answers

    /** Ends the connection with the answer: what is still to come of the request is of no use. */
    void closes() {
        closes = true;
    }

    /** Readies the answer for its last or only part, before its head is written. */
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
            // Half an answer is none: the caller must see that it broke.
            isOver = true;
            isBroken = true;
            request.connection().close();
            return;
        }
        ends();
        if (body.length() > LARGE) {
            // It is there already, until the caller has taken it: those who come meanwhile shall find less.
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

    /** Ends an answer of which all else was written. Again does nothing. */
    void end() {
        if (!response.ended() && !response.closed()) {
            ends();
            end(null);
        }
    }

    /** The end of every answer: what was held for it goes back once it has gone, or cannot go any more; what is small at once. */
    private void end(@Nullable Buffer last) {
        if (last != null && last.length() <= LARGE) {
            response.end(last);
            letGo();
            return;
        }
        Future<Void> sent = last == null ? response.end() : response.end(last);
        sent.onComplete(gone -> letGo());
    }

    /** Answers with what went wrong, whatever it is. */
    void failed(Throwable thrown) {
        problem(ProblemDetails.thrown(thrown, run, caller.name()));
    }

    /** Answers with problem details. */
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
        return request.headers().contains(HttpHeaders.CONTENT_LENGTH)
                || request.headers().contains(HttpHeaders.TRANSFER_ENCODING);
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
