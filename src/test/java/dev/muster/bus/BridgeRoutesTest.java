package dev.muster.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.loop.OutOfMemory;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What fails at the paths of WebSockets and SockJS. */
@Timeout(60)
class BridgeRoutesTest {

    private final Vertx vertx = Vertx.vertx();
    private final AtomicReference<OutOfMemoryError> ended = new AtomicReference<>();

    @AfterEach
    void close() {
        OutOfMemory.onExhausted(error -> {});
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void memoryThatIsExhausted_isSeen() throws Exception {
        OutOfMemory.onExhausted(ended::set);
        assertThat(ask(new OutOfMemoryError("of the test")).statusCode()).isEqualTo(500);
        assertThat(ended.get()).hasMessage("of the test");
    }

    @Test
    void faults_areToldByTheirStatus_andEndNothing() throws Exception {
        OutOfMemory.onExhausted(ended::set);
        HttpResponse<String> answer = ask(new IllegalStateException("of the test"));
        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body()).isEmpty();
        assertThat(ended.get()).isNull();
    }

    /** Has a handler behind the path fail. */
    private HttpResponse<String> ask(Throwable failure) throws Exception {
        Router router = Router.router(vertx);
        router.route("/eventbus/fails").handler(context -> context.fail(failure));
        BridgeRoutes.add(vertx, router, 1_000, socket -> {});
        int port = vertx.createHttpServer()
                .requestHandler(router)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join()
                .actualPort();
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/eventbus/fails"))
                                .build(),
                        BodyHandlers.ofString());
    }
}
