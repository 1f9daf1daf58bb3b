package dev.muster.cli.queue;

import static dev.muster.Soon.soon;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class NodeCallsTest {

    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void close() {
        soon(vertx.close());
    }

    @Test
    void call_thatIsNotAnswered_namesItsWholeLimit() throws Exception {
        // Accepts connections and never reads.
        try (var silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            var node = new NodeAddress(false, "127.0.0.1", silent.getLocalPort(), "");
            var calls = new NodeCalls(vertx, node, NodeCalls.Key.NONE, Duration.ofMillis(200));

            var answer = calls.call(HttpMethod.POST, "/", NodeCalls.Body.NONE, Duration.ofMillis(300));

            assertThatThrownBy(() -> soon(answer.future()))
                    .cause()
                    .hasMessageContaining("did not respond within 500 ms");
        }
    }
}
