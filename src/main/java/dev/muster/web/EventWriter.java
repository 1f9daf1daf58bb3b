package dev.muster.web;

import dev.muster.loop.Loop;
import dev.muster.loop.Timer;
import dev.muster.run.Backpressure;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;

/**
 * Writes events to a response, as server-sent events or as lines. Sends a sign of life periodically, so that proxies keep a silent
 * connection and a broken one is noticed. Runs on the loop of the request.
 */
final class EventWriter {

    static final Duration HEARTBEAT_INTERVAL = Duration.ofSeconds(15);

    private static final CharSequence NO_STORE = HttpHeaders.createOptimized("no-store");
    private static final CharSequence NDJSON = HttpHeaders.createOptimized("application/x-ndjson");
    private static final CharSequence SERVER_SENT_EVENTS = HttpHeaders.createOptimized("text/event-stream");
    private static final Buffer NEWLINE = Buffer.buffer("\n");
    private static final Buffer HEARTBEAT = Buffer.buffer(":\n\n");
    private static final Buffer ALIVE = Buffer.buffer("{\"event\":\"alive\"}\n");

    private final HttpServerResponse response;
    private final boolean sse;
    private final Loop loop;
    private final Backpressure room = new Backpressure();
    private Timer heartbeat;
    private boolean isStopped;

    /** Starts the stream, and the signs of life until {@link #stop} or {@link #end}. */
    EventWriter(HttpServerResponse response, Loop loop, boolean sse) {
        this.response = response;
        this.loop = loop;
        this.sse = sse;
        response.setChunked(true);
        head(response, sse);
        response.drainHandler(ignored -> room.opens());
        this.heartbeat = loop.schedule(HEARTBEAT_INTERVAL, this::beat);
    }

    /** Sends the response head only, for HEAD requests. */
    static void head(RequestContext context, boolean sse) {
        head(context.response(), sse);
        context.end();
    }

    private static void head(HttpServerResponse response, boolean sse) {
        response.setStatusCode(200)
                .putHeader(HttpHeaders.CONTENT_TYPE, sse ? SERVER_SENT_EVENTS : NDJSON)
                .putHeader(HttpHeaders.CACHE_CONTROL, NO_STORE)
                // Proxies would otherwise buffer the events.
                .putHeader("x-accel-buffering", "no");
    }

    void event(long number, String name, Buffer json) {
        if (response.ended() || response.closed()) {
            return;
        }
        if (sse) {
            response.write(Buffer.buffer(json.length() + 64)
                    .appendString("event: " + name + "\nid: " + number + "\ndata: ")
                    .appendBuffer(json)
                    .appendString("\n\n"));
        } else {
            response.write(Buffer.buffer(json.length() + 1).appendBuffer(json).appendBuffer(NEWLINE));
        }
    }

    /** Completes when the caller has read enough of the sent data (back-pressure). */
    Future<Void> room() {
        return room.when(!response.writeQueueFull() || response.closed());
    }

    private void beat() {
        if (!response.ended() && !response.closed() && !response.writeQueueFull()) {
            response.write(sse ? HEARTBEAT : ALIVE);
        }
        if (!isStopped) {
            heartbeat = loop.schedule(HEARTBEAT_INTERVAL, this::beat);
        }
    }

    /** Stops the signs of life. Idempotent. */
    void stop() {
        isStopped = true;
        heartbeat.cancel();
    }

    /** Ends the response and releases the writers that wait for room. */
    void end(RequestContext context) {
        stop();
        room.opens();
        context.end();
    }
}
