package dev.muster.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.loop.VirtualLoop;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Edge cases of gather, race, wait and asCompleted; their rules are in {@link RulesTest}. */
class CombinatorsTest extends KernelTest {

    @Test
    void gather_ofNothing_givesNothing() {
        List<Object> nothing = valueOf(scope -> scope.gather(List.of()));
        List<Outcome<Object>> noOutcomes = valueOf(scope -> scope.gatherOutcomes(List.of()));

        assertThat(nothing).isEmpty();
        assertThat(noOutcomes).isEmpty();
    }

    @Test
    void gather_keepsTheOrderOfTheTasks_nullsToo() {
        List<String> values = valueOf(scope -> scope.gather(List.of(
                scope.start("a", after(30, "a")),
                scope.start("b", own -> own.sleep(ms(20)).map((String) null)),
                scope.start("c", after(10, "c")))));

        assertThat(values).containsExactly("a", null, "c");
    }

    @Test
    void gather_theSameTaskTwice_givesItTwice() {
        List<String> values = valueOf(scope -> {
            Task<String> a = scope.start("a", after(10, "a"));
            return scope.gather(List.of(a, a));
        });

        assertThat(values).containsExactly("a", "a");
    }

    @Test
    void gather_ofEndedTasks_works() {
        List<String> values = valueOf(scope -> {
            Task<String> a = scope.start("a", after(10, "a"));
            return scope.sleep(ms(50)).compose(slept -> scope.gather(List.of(a)));
        });

        assertThat(values).containsExactly("a");
    }

    @Test
    void gather_oneIsCancelled_failsWithThatAndCancelsTheOthers() {
        Outcome<?> outcome = outcomeOf(scope -> {
            Task<String> a = scope.start("a", after(500, "a"));
            Task<String> b = scope.start("b", after(500, "b"));
            loop.schedule(ms(10), () -> a.cancel(caller()));
            return scope.gather(List.of(a, b));
        });

        assertThat(outcome.state()).isEqualTo(State.CANCELLED);
        assertThat(trail).containsExactlyInAnyOrder("a stopped", "b stopped");
    }

    @Test
    void gather_completesOnlyWhenAllHaveEnded_cleanUpIncluded() {
        Throwable failure = failureOf(scope ->
                scope.gather(List.of(scope.start("slow", slowToStop(100)), scope.start("b", failAfter(10, "b")))));

        assertThat(failure).hasMessage("b");
        assertThat(nowMs()).isEqualTo(110);
    }

    @Test
    void gather_timeUpWhileStoppingAfterAFailure_theFailureStands() {
        Throwable failure = failureOf(scope -> Gather.failFast(
                scope, List.of(scope.start("slow", slowToStop(100)), scope.start("b", failAfter(10, "b"))), ms(50)));

        assertThat(failure).hasMessage("b");
    }

    @Test
    void gather_cancelledAfterAFailure_keepsTheFailureAsSuppressed() {
        Task<Object> main = tasks.start(
                "main",
                scope -> scope.gather(
                                List.of(scope.start("slow", slowToStop(100)), scope.start("b", failAfter(10, "b"))))
                        .mapEmpty());
        loop.advance(ms(50));
        main.cancel(caller());
        loop.run();

        assertThat(main.state()).isEqualTo(State.CANCELLED);
        assertThat(main.failure().getSuppressed())
                .extracting(Throwable::getMessage)
                .containsExactly("b");
    }

    @Test
    void gather_ofTasksOfAnotherLoop_isRefused() {
        Task<String> foreign = Tasks.on(VirtualLoop.inOrder()).start("foreign", after(1, "x"));

        assertThat(failureOf(scope -> scope.gather(List.of(foreign))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("lives on another loop");
    }

    @Test
    void race_ofNobody_fails() {
        assertThat(failureOf(scope -> scope.race(List.<Task<String>>of()))).isInstanceOf(CombinedException.class);
    }

    @Test
    void race_completesWhenTheLosersHaveEnded() {
        String winner = valueOf(scope ->
                scope.race(List.of(scope.start("a", after(10, "a")), scope.start("b", slowToStop(100)))));

        assertThat(winner).isEqualTo("a");
        assertThat(nowMs()).isEqualTo(110);
    }

    @Test
    void race_loserFailsWhileStopped_doesNotMatter() {
        String winner = valueOf(scope ->
                scope.race(List.of(scope.start("a", after(10, "a")), scope.start("b", failWhenCancelled("b")))));

        assertThat(winner).isEqualTo("a");
        assertThat(dropped).isEmpty();
    }

    @Test
    void wait_ofNothing_endsAtOnce() {
        Wait.Result<String> result =
                valueOf(scope -> Wait.run(scope, List.of(), Wait.Until.FIRST, null, Wait.Pending.KEEP));

        assertThat(result.done()).isEmpty();
        assertThat(result.pending()).isEmpty();
    }

    @Test
    void wait_untilFirst_endsWithTheFirstAndCancelsThePending() {
        Wait.Result<String> result = valueOf(scope -> Wait.run(
                scope,
                List.of(scope.start("a", after(10, "a")), scope.start("b", after(500, "b"))),
                Wait.Until.FIRST,
                null,
                Wait.Pending.CANCEL));

        assertThat(result.done()).extracting(Task::name).containsExactly("a");
        assertThat(result.pending()).extracting(Task::state).containsExactly(State.CANCELLED);
        assertThat(nowMs()).isEqualTo(10);
    }

    @Test
    void wait_untilFirst_keepsThePending() {
        Wait.Result<String> result = valueOf(scope -> Wait.run(
                        scope,
                        List.of(scope.start("a", after(10, "a")), scope.start("b", after(500, "b"))),
                        Wait.Until.FIRST,
                        ms(300),
                        Wait.Pending.KEEP)
                .onSuccess(ended -> trail.add("wait at " + nowMs())));

        assertThat(trail).containsExactly("wait at 10");
        assertThat(result.pending()).extracting(Task::state).containsExactly(State.FINISHED);
        assertThat(nowMs()).isEqualTo(500);
    }

    @Test
    void wait_untilFirstError_valuesDoNotEndIt() {
        Wait.Result<String> result = valueOf(scope -> Wait.run(
                scope,
                List.of(
                        scope.start("a", after(10, "a")),
                        scope.start("b", failAfter(20, "b")),
                        scope.start("c", after(500, "c"))),
                Wait.Until.FIRST_ERROR,
                null,
                Wait.Pending.CANCEL));

        assertThat(result.done()).extracting(Task::name).containsExactly("a", "b");
        assertThat(nowMs()).isEqualTo(20);
    }

    @Test
    void wait_untilFirstErrorWithoutOne_waitsForAll() {
        Wait.Result<String> result = valueOf(scope -> Wait.run(
                scope,
                List.of(scope.start("a", after(10, "a")), scope.start("b", after(20, "b"))),
                Wait.Until.FIRST_ERROR,
                null,
                Wait.Pending.CANCEL));

        assertThat(result.done()).hasSize(2);
    }

    @Test
    void wait_callerCancelsDuringIt_cancelsAll() {
        Task<Object> main = tasks.start(
                "main",
                scope -> Wait.run(
                                scope,
                                List.of(scope.start("a", after(500, "a"))),
                                Wait.Until.ALL,
                                null,
                                Wait.Pending.KEEP)
                        .mapEmpty());
        loop.advance(ms(10));
        main.cancel(caller());
        loop.run();

        assertThat(trail).containsExactly("a stopped");
        assertThat(nowMs()).isEqualTo(10);
    }

    @Test
    void asCompleted_ofNothing_endsAtOnce() {
        Optional<Task<String>> next = valueOf(
                scope -> Completions.<String>of(scope, List.of(), ms(10)).next());

        assertThat(next).isEmpty();
    }

    @Test
    void asCompleted_givesTheOrderOfTheirEnds() {
        valueOf(scope -> {
            var completions = Completions.of(
                    scope,
                    List.of(
                            scope.start("c", after(30, "c")),
                            scope.start("a", after(10, "a")),
                            scope.start("b", after(20, "b"))),
                    null);
            return Repeat.whileTrue(
                    scope,
                    () -> completions.next().map(next -> {
                        trail.add(
                                next.map(task -> task.name() + " at " + nowMs()).orElse("end"));
                        return next.isPresent();
                    }));
        });

        assertThat(trail).containsExactly("a at 10", "b at 20", "c at 30", "end");
    }

    @Test
    void asCompleted_theSameTaskTwice_isGivenTwice() {
        valueOf(scope -> {
            Task<String> a = scope.start("a", after(10, "a"));
            var completions = Completions.of(scope, List.of(a, a), null);
            return Repeat.whileTrue(
                    scope,
                    () -> completions.next().map(next -> {
                        trail.add(next.map(Task::name).orElse("end"));
                        return next.isPresent();
                    }));
        });

        assertThat(trail).containsExactly("a", "a", "end");
    }

    @Test
    void asCompleted_secondWaiter_isRefused() {
        valueOf(scope -> {
            var completions = Completions.of(scope, List.of(scope.start("a", after(10, "a"))), null);
            Future<Optional<Task<String>>> first = completions.next();
            assertThatThrownBy(completions::next).isInstanceOf(IllegalStateException.class);
            return first;
        });
    }

    @Test
    void asCompleted_leftEarly_theScopeStillWaitsForTheRest() {
        valueOf(scope -> Completions.of(
                        scope, List.of(scope.start("a", after(10, "a")), scope.start("b", after(50, "b"))), ms(500))
                .next());

        assertThat(nowMs()).isEqualTo(50);
    }
}
