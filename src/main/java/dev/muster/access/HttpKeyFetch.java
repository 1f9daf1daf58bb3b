package dev.muster.access;

import dev.muster.loop.Loop;
import dev.muster.loop.Timer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The fetcher over HTTP: one connection at a time, no redirects, the JVM's trust store. Runs on its loop, one fetch at a time.
 *
 * <p>The client is created on the loop, so that it belongs to no verticle and is not closed when one is undeployed.
 */
final class HttpKeyFetch implements FetchedKeys.KeyFetch {
    /** Limit of one whole fetch: connecting, sending the request and receiving the response. */
    static final Duration MAX_TIME = Duration.ofSeconds(5);

    private static final int MAX_HEADER_BYTES = 64 << 10;

    private final HttpClient client;
    private final Loop loop;
    private final String address;
    private Promise<byte[]> current = Promise.promise();

    HttpKeyFetch(Vertx vertx, Loop loop, String address) {
        this.client = vertx.createHttpClient(new HttpClientOptions()
                .setConnectTimeout((int) MAX_TIME.toMillis())
                .setSslHandshakeTimeout(MAX_TIME.toSeconds())
                .setMaxHeaderSize(MAX_HEADER_BYTES)
                .setKeepAlive(false));
        this.loop = loop;
        this.address = address;
    }

    @Override
    public Future<byte[]> fetch() {
        Promise<byte[]> fetched = Promise.promise();
        current = fetched;
        Timer timer = loop.schedule(
                MAX_TIME, () -> fetched.tryFail("it did not arrive within " + MAX_TIME.toSeconds() + " s"));
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setAbsoluteURI(address)
                .putHeader("accept", "application/jwk-set+json, application/json");
        client.request(options).onComplete(opened -> {
            if (opened.failed()) {
                fetched.tryFail(opened.cause());
            } else if (fetched.future().isComplete()) {
                giveUp(opened.result());
            } else {
                exchange(opened.result(), fetched);
            }
        });
        return fetched.future().onComplete(ended -> timer.cancel());
    }

    @Override
    public Future<@Nullable Void> close() {
        current.tryFail("it was cancelled");
        return client.close();
    }

    private static void exchange(HttpClientRequest request, Promise<byte[]> fetched) {
        fetched.future().onFailure(failure -> giveUp(request));
        request.exceptionHandler(fetched::tryFail);
        request.send().onFailure(fetched::tryFail).onSuccess(response -> {
            // Set first: an error of a response without a handler would be logged.
            response.exceptionHandler(fetched::tryFail);
            if (response.statusCode() != 200) {
                fetched.tryFail("the answer is " + response.statusCode() + ", not 200");
            } else {
                receive(response, fetched);
            }
        });
    }

    private static void receive(HttpClientResponse response, Promise<byte[]> fetched) {
        Buffer body = Buffer.buffer();
        response.handler(piece -> {
            if (body.length() + piece.length() > VerificationKeys.MAX_BYTES) {
                fetched.tryFail("the answer is longer than " + VerificationKeys.MAX_BYTES + " bytes");
            } else {
                body.appendBuffer(piece);
            }
        });
        response.endHandler(end -> fetched.tryComplete(body.getBytes()));
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the result is not needed
    private static void giveUp(HttpClientRequest request) {
        request.reset();
    }
}
