package dev.muster.dev;

import dev.muster.dev.Route.Answer;
import dev.muster.dev.Route.Faults;
import dev.muster.dev.Route.Occasion;
import dev.muster.dev.Route.Pace;
import dev.muster.json.Json;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.SplittableRandom;

/** One request to an upstream, from its head to the end of its response. Runs on the loop of its connection. */
final class UpstreamRequest {
    private static final int MAX_BODY_BYTES = 1024 * 1024;
    private static final int NOISE_BYTES = 64;
    private static final long NO_TIMER = -1;

    private final Vertx vertx;
    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final Draw draw;
    private final UpstreamStatistics.Counters counters;
    private final Buffer body = Buffer.buffer();
    private boolean ended;
    private boolean cutByUs;
    private long timer = NO_TIMER;

    UpstreamRequest(Vertx vertx, HttpServerRequest request, Draw draw, UpstreamStatistics.Counters counters) {
        this.vertx = vertx;
        this.request = request;
        this.response = request.response();
        this.draw = draw;
        this.counters = counters;
        response.endHandler(ignored -> ended(false));
        response.closeHandler(ignored -> ended(true));
        response.exceptionHandler(ignored -> ended(true));
        request.exceptionHandler(ignored -> ended(true));
    }

    /** Reads the request's body, waits for the latency of the route, and responds. */
    void begin(Routes.Match match) {
        request.handler(this::take);
        request.endHandler(ignored -> {
            long millis = match.route().latency().millis(draw.chance("latency"));
            if (millis == 0) {
                answer(match);
            } else {
                after(millis, () -> answer(match));
            }
        });
    }

    private void take(Buffer piece) {
        if (body.length() + piece.length() <= MAX_BODY_BYTES) {
            body.appendBuffer(piece);
        } else if (!response.headWritten()) {
            request.endHandler(null);
            response.setStatusCode(413).end("the upstream accepts bodies of 1 MiB at most");
        }
    }

    private void answer(Routes.Match match) {
        Route route = match.route();
        Faults faults = route.faults();
        Filling filling = new Filling(match.values(), request.params(), body, protocol());
        if (meets(faults.hang(), "hang")) {
            return;
        }
        if (meets(faults.fail(), "fail")) {
            send(faults.failure(), filling, Pace.AT_ONCE);
        } else if (meets(faults.cut(), "cut")) {
            cut(route, filling);
        } else if (meets(faults.garbage(), "garbage")) {
            head(route.answer(), filling);
            response.end(Buffer.buffer(draw.noise(NOISE_BYTES)));
        } else {
            send(route.answer(), filling, route.pace());
        }
    }

    private boolean meets(Occasion occasion, String fault) {
        return occasion.meets(draw.count(), draw.chance(fault));
    }

    private void send(Answer answer, Filling filling, Pace pace) {
        head(answer, filling);
        boolean noBody = request.method().equals(HttpMethod.HEAD) || answer.status() == 204 || answer.status() == 304;
        if (noBody) {
            response.end();
        } else if (pace.streams()) {
            response.setChunked(true);
            item(answer, filling, pace, 1, pace.items());
        } else {
            Buffer whole = body(answer, filling);
            if (pace.pieceBytes() == 0 || whole.length() == 0) {
                response.end(whole);
            } else {
                announce(whole);
                piece(whole, 0, pace);
            }
        }
    }

    private void head(Answer answer, Filling filling) {
        response.setStatusCode(answer.status());
        answer.headers().forEach((name, value) -> response.putHeader(name, filling.text(value)));
        if (!response.headers().contains("Content-Type") && answer.body() != null) {
            response.putHeader("Content-Type", answer.json() ? "application/json" : "text/plain; charset=utf-8");
        }
    }

    private static Buffer body(Answer answer, Filling filling) {
        Object template = answer.body();
        if (answer.json()) {
            return Buffer.buffer(Json.writeBytes(filling.fill(template)));
        }
        return template == null ? Buffer.buffer() : Buffer.buffer(filling.text(template.toString()));
    }

    private void piece(Buffer whole, int from, Pace pace) {
        int to = Math.min(whole.length(), from + pace.pieceBytes());
        Buffer piece = whole.slice(from, to);
        if (to == whole.length()) {
            response.end(piece);
        } else {
            response.write(piece);
            after(pace.every().toMillis(), () -> piece(whole, to, pace));
        }
    }

    private void item(Answer answer, Filling filling, Pace pace, long number, long last) {
        filling.number(number);
        Buffer line = body(answer, filling).appendByte((byte) '\n');
        if (number == last && !cutByUs) {
            response.end(line);
            return;
        }
        response.write(line);
        if (number == last) {
            breakOff();
        } else if (response.writeQueueFull()) {
            response.drainHandler(ignored -> {
                response.drainHandler(null);
                item(answer, filling, pace, number + 1, last);
            });
        } else {
            after(pace.every().toMillis(), () -> item(answer, filling, pace, number + 1, last));
        }
    }

    /** Sends half of the response, then resets the stream (HTTP/2) or closes the connection (HTTP/1.1). */
    private void cut(Route route, Filling filling) {
        cutByUs = true;
        head(route.answer(), filling);
        if (route.pace().streams()) {
            response.setChunked(true);
            item(
                    route.answer(),
                    filling,
                    route.pace(),
                    1,
                    Math.max(1, route.pace().items() / 2));
            return;
        }
        Buffer whole = body(route.answer(), filling);
        Buffer some = whole.length() < 2 ? Buffer.buffer("{}") : whole;
        announce(some);
        response.write(some.slice(0, some.length() / 2)).onComplete(ignored -> breakOff());
    }

    private void breakOff() {
        cutByUs = true;
        if (request.version() == HttpVersion.HTTP_2) {
            response.reset();
        } else {
            request.connection().close();
        }
    }

    private void announce(Buffer whole) {
        response.putHeader("Content-Length", Integer.toString(whole.length()));
    }

    private String protocol() {
        return request.version() == HttpVersion.HTTP_2 ? "HTTP/2" : "HTTP/1.1";
    }

    /** Runs a step after a delay, unless the request has ended by then. */
    private void after(long millis, Runnable step) {
        if (ended) {
            return;
        }
        if (millis > 0) {
            timer = vertx.setTimer(millis, ignored -> step.run());
        } else {
            vertx.runOnContext(ignored -> {
                if (!ended) {
                    step.run();
                }
            });
        }
    }

    private void ended(boolean broken) {
        if (!ended) {
            ended = true;
            vertx.cancelTimer(timer);
            // A client can close its connection after the full response, before the server learns that all of it was
            // sent.
            counters.ended(broken && !cutByUs && !response.ended());
        }
    }

    /**
     * The random draws of one request: a pure function of the seed, the URL and the count.
     *
     * @param seed seed of the upstream
     * @param url method and URL
     * @param count number of earlier requests of that URL
     */
    record Draw(long seed, String url, long count) {

        /** A number from 0 (inclusive) to 1 (exclusive), always the same for one purpose. */
        double chance(String purpose) {
            return random(purpose).nextDouble();
        }

        /** This number of bytes, which are neither UTF-8 nor JSON. */
        byte[] noise(int bytes) {
            byte[] noise = new byte[bytes];
            random("noise").nextBytes(noise);
            // No UTF-8 text begins with a continuation byte.
            noise[0] = (byte) 0x80;
            return noise;
        }

        private SplittableRandom random(String purpose) {
            return new SplittableRandom(((seed * 31 + url.hashCode()) * 31 + purpose.hashCode()) * 1_000_003 + count);
        }
    }
}
