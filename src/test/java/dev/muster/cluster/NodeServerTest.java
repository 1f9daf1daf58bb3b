package dev.muster.cluster;

import static dev.muster.Soon.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.muster.loop.Loop;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.ReplyException;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class NodeServerTest {

    private static final String ADDRESS = "muster.node.test";

    private final Vertx vertx = Vertx.vertx();

    @BeforeEach
    void answer() {
        Loop loop = Loop.of(vertx);
        var inquiries = new NodeServer(loop);
        inquiries.answer("", inquiry -> inquiry.reply(inquiry.patience().toMillis()));
        soon(vertx.eventBus()
                .<Object>consumer(ADDRESS, message -> loop.execute(() -> inquiries.take(message)))
                .completion());
    }

    @AfterEach
    void close() {
        soon(vertx.close());
    }

    private Object ask(@Nullable String within) {
        var options = new DeliveryOptions()
                .setSendTimeout(5_000)
                .addHeader(NodeServer.TO, "x")
                .addHeader(NodeServer.FROM, "n2")
                .addHeader(NodeServer.QUESTION, "q1");
        if (within != null) {
            options.addHeader(NodeServer.WITHIN, within);
        }
        return soon(vertx.eventBus().request(ADDRESS, "null", options)).body();
    }

    @Test
    void take_givesTheTimeThatTheOtherNodeWaits() {
        assertThat(ask("250")).isEqualTo("250");
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "soon", "0", "-250", "99999999999999999999"})
    void take_withoutATime_rejectsTheRequest(@Nullable String within) {
        var failure = catchThrowableOfType(CompletionException.class, () -> ask(within));

        assertThat(failure.getCause())
                .isInstanceOfSatisfying(
                        ReplyException.class,
                        refused -> assertThat(refused.failureCode()).isEqualTo(400));
    }
}
