package dev.muster.connect.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.config.Problem;
import dev.muster.config.Problems;
import dev.muster.connect.Arguments;
import dev.muster.connect.Receipts;
import dev.muster.connect.Rig;
import dev.muster.connect.TraceContext;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.plan.VerbCall;
import dev.muster.task.Body;
import dev.muster.task.CancelReason;
import dev.muster.task.CancelledException;
import dev.muster.task.State;
import dev.muster.task.Task;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageCodec;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallConnectorTest {
    private final Rig rig = new Rig();
    private final CallConnector connector = new CallConnector(rig.vertx);

    @AfterEach
    void close() {
        rig.close();
    }

    private Body<Object> calling(@Nullable Object with) {
        Map<String, Object> given = new LinkedHashMap<>();
        given.put("with", with);
        VerbCall call = Rig.call(connector.words(), "worker", given);
        return scope -> connector.prepare(call).run(scope, Rig.arguments(call));
    }

    private void echo() {
        rig.vertx.eventBus().consumer("worker", message -> message.reply(message.body()));
    }

    private MusterException failure(@Nullable Object with, ErrorType type) {
        Throwable thrown = rig.failureOf(calling(with));
        assertThat(thrown).isInstanceOf(MusterException.class);
        assertThat(((MusterException) thrown).type()).isEqualTo(type);
        return (MusterException) thrown;
    }

    @Test
    void values_goThereAndBackExactly() {
        echo();
        var map = new LinkedHashMap<String, Object>();
        map.put("price", new BigDecimal("1.10"));
        map.put("big", new BigInteger("123456789012345678901234567890"));
        map.put("none", null);
        map.put("list", Arrays.asList(1L, Map.of("deep", true), null));
        for (Object value : Arrays.asList(map, List.of(1L, "a"), "text", 7L, true, null, 2.5)) {
            assertThat((Object) rig.run(calling(value))).isEqualTo(value);
        }
        assertThat((Object) rig.run(calling(new BigDecimal("2.5")))).isEqualTo(2.5);
    }

    @Test
    void bareNumberThatTheBusCannotCarry_isBadInput() {
        echo();
        failure(new BigDecimal("0.1000000000000000055"), ErrorType.BAD_INPUT);
        assertThat(failure(BigInteger.ONE.shiftLeft(80), ErrorType.BAD_INPUT).detail())
                .contains("put it into a map or list");
    }

    @Test
    void halfACharacter_isExactInside_andBadInputWhereTheBusWouldChangeIt() {
        echo();
        List<Object> exact = List.of("a\uD83D", -0.0, "\u0000");
        assertThat((Object) rig.run(calling(exact))).isEqualTo(exact);
        assertThat(failure("a\uD83D", ErrorType.BAD_INPUT).detail()).contains("a bare text has an unpaired surrogate");
        assertThat(failure(List.of(Map.of("k\uDE00", 1L)), ErrorType.BAD_INPUT).detail())
                .contains("a key has an unpaired surrogate");
    }

    @Test
    void consumer_seesTheTraceOfTheRun() throws Exception {
        var seen = new CompletableFuture<String>();
        rig.vertx.eventBus().consumer("worker", message -> {
            seen.complete(message.headers().get("traceparent"));
            message.reply(null);
        });
        VerbCall call = Rig.call(connector.words(), "worker", Map.of());
        var trace = TraceContext.of(null, "01KAQX2J8GZ0123456789ABCDE");
        var arguments = new Arguments(Map.of(), "run-1", "plan", "step", null, null, trace);
        rig.run(scope -> connector.prepare(call).run(scope, arguments));
        assertThat(seen.get(30, TimeUnit.SECONDS))
                .startsWith("00-" + trace.traceId() + "-")
                .hasSize(55);
    }

    @Test
    void consumer_seesHowMuchTimeIsLeft() throws Exception {
        var seen = new CompletableFuture<String>();
        rig.vertx.eventBus().consumer("worker", message -> {
            seen.complete(message.headers().get("Muster-Deadline"));
            message.reply(null);
        });
        VerbCall call = Rig.call(connector.words(), "worker", Map.of());
        var arguments = new Arguments(Map.of(), "run-1", "plan", "step");
        rig.run(scope -> scope.timeout(
                java.time.Duration.ofSeconds(40),
                "step",
                own -> connector.prepare(call).run(own, arguments)));
        String left = seen.get(30, TimeUnit.SECONDS);
        assertThat(left).matches("[0-9]+ms");
        assertThat(Long.parseLong(left.substring(0, left.length() - 2))).isBetween(1L, 40_000L);
    }

    @Test
    void consumer_seesJsonTypesAndWhoAsks() throws Exception {
        var seen = new CompletableFuture<Message<Object>>();
        rig.vertx.eventBus().consumer("worker", message -> {
            seen.complete(message);
            message.reply(new JsonArray().add(1).add(new JsonObject().put("bytes", new byte[] {1})));
        });
        assertThat((Object) rig.run(calling(Map.of("a", Map.of("b", List.of(1L))))))
                .isEqualTo(List.of(1L, Map.of("bytes", "AQ==")));
        Message<Object> message = seen.get(60, TimeUnit.SECONDS);
        assertThat(message.body()).isInstanceOf(JsonObject.class);
        assertThat(((JsonObject) message.body())
                        .getJsonObject("a")
                        .getJsonArray("b")
                        .getLong(0))
                .isEqualTo(1L);
        assertThat(message.headers().get("muster-run")).isEqualTo("run-1");
        assertThat(message.headers().get("muster-step")).isEqualTo("step");
    }

    @Test
    void noWorker_isUnavailable() {
        assertThat(failure(1L, ErrorType.UNAVAILABLE).detail()).startsWith("no worker responds at worker");
    }

    @Test
    void workerThatFails_isABadResponseWithCodeAndMessage() {
        rig.vertx.eventBus().consumer("worker", message -> message.fail(42, "no such image"));
        MusterException failure = failure(1L, ErrorType.BAD_RESPONSE);
        assertThat(failure.detail()).isEqualTo("worker failed with code 42: no such image");
        assertThat(failure.more()).isEqualTo(Map.of("code", 42L, "message", "no such image"));
    }

    @Test
    void replyThatIsNoJsonValue_isABadResponse() {
        record Strange(int x) {}
        rig.vertx.eventBus().registerDefaultCodec(Strange.class, new LocalCodec<Strange>());
        rig.vertx.eventBus().consumer("worker", message -> message.reply(new Strange(1)));
        assertThat(failure(1L, ErrorType.BAD_RESPONSE).detail()).contains("the reply of worker holds a", "Strange");
    }

    @Test
    void replyThatIsTooLarge_isALimit() {
        rig.vertx.eventBus().consumer("worker", message -> message.reply("x".repeat(17 << 20)));
        failure(1L, ErrorType.LIMIT);
    }

    @Test
    void silentWorker_isBoundedByTheStepsDeadline() {
        rig.vertx.eventBus().consumer("worker", message -> {});
        Task<?> task = rig.start(calling(1L)).withTimeout(Duration.ofMillis(20));
        Rig.causeOf(task.future());
        assertThat(task.state()).isEqualTo(State.TIMED_OUT);
    }

    @Test
    void cancel_endsTheWaitAndALateReplyIsDropped() throws Exception {
        var asked = new CompletableFuture<Message<Object>>();
        rig.vertx.eventBus().consumer("worker", asked::complete);
        Task<?> task = rig.start(calling(1L));
        Message<Object> message = asked.get(60, TimeUnit.SECONDS);
        task.cancel(CancelReason.of("enough"));
        assertThat(Rig.causeOf(task.future())).isInstanceOf(CancelledException.class);
        message.reply("late");
        rig.run(scope -> scope.yieldNow());
        assertThat(task.state()).isEqualTo(State.CANCELLED);
        assertThat(connector.cancels()).isEqualTo(new Receipts.Statistics(1, 0, 0));
    }

    @Test
    void cancel_isPublishedUnderTheNameOfTheCall() throws Exception {
        var asked = new CompletableFuture<Message<Object>>();
        var cancelled = new CompletableFuture<String>();
        rig.vertx.eventBus().consumer("worker", asked::complete);
        rig.vertx
                .eventBus()
                .consumer(
                        CallConnector.CANCEL,
                        message -> cancelled.complete(message.headers().get(CallConnector.CANCEL_HEADER)));
        Task<?> task = rig.start(calling(1L));
        String call = asked.get(60, TimeUnit.SECONDS).headers().get(CallConnector.CALL_HEADER);
        task.cancel(CancelReason.of("enough"));
        assertThat(cancelled.get(60, TimeUnit.SECONDS)).isEqualTo(call).isNotNull();
    }

    @Test
    void workerThatABridgeHasLost_isUnavailableWithItsReason() {
        rig.vertx
                .eventBus()
                .consumer(
                        "worker",
                        message -> message.reply(
                                new ReplyException(ReplyFailure.NO_HANDLERS, 503, "the worker went away")));
        assertThat(failure(1L, ErrorType.UNAVAILABLE).detail()).isEqualTo("worker: the worker went away");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void cancelOrDeadline_leavesNothingOnTheBus(boolean cancel) throws Exception {
        var asked = new CompletableFuture<Message<Object>>();
        rig.vertx.eventBus().consumer("worker", asked::complete);
        Task<?> task = rig.start(calling(1L));
        Message<Object> message = asked.get(5, TimeUnit.SECONDS);
        if (cancel) {
            task.cancel(CancelReason.of("enough"));
        } else {
            rig.loop.execute(() -> task.withTimeout(Duration.ZERO));
        }
        Rig.causeOf(task.future());
        for (int turn = 0; turn < 5; turn++) {
            rig.run(scope -> scope.yieldNow());
        }
        // Whoever waited still would take this for the reply and not answer it.
        var soon = new DeliveryOptions().setSendTimeout(2_000);
        Throwable nobody = Rig.causeOf(message.replyAndRequest("late", soon));
        assertThat(((ReplyException) nobody).failureType()).isEqualTo(ReplyFailure.NO_HANDLERS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"muster", "muster.run", "muster.queue.jobs.put", " "})
    void reservedAddress_isAProblem(String address) {
        var problems = new Problems();
        connector.words().check().accept(Rig.call(connector.words(), address, Map.of()), problems);
        assertThat(problems.list()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"musterd.x", "images.muster", "worker"})
    void otherAddress_isNone(String address) {
        var problems = new Problems();
        connector.words().check().accept(Rig.call(connector.words(), address, Map.of()), problems);
        assertThat(problems.list()).extracting(Problem::message).isEmpty();
    }

    @Test
    void call_alwaysHasEffects() {
        assertThat(connector.words().effects().test(Rig.call(connector.words(), "a", Map.of())))
                .isTrue();
    }

    private static final class LocalCodec<T> implements MessageCodec<T, T> {
        @Override
        public void encodeToWire(Buffer buffer, T value) {}

        @Override
        public T decodeFromWire(int position, Buffer buffer) {
            throw new UnsupportedOperationException();
        }

        @Override
        public T transform(T value) {
            return value;
        }

        @Override
        public String name() {
            return "strange";
        }

        @Override
        public byte systemCodecID() {
            return -1;
        }
    }
}
