package dev.muster.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.loop.VirtualLoop;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A test of the kernel: on virtual time, once in order and with several seeds that shuffle the ready steps; after each
 * test no task, step or timer is left.
 */
@ParameterizedClass(name = "seed {0}")
@ValueSource(longs = {KernelTest.IN_ORDER, 1, 2, 3, 4})
public abstract class KernelTest {

    /** Stands for a loop that does not shuffle. */
    protected static final long IN_ORDER = 0;

    @Parameter
    protected long seed;

    protected VirtualLoop loop;
    protected Tasks tasks;

    /** What happened, in order. */
    protected final List<String> trail = new ArrayList<>();

    /** The dropped failures that were reported, as "path: message". */
    protected final List<String> dropped = new ArrayList<>();

    @BeforeEach
    void makeLoop() {
        useLoop(seed == IN_ORDER ? VirtualLoop.inOrder() : VirtualLoop.shuffled(seed));
    }

    @AfterEach
    void nothingIsLeft() {
        loop.run();
        assertThat(tasks.snapshot()).as("live tasks").isEmpty();
        assertThat(tasks.statistics().live()).as("live tasks").isZero();
        tasks.close();
        loop.run();
        assertThat(loop.readySteps()).as("ready steps").isZero();
        assertThat(loop.waitingTimers()).as("timers").isZero();
    }

    /** For a test that is about order: no shuffling. */
    protected void inOrder() {
        useLoop(VirtualLoop.inOrder());
    }

    protected Tasks.Options options() {
        return Tasks.Options.defaults().diagnostics(new Diagnostics() {
            @Override
            public void droppedFailure(String task, Throwable failure, @Nullable Throwable origin) {
                dropped.add(task + ": " + failure.getMessage());
            }

            @Override
            public void slowStep(String task, long nanos) {}
        });
    }

    private void useLoop(VirtualLoop used) {
        loop = used;
        tasks = Tasks.on(loop, options());
    }

    /** The task whose outcome was asked for last. */
    protected Task<?> main;

    /** Runs a body as a root task until nothing is left to do. */
    protected <T> Outcome<T> outcomeOf(Body<T> body) {
        Task<T> task = tasks.start("main", body);
        task.onEnd(ended -> {});
        main = task;
        loop.run();
        return task.outcome();
    }

    protected <T> T valueOf(Body<T> body) {
        Outcome<T> outcome = outcomeOf(body);
        assertThat(outcome.failure()).isNull();
        return outcome.value();
    }

    protected <T> Throwable failureOf(Body<T> body) {
        Outcome<T> outcome = outcomeOf(body);
        assertThat(outcome.failure()).as("failure").isNotNull();
        return outcome.failure();
    }

    protected static Duration ms(long millis) {
        return Duration.ofMillis(millis);
    }

    protected long nowMs() {
        return loop.nanos() / 1_000_000;
    }

    /** Gives a value after a time; the trail says if it was cancelled. */
    protected Body<String> after(long millis, String value) {
        return scope -> scope.sleep(ms(millis)).map(value).onFailure(stopped -> trail.add(value + " stopped"));
    }

    /** Fails after a time. */
    protected <T> Body<T> failAfter(long millis, String message) {
        return scope -> scope.sleep(ms(millis)).compose(slept -> Future.failedFuture(new Broken(message)));
    }

    /** Waits until it is cancelled, then fails with an error of its own. */
    protected <T> Body<T> failWhenCancelled(String message) {
        return scope -> scope.<T>suspend("ever", waiter -> reason -> true)
                .recover(cancelled -> Future.failedFuture(new Broken(message)));
    }

    /** Has a clean-up that takes this long. */
    protected Body<String> slowToStop(long millis) {
        return scope -> {
            scope.cleanUp("close", own -> own.sleep(ms(millis)));
            return scope.suspend("ever", waiter -> reason -> true);
        };
    }

    /** The messages of what failed in main after its first failure. */
    protected List<String> laterOfMain() {
        return main.laterFailures().kept().stream().map(Throwable::getMessage).toList();
    }

    protected static CancelReason caller() {
        return CancelReason.of("caller left");
    }

    /** A task that is cancelled after so long, and has ended. */
    protected <T> Task<T> cancelledAt(long millis, Body<T> body) {
        Task<T> task = tasks.start("main", body);
        task.onEnd(ended -> {});
        loop.advance(ms(millis));
        task.cancel(caller());
        loop.run();
        return task;
    }

    /** An error of a test's own. */
    protected static final class Broken extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public Broken(String message) {
            super(message, null, true, false);
        }
    }
}
