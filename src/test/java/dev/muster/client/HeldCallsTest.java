package dev.muster.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HeldCallsTest {

    /** What was replied, or the code and the text of the failure. */
    private final List<String> replies = new ArrayList<>();

    private final Channel.Incoming call = new Channel.Incoming() {
        @Override
        public Object body() {
            return "body";
        }

        @Override
        public Map<String, String> headers() {
            return Map.of(Channel.CALL_HEADER, "call");
        }

        @Override
        public void reply(@Nullable Object value) {
            replies.add(String.valueOf(BusChannel.toBus(value)));
        }

        @Override
        public void fail(int code, String message) {
            replies.add(code + " " + message);
        }
    };

    private List<String> repliesOf(Function<WorkCall, Future<?>> handler) {
        new HeldCalls(handler).taken(call);
        return replies;
    }

    @Test
    void value_isTheReply() {
        assertThat(repliesOf(one -> Future.succeededFuture(one.input()))).containsExactly("body");
    }

    @Test
    void handlerThatThrowsAnError_failsTheCall() {
        assertThat(repliesOf(one -> {
                    throw new StackOverflowError("too deep");
                }))
                .containsExactly("500 too deep");
    }

    @Test
    void handlerThatReturnsNull_failsTheCall() {
        assertThat(repliesOf(one -> null)).containsExactly("500 the handler returned null, not a future");
    }

    @Test
    void failureWhoseMessageThrows_failsTheCall() {
        final class Unspeakable extends RuntimeException {
            private static final long serialVersionUID = 1L;

            @Override
            public String getMessage() {
                throw new IllegalStateException("no message");
            }
        }
        assertThat(repliesOf(one -> Future.failedFuture(new Unspeakable()))).containsExactly("500 Unspeakable");
    }

    @Test
    void valueThatContainsItself_failsTheCall() {
        List<Object> endless = new ArrayList<>();
        endless.add(endless);

        assertThat(repliesOf(one -> Future.succeededFuture(endless)))
                .containsExactly("500 the reply: StackOverflowError");
    }
}
