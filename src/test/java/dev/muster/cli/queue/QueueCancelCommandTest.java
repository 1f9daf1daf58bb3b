package dev.muster.cli.queue;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.muster.cli.Called;
import dev.muster.json.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Operations on several jobs at a node that has no such job, or no such queue. Its error texts do not tell which. */
@Timeout(60)
class QueueCancelCommandTest {

    private final List<String> requests = new CopyOnWriteArrayList<>();
    private HttpServer node;
    private boolean hasQueue;

    @BeforeEach
    void start() throws IOException {
        node = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        node.createContext("/", this::answer);
        node.start();
    }

    @AfterEach
    void stop() {
        node.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
        requests.add(request);
        boolean isFound = hasQueue && request.equals("GET /v1/queues/mail");
        Object answer = isFound
                ? Map.of("name", "mail")
                : Map.of("type", "notFound", "detail", hasQueue ? "no such queue has this job" : "not here");
        byte[] json = Json.writeBytes(answer);
        exchange.sendResponseHeaders(isFound ? 200 : 404, json.length);
        exchange.getResponseBody().write(json);
        exchange.close();
    }

    private Called cancel(String... ids) {
        String url = "http://127.0.0.1:" + node.getAddress().getPort();
        String[] words = new String[ids.length + 2];
        words[0] = "cancel";
        words[1] = "mail";
        System.arraycopy(ids, 0, words, 2, ids.length);
        return Called.with(QueueRig.line(url, words));
    }

    @Test
    void unknownQueue_endsItAtTheFirstJob() {
        Called called = cancel("1", "2", "3");

        assertThat(called.code()).isEqualTo(1);
        assertThat(called.err()).isEqualTo("muster: notFound: not here\n");
        // The last one is for a suggestion in the message.
        assertThat(requests).containsExactly("DELETE /v1/queues/mail/jobs/1", "GET /v1/queues/mail", "GET /v1/queues");
    }

    @Test
    void unknownJob_leavesTheOthersToBeTried() {
        hasQueue = true;
        Called called = cancel("1", "2", "3");

        assertThat(called.code()).isEqualTo(1);
        assertThat(called.err().lines()).hasSize(3).allMatch(line -> line.contains("no such queue has this job"));
        assertThat(requests)
                .containsExactly(
                        "DELETE /v1/queues/mail/jobs/1",
                        "GET /v1/queues/mail",
                        "DELETE /v1/queues/mail/jobs/2",
                        "DELETE /v1/queues/mail/jobs/3");
    }
}
