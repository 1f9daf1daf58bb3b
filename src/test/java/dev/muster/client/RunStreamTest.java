package dev.muster.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RunStreamTest {

    /** What was asked for, and how events were acknowledged. */
    private final List<String> said = new ArrayList<>();

    private @Nullable Consumer<Channel.Incoming> taker;

    private final Channel node = new Channel() {
        @Override
        public Future<@Nullable Object> ask(String address, Map<String, ?> body, Duration patience) {
            said.add(address);
            return Future.succeededFuture(Map.of("run", "r1"));
        }

        @Override
        public QueueRequest<@Nullable Object> askAndWait(String address, Map<String, ?> body, Duration patience) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Future<Void> listen(
                String address, boolean stays, Consumer<Channel.Incoming> receiver, Consumer<MusterError> broken) {
            taker = receiver;
            return Future.succeededFuture();
        }

        @Override
        public void leave(String address) {}

        @Override
        public boolean isClosed() {
            return false;
        }

        @Override
        public Future<Void> close() {
            return Future.succeededFuture();
        }
    };

    private void arrives(Map<String, ?> event) {
        taker.accept(new Channel.Incoming() {
            @Override
            public Object body() {
                return event;
            }

            @Override
            public Map<String, String> headers() {
                return Map.of();
            }

            @Override
            public void reply(@Nullable Object value) {
                said.add("acknowledged");
            }

            @Override
            public void fail(int code, String message) {
                said.add(code + " " + message);
            }
        });
    }

    private RunStream stream(Function<Map<String, @Nullable Object>, Future<?>> handler) {
        var stream = new RunStream(node, handler).begin(new HashMap<>(Map.of("plan", "p")));
        arrives(Map.of("event", "step"));
        return stream;
    }

    @Test
    void handlerThatThrowsAnError_getsNoMoreEvents_andTheRunIsCancelled() {
        RunStream stream = stream(event -> {
            throw new StackOverflowError("too deep");
        });

        assertThat(said).containsExactly("muster.run", "500 too deep", "muster.run.cancel");
        assertThat(stream.output().cause()).isInstanceOf(StackOverflowError.class);
    }

    @Test
    void handlerThatReturnsNull_getsNoMoreEvents_andTheRunIsCancelled() {
        RunStream stream = stream(event -> null);

        assertThat(said)
                .containsExactly("muster.run", "500 the handler returned null, not a future", "muster.run.cancel");
        assertThat(stream.output().failed()).isTrue();
    }

    @Test
    void event_isAcknowledgedOnceItIsProcessed() {
        stream(event -> Future.succeededFuture());

        assertThat(said).containsExactly("muster.run", "acknowledged");
    }
}
