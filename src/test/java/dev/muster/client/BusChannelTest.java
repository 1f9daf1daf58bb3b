package dev.muster.client;

import static dev.muster.Soon.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BusChannelTest {

    private final Vertx vertx = Vertx.vertx();
    private final BusChannel channel = new BusChannel(vertx, ClientOptions.onBus());

    @AfterEach
    void close() {
        soon(channel.close());
        soon(vertx.close());
    }

    @Test
    void cancels_ofAnAddressRegisteredTwice_goToTheLastListenerAlone() {
        List<String> told = new CopyOnWriteArrayList<>();
        Promise<Void> heard = Promise.promise();
        // On one context, where messages are delivered in the order of the registrations.
        vertx.getOrCreateContext()
                .runOnContext(go -> channel.cancels("images", call -> told.add("first " + call))
                        .compose(registered -> channel.cancels("images", call -> {
                            told.add("last " + call);
                            heard.complete();
                        }))
                        .onSuccess(registered -> vertx.eventBus()
                                .publish(
                                        "muster.call.cancel",
                                        null,
                                        new DeliveryOptions().addHeader(Channel.CANCEL_HEADER, "c1"))));
        soon(heard.future());

        assertThat(told).containsExactly("last c1");
    }
}
