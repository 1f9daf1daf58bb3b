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
    private boolean full;

    private HttpServerResponse response() {
        return (HttpServerResponse) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {HttpServerResponse.class}, (self, method, arguments) -> {
                    if (method.getName().equals("write")) {
                        written.add(((Buffer) arguments[0]).toString());
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
        var heartbeat = new Heartbeat(loop, new EventWriter(response(), false)::heartbeat);
        loop.advance(Heartbeat.EVERY.minusMillis(1));
        assertThat(written).isEmpty();
        loop.advance(Heartbeat.EVERY.multipliedBy(2));
        assertThat(written).containsExactly("{\"event\":\"alive\"}\n", "{\"event\":\"alive\"}\n");
        heartbeat.stop();
        assertThat(loop.waitingTimers()).isZero();
    }

    @Test
    void silentServerSentEvents_haveAComment() {
        VirtualLoop loop = VirtualLoop.inOrder();
        var heartbeat = new Heartbeat(loop, new EventWriter(response(), true)::heartbeat);
        loop.advance(Heartbeat.EVERY);
        assertThat(written).containsExactly(":\n\n");
        heartbeat.stop();
    }

    @Test
    void callerWhoDoesNotRead_isToldNothingMore() {
        VirtualLoop loop = VirtualLoop.inOrder();
        var heartbeat = new Heartbeat(loop, new EventWriter(response(), false)::heartbeat);
        full = true;
        loop.advance(Heartbeat.EVERY.multipliedBy(3));
        assertThat(written).isEmpty();
        full = false;
        loop.advance(Heartbeat.EVERY);
        assertThat(written).hasSize(1);
        heartbeat.stop();
    }

    @Test
    void heartbeat_stoppedByItsOwnBeat_isNotBegunAgain() {
        VirtualLoop loop = VirtualLoop.inOrder();
        var own = new Heartbeat[1];
        own[0] = new Heartbeat(loop, () -> own[0].stop());
        loop.run();
        assertThat(loop.waitingTimers()).isZero();
    }
}
