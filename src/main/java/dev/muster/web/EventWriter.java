package dev.muster.web;

import dev.muster.run.Backpressure;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;

/** Writes events to a response, as server-sent events or as lines. Runs on the loop of the request. */
final class EventWriter {

    private static final Buffer NEWLINE = Buffer.buffer("\n");
    private static final Buffer HEARTBEAT = Buffer.buffer(":\n\n");
    private static final Buffer ALIVE = Buffer.buffer("{\"event\":\"alive\"}\n");

    private final HttpServerResponse response;
    private final boolean sse;
    private final Backpressure room = new Backpressure();

    EventWriter(HttpServerResponse response, boolean sse) {
        this.response = response;
        this.sse = sse;
        response.setChunked(true);
        head(response, sse);
        response.drainHandler(ignored -> room.opens());
    }

    /** Sends the response head only, for HEAD requests. */
    static void head(RequestContext incoming, boolean sse) {
        head(incoming.response(), sse);
        incoming.end();
    }

    private static void head(HttpServerResponse response, boolean sse) {
        response.setStatusCode(200)
                .putHeader(HeaderNames.CONTENT_TYPE, sse ? HeaderNames.EVENTS : HeaderNames.NDJSON)
                .putHeader(HeaderNames.CACHE_CONTROL, HeaderNames.NO_STORE)
                // Proxies would otherwise buffer the events.
                .putHeader("x-accel-buffering", "no");
    }

    /** Sends one event. */
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

    /** Sends a sign of life, so that proxies keep the connection and a broken one is noticed. */
    void heartbeat() {
        if (!response.ended() && !response.closed() && !response.writeQueueFull()) {
            response.write(sse ? HEARTBEAT : ALIVE);
        }
    }

    /** Ends the response and releases the writers that wait for room. */
    void end(RequestContext incoming) {
        room.opens();
        incoming.end();
    }
}
