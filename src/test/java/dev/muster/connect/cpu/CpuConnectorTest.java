package dev.muster.connect.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.connect.Arguments;
import dev.muster.connect.PoolSettings;
import dev.muster.connect.Rig;
import dev.muster.connect.StopSignal;
import dev.muster.connect.WorkPool;
import dev.muster.connect.cpu.MusterFunction.Kind;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.plan.VerbCall;
import dev.muster.task.Body;
import dev.muster.task.CancelReason;
import dev.muster.task.CancelledException;
import dev.muster.task.Task;
import io.vertx.core.eventbus.ReplyException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CpuConnectorTest {
    private final Rig rig = new Rig();
    private final WorkPool cpu = new WorkPool(PoolSettings.cpu());
    private final WorkPool blocking = new WorkPool(PoolSettings.blocking());
    private @Nullable CpuConnector connector;
    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch gate = new CountDownLatch(1);

    private interface Code {
        @Nullable
        Object apply(@Nullable Object with, StopSignal stop) throws Exception;
    }

    private record Fake(String name, Kind kind, Code code) implements MusterFunction {
        @Override
        public String about() {
            return "A test.";
        }

        @Override
        public @Nullable Object apply(@Nullable Object with, StopSignal stop) throws Exception {
            return code.apply(with, stop);
        }
    }

    private CpuConnector open(MusterFunction... functions) {
        connector = Rig.await(CpuConnector.open(rig.vertx, cpu, blocking, Arrays.asList(functions)));
        return connector;
    }

    private Body<Object> calling(Code code, Object with) {
        return calling(new Fake("f", Kind.CPU, code), with);
    }

    private Body<Object> calling(MusterFunction function, Object with) {
        open(function);
        VerbCall call = Rig.call(connector.words(), function.name(), Map.of("with", with));
        var operation = connector.prepare(call);
        return scope -> operation.run(scope, Rig.arguments(call));
    }

    private static MusterException failure(Throwable thrown, ErrorType type) {
        assertThat(thrown).isInstanceOf(MusterException.class);
        assertThat(((MusterException) thrown).type()).isEqualTo(type);
        return (MusterException) thrown;
    }

    @AfterEach
    void nothingIsLeft() {
        gate.countDown();
        if (connector != null) {
            Rig.await(connector.close());
        }
        Rig.await(cpu.close(rig.loop));
        Rig.await(blocking.close(rig.loop));
        assertThat(cpu.statistics().running() + blocking.statistics().running()).isZero();
        assertThat(cpu.statistics().waiting() + blocking.statistics().waiting()).isZero();
        rig.close();
    }

    @Test
    void function_runsOnThePoolOfItsKind() {
        assertThat((Object)
                        rig.run(calling((with, stop) -> Thread.currentThread().getName(), 1L)))
                .asString()
                .startsWith("muster-cpu-");
        Rig.await(connector.close());
        var waits = new Fake(
                "f", Kind.BLOCKING, (with, stop) -> Thread.currentThread().getName());
        assertThat((Object) rig.run(calling(waits, 1L))).asString().startsWith("muster-blocking-");
    }

    @Test
    void argument_isPassedByReference() {
        Object with = List.of(1L);
        Object[] seen = new Object[1];
        rig.run(calling((it, stop) -> seen[0] = it, with));
        assertThat(seen[0]).isSameAs(with);
    }

    @Test
    void missingArgument_isNull() {
        open(new Fake("f", Kind.CPU, (with, stop) -> with == null));
        var call = Rig.call(connector.words(), "f", Map.of());
        assertThat((Object) rig.run(
                        scope -> connector.prepare(call).run(scope, new Arguments(Map.of(), "r", "p", "s"))))
                .isEqualTo(true);
    }

    @Test
    void result_becomesAJsonValue() {
        assertThat((Object) rig.run(calling(
                        (with, stop) -> Arrays.asList(1, (short) 2, new byte[] {1, 2}, null, 1.5f), 1L)))
                .isEqualTo(Arrays.asList(1L, 2L, "AQI=", null, 1.5));
    }

    @Test
    void resultThatIsNoJsonValue_isAFunctionErrorWithThePlace() {
        var thrown = rig.failureOf(calling((with, stop) -> Map.of("a", List.of(1, new Object())), 1L));
        assertThat(failure(thrown, ErrorType.FUNCTION).detail())
                .isEqualTo("f: the result holds a java.lang.Object at .a[1], which is not a JSON value");
    }

    @Test
    void resultThatIsNotANumberOrHoldsItself_isAFunctionError() {
        failure(rig.failureOf(calling((with, stop) -> Double.NaN, 1L)), ErrorType.FUNCTION);
        Rig.await(connector.close());
        var own = new ArrayList<Object>();
        own.add(own);
        assertThat(failure(rig.failureOf(calling((with, stop) -> own, 1L)), ErrorType.FUNCTION)
                        .detail())
                .contains("nests deeper");
    }

    @Test
    void resultThatIsTooLarge_isALimit() {
        failure(rig.failureOf(calling((with, stop) -> "x".repeat(17 << 20), 1L)), ErrorType.LIMIT);
    }

    @Test
    void functionThatThrows_isAFunctionErrorWithItsName() {
        var thrown = rig.failureOf(calling(
                (with, stop) -> {
                    throw new java.io.IOException("disk gone");
                },
                1L));
        assertThat(failure(thrown, ErrorType.FUNCTION).detail()).isEqualTo("f: IOException: disk gone");
    }

    @Test
    void endlessRecursion_isAFunctionErrorAndThreadGoesOn() {
        var thrown = rig.failureOf(calling((with, stop) -> recurse(0), 1L));
        failure(thrown, ErrorType.FUNCTION);
        Rig.await(connector.close());
        assertThat((Object) rig.run(calling((with, stop) -> 1, 1L))).isEqualTo(1L);
    }

    @SuppressWarnings("InfiniteRecursion") // the point of the test
    private static int recurse(int depth) {
        return recurse(depth + 1) + 1;
    }

    @Test
    void outOfMemory_isAFunctionError() {
        var thrown = rig.failureOf(calling((with, stop) -> new long[Integer.MAX_VALUE], 1L));
        assertThat(failure(thrown, ErrorType.FUNCTION).detail()).startsWith("f: OutOfMemoryError");
    }

    @Test
    void ownInterrupt_isAFunctionErrorNotACancel() {
        var thrown = rig.failureOf(calling(
                (with, stop) -> {
                    throw new InterruptedException("mine");
                },
                1L));
        failure(thrown, ErrorType.FUNCTION);
    }

    @Test
    void cancel_interruptsTheFunctionAndEndsWithIt() throws Exception {
        Task<?> task = rig.start(calling(
                (with, stop) -> {
                    started.countDown();
                    gate.await();
                    return null;
                },
                1L));
        started.await();
        task.cancel(CancelReason.of("enough"));
        assertThat(Rig.causeOf(task.future())).isInstanceOf(CancelledException.class);
        assertThat(cpu.statistics().running()).isZero();
    }

    @Test
    void functionThatIsNotThere_isAFunctionError() {
        open();
        var call = Rig.call(connector.words(), "nope", Map.of());
        var thrown = rig.failureOf(scope -> connector.prepare(call).run(scope, Rig.arguments(call)));
        assertThat(failure(thrown, ErrorType.FUNCTION).detail()).isEqualTo("there is no function nope");
    }

    @Test
    void closedConnector_refusesAsUnavailableAndKeepsNoPlace() {
        Body<Object> body = calling((with, stop) -> 1, 1L);
        Rig.await(connector.close());
        connector = null;
        failure(rig.failureOf(body), ErrorType.UNAVAILABLE);
        assertThat(cpu.statistics().waiting()).isZero();
    }

    @Test
    void strangersMessage_isRefused() {
        open();
        assertThatThrownBy(() -> Rig.await(rig.vertx.eventBus().request("muster.function.cpu", "hello")))
                .isInstanceOf(ReplyException.class)
                .hasMessageContaining("internal to Muster");
    }

    @Test
    void twoConnectorsOfOneVertx_doNotMix() {
        var mine = new WorkPool(new PoolSettings("mine", 1, 1, false, java.time.Duration.ofSeconds(1)));
        var other = Rig.await(CpuConnector.open(rig.vertx, mine, mine, List.of()));
        Body<Object> body = calling((with, stop) -> Thread.currentThread().getName(), 1L);
        for (int i = 0; i < 4; i++) {
            assertThat((Object) rig.run(body)).asString().startsWith("muster-cpu-");
        }
        Rig.await(other.close());
        Rig.await(mine.close(rig.loop));
    }

    @Test
    void twoFunctionsOfOneName_areRefused() {
        var one = new Fake("f", Kind.CPU, (with, stop) -> 1);
        assertThatThrownBy(() -> open(one, one)).hasMessageContaining("two functions are named f");
    }

    @Test
    void installed_haveTheShippedFunctions_andNamesOfTheirOwn() {
        open(CpuConnector.installed().toArray(MusterFunction[]::new));
        assertThat(CpuConnector.installed())
                .extracting(MusterFunction::name)
                .contains("sha256", "json.format", "sum-of-squares");
    }
}
