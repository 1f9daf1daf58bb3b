package dev.muster.node;

import static dev.muster.Soon.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.json.Json;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class BusPeerTest {

    @TempDir
    Path conf;

    private ServeRig rig;

    @BeforeEach
    void rig() throws Exception {
        Files.createDirectories(conf.resolve("texts"));
        Files.writeString(conf.resolve("texts/numbers.txt"), "1\n2\n3\n4\n5\n6\n");
        rig = new ServeRig(conf)
                .config("sources: {texts: {file: '" + conf.resolve("texts") + "'}}\n")
                .plan("twice", "input: {n: number}\noutput: {same: = input.n}")
                .plan("bare", "input: {n: number}\noutput: = input.n")
                .plan("fails", "steps: {a: {fail: no luck}}")
                .plan("sleeps", "steps: {long: {sleep: 1m}}")
                .plan("flows", "steps: {rows: {file: texts, lines: numbers.txt, stream: true}}\noutput: 1")
                .plan("steps", "steps: {a: {set: 1}, b: {set: 2, after: [a]}}");
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private EventBus bus() {
        Vertx vertx = rig.service().vertx();
        return vertx.eventBus();
    }

    private Object ask(String address, JsonObject body, DeliveryOptions options) {
        return soon(bus().request(address, body, options).map(Message::body));
    }

    private Object ask(String address, JsonObject body) {
        return ask(address, body, new DeliveryOptions());
    }

    private ReplyException refused(String address, JsonObject body) {
        return refused(address, body, new DeliveryOptions());
    }

    private ReplyException refused(String address, JsonObject body, DeliveryOptions options) {
        try {
            throw new AssertionError("not refused: " + ask(address, body, options));
        } catch (CompletionException e) {
            return (ReplyException) e.getCause();
        }
    }

    private static JsonObject plan(String name) {
        return new JsonObject().put("plan", name);
    }

    @Test
    void run_repliesWithItsOutput() throws Exception {
        rig.start();

        var number = new BigDecimal("1.10");
        var input = new JsonObject().put("n", number);
        assertThat(ask("muster.run", plan("twice").put("input", input)))
                .isEqualTo(new JsonObject().put("same", number));
        assertThat(ask("muster.run", plan("bare").put("input", new JsonObject().put("n", 7))))
                .isEqualTo(7L);
    }

    @Test
    void deadline_endsTheRun_byItsWordOrByHeaders() throws Exception {
        rig.start();
        ask("muster.run", plan("steps"));

        ReplyException late = refused("muster.run", plan("sleeps").put("deadline", "700ms"));
        assertThat(late.failureCode()).isEqualTo(504);
        assertThat(new JsonObject(late.getMessage()).getString("detail"))
                .isEqualTo("no answer within the 700 ms that deadline gives");
        var headers = new DeliveryOptions().addHeader("Muster-Deadline", "1m").addHeader("GRPC-Timeout", "700m");
        assertThat(refused("muster.run", plan("sleeps").put("deadline", "1h"), headers)
                        .getMessage())
                .contains("no answer within the 700 ms that grpc-timeout gives");
        for (Object wrong : new Object[] {"300", "-1s", "", 300, true}) {
            ReplyException refused = refused("muster.run", plan("sleeps").put("deadline", wrong));
            assertThat(refused.failureCode()).isEqualTo(400);
            assertThat(refused.getMessage()).contains("deadline must be a ");
        }
        var twice = new DeliveryOptions().addHeader("muster-deadline", "5s").addHeader("Muster-Deadline", "6s");
        assertThat(refused("muster.run", plan("steps"), twice).getMessage())
                .contains("Muster-Deadline occurs more than once, with different values");
        ReplyException none = refused("muster.run", plan("sleeps").put("deadline", "0s"));
        assertThat(none.failureCode()).isEqualTo(504);
        assertThat(new JsonObject(none.getMessage()).containsKey("run")).isFalse();
        assertThat(ask("muster.run", plan("steps").put("deadline", "999999999999999h")))
                .isEqualTo(new JsonObject().put("a", 1L).put("b", 2L));
    }

    @Test
    void failures_haveTheStatusAndTheErrorObject() throws Exception {
        rig.start();

        ReplyException failed = refused("muster.run", plan("fails"));
        assertThat(failed.failureCode()).isEqualTo(500);
        assertThat(new JsonObject(failed.getMessage()).getMap())
                .containsEntry("type", "failed")
                .containsEntry("step", "a")
                .containsKey("run");
        assertThat(refused("muster.run", plan("none")).failureCode()).isEqualTo(404);
        assertThat(refused("muster.run", new JsonObject().put("plan", 7)).failureCode())
                .isEqualTo(400);
        assertThat(refused("muster.run", plan("x".repeat(2 << 20))).failureCode())
                .isEqualTo(413);
        assertThat(refused("muster.run", plan("steps").put("events", "muster.run"))
                        .failureCode())
                .isEqualTo(403);
        var wide = new JsonObject().put("n", new BigDecimal("0.1000000000000000000000001"));
        assertThat(refused("muster.run", plan("bare").put("input", wide)).failureCode())
                .isEqualTo(502);
    }

    @Test
    void peerWithoutKey_isDenied_whereCallersAreConfigured() throws Exception {
        rig.config("server: {port: 0, workers: 1}\n"
                + "sources: {texts: {file: '" + conf.resolve("texts") + "'}}\n"
                + "callers: {shop: {key: 'a-key-of-the-shop-00', may: {plans: [steps]}}}\n");
        rig.start();

        ReplyException refused = refused("muster.run", plan("steps"));
        assertThat(refused.failureCode()).isEqualTo(401);
        assertThat(Json.parse(refused.getMessage()))
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
                .containsEntry("type", "denied");
        var key = new DeliveryOptions().addHeader("authorization", "Bearer a-key-of-the-shop-00");
        assertThat(ask("muster.run", plan("steps"), key)).isEqualTo(new JsonObject(Map.of("a", 1L, "b", 2L)));
    }

    @Test
    void events_withoutWindow_areSentAndNotWaitedFor() throws Exception {
        rig.start();
        BlockingQueue<Message<JsonObject>> events = new LinkedBlockingQueue<>();
        bus().<JsonObject>consumer("my.events", events::add);

        var started = (JsonObject) ask("muster.run", plan("steps").put("events", "my.events"));
        for (long number = 1; number <= 4; number++) {
            Message<JsonObject> event = events.poll(20, TimeUnit.SECONDS);
            assertThat(event.headers().get("muster-event")).isEqualTo(Long.toString(number));
            assertThat(event.replyAddress()).isNull();
            if (number == 1) {
                assertThat(event.body().getString("run")).isEqualTo(started.getString("run"));
            }
        }
    }

    @Test
    void flows_needAWindow_andWaitForEachAcknowledgement() throws Exception {
        rig.start();
        assertThat(refused("muster.run", plan("flows").put("events", "my.events"))
                        .getMessage())
                .contains("badInput", "needs a window");
        BlockingQueue<Message<JsonObject>> events = new LinkedBlockingQueue<>();
        bus().<JsonObject>consumer("my.events", events::add);

        ask("muster.run", plan("flows").put("events", "my.events").put("window", 2));
        int items = 0;
        String last = "";
        while (!last.equals("end")) {
            Message<JsonObject> event = events.poll(20, TimeUnit.SECONDS);
            assertThat(events.size()).isLessThan(2);
            last = event.body().getString("event");
            items += last.equals("item") ? 1 : 0;
            event.reply(null);
        }
        assertThat(items).isEqualTo(6);
    }

    @Test
    void receiverThatIsGone_cancelsTheRun() throws Exception {
        rig.start();
        ask("muster.run", plan("sleeps").put("events", "nobody.there"));
        while (rig.service().runManager().running() > 0) {
            rig.get("/health/live");
        }
    }

    @Test
    void cancel_byItsRun() throws Exception {
        rig.start();
        BlockingQueue<Message<JsonObject>> events = new LinkedBlockingQueue<>();
        bus().<JsonObject>consumer("my.events", events::add);
        var started = (JsonObject) ask("muster.run", plan("sleeps").put("events", "my.events"));

        assertThat(ask("muster.run.cancel", started)).isEqualTo(started);
        JsonObject event = events.poll(20, TimeUnit.SECONDS).body();
        while (!event.getString("event").equals("end")) {
            event = events.poll(20, TimeUnit.SECONDS).body();
        }
        assertThat(event.getString("state")).isEqualTo("cancelled");
        assertThat(refused("muster.run.cancel", new JsonObject().put("run", "x"))
                        .failureCode())
                .isEqualTo(404);
    }

    @Test
    void adhocPlan_isTakenAsAnObject() throws Exception {
        rig.start();
        var plan = new JsonObject().put("plan", "a").put("output", new JsonArray(List.of(1, 2)));
        assertThat(ask("muster.run", new JsonObject().put("plan", plan))).isEqualTo(new JsonArray(List.of(1L, 2L)));
    }
}
