package dev.muster.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.config.ProblemsException;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.run.EndState;
import dev.muster.run.Event;
import dev.muster.run.Run;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class MusterTest {

    @TempDir
    Path conf;

    @BeforeEach
    void plans() throws IOException {
        plan("twice", "input: {n: integer}\noutput: = input.n * 2");
        plan("fails", "steps: {a: {fail: no luck}}");
        plan("waits", "steps: {a: {sleep: 1m}}");
    }

    @Test
    void run_givesTheOutput() throws Exception {
        try (Muster muster = Muster.start(conf)) {
            assertThat(muster.plans()).containsExactly("fails", "twice", "waits");
            assertThat(await(muster.run("twice", Map.of("n", 21)))).isEqualTo(42L);
        }
    }

    @Test
    void run_thatFails_failsWithItsError() throws Exception {
        try (Muster muster = Muster.start(conf)) {
            assertThat(failure(muster.run("fails", null)).type()).isEqualTo(ErrorType.FAILED);
            assertThat(failure(muster.run("twice", Map.of())).type()).isEqualTo(ErrorType.BAD_INPUT);
            assertThat(failure(muster.run("thrice", Map.of())))
                    .hasMessage("there is no plan thrice; there are fails, twice, waits")
                    .extracting(MusterException::type)
                    .isEqualTo(ErrorType.NOT_FOUND);
        }
    }

    @Test
    void close_cancelsWhatRunsAndLeavesNothing() throws Exception {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        var sleeping = new CompletableFuture<Boolean>();
        Future<Run> begun;
        try (Muster muster = Muster.start(conf)) {
            begun = muster.begin("waits", Map.of(), event -> sleeping.complete(event instanceof Event.Start));
            assertThat(sleeping.get(1, TimeUnit.MINUTES)).isTrue();
            await(begun);
        }
        assertThat(await(begun.compose(Run::end)).state()).isEqualTo(EndState.CANCELLED);
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (!before.contains(thread) && thread.getName().startsWith("vert.x-eventloop")) {
                thread.join(60_000);
                assertThat(thread.isAlive()).as(thread.getName()).isFalse();
            }
        }
    }

    @Test
    void close_waitsForACleanUpOfItsFullTime() throws Exception {
        Files.writeString(conf.resolve("muster.yaml"), "server: {limits: {cleanUp: 8s}}\n");
        plan("cleans", "steps: {a: {sleep: 1m, finally: {sleep: 6s}}}");
        Run run;
        try (Muster muster = Muster.start(conf)) {
            run = await(muster.begin("cleans", Map.of(), event -> {}));
        }
        assertThat(run.end().isComplete()).isTrue();
    }

    @Test
    void begin_whoseListenerThrowsAnError_fails() throws Exception {
        try (Muster muster = Muster.start(conf)) {
            Future<Run> begun = muster.begin("waits", Map.of(), event -> {
                throw new StackOverflowError("too deep");
            });
            assertThatThrownBy(() -> await(begun)).hasCauseInstanceOf(StackOverflowError.class);
        }
    }

    @Test
    void badPlan_isSaidWithItsPlace() throws Exception {
        plan("bad", "steps: {a: {slep: 1s}}");
        assertThatThrownBy(() -> Muster.start(conf))
                .isInstanceOf(ProblemsException.class)
                .hasMessageContaining("bad.yaml:2:13");
    }

    private void plan(String name, String rest) throws IOException {
        Path plans = Files.createDirectories(conf.resolve("plans"));
        Files.writeString(plans.resolve(name + ".yaml"), "plan: " + name + "\n" + rest + "\n");
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(1, TimeUnit.MINUTES);
    }

    private static MusterException failure(Future<?> future) throws Exception {
        try {
            throw new AssertionError("it gave " + await(future));
        } catch (ExecutionException e) {
            return (MusterException) e.getCause();
        }
    }
}
