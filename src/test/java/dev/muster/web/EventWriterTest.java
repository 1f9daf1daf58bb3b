package dev.muster.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.loop.VirtualLoop;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Streams of events, and how they show that they are alive. */
class EventWriterTest {

    private final List<String> written = new ArrayList<>();
    private Runnable onWrite = () -> {};
    private boolean full;

    private HttpServerResponse response() {
        return (HttpServerResponse) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {HttpServerResponse.class}, (self, method, arguments) -> {
                    if (method.getName().equals("write")) {
                        written.add(((Buffer) arguments[0]).toString());
                        onWrite.run();
                    }
                    if (method.getName().equals("writeQueueFull")) {
                        return full;
                    }
                    return method.getReturnType() == boolean.class
                            ? (Object) false
                            : method.getReturnType() == HttpServerResponse.class ? self : null;
                });
    }

    @Test
    void silentLines_sayThatTheyAreAlive() {
        VirtualLoop loop = VirtualLoop.inOrder();
        var writer = new EventWriter(response(), loop, false);
        loop.advance(EventWriter.HEARTBEAT_INTERVAL.minusMillis(1));
        assertThat(written).isEmpty();
        loop.advance(EventWriter.HEARTBEAT_INTERVAL.multipliedBy(2));
        assertThat(written).containsExactly("{\"event\":\"alive\"}\n", "{\"event\":\"alive\"}\n");
        writer.stop();
        assertThat(loop.waitingTimers()).isZero();
    }

    @Test
    void silentServerSentEvents_haveAComment() {
        VirtualLoop loop = VirtualLoop.inOrder();
        var writer = new EventWriter(response(), loop, true);
        loop.advance(EventWriter.HEARTBEAT_INTERVAL);
        assertThat(written).containsExactly(":\n\n");
        writer.stop();
    }

    @Test
    void callerWhoDoesNotRead_isToldNothingMore() {
        VirtualLoop loop = VirtualLoop.inOrder();
        var writer = new EventWriter(response(), loop, false);
        full = true;
        loop.advance(EventWriter.HEARTBEAT_INTERVAL.multipliedBy(3));
        assertThat(written).isEmpty();
        full = false;
        loop.advance(EventWriter.HEARTBEAT_INTERVAL);
        assertThat(written).hasSize(1);
        writer.stop();
    }

    @Test
    void heartbeat_stoppedByItsOwnBeat_isNotBegunAgain() {
        VirtualLoop loop = VirtualLoop.inOrder();
        var writer = new EventWriter(response(), loop, false);
        onWrite = writer::stop;
        loop.run();
        assertThat(written).hasSize(1);
        assertThat(loop.waitingTimers()).isZero();
    }
}
