package dev.muster.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every cell of the table of the kernel's rules. */
class RulesTest extends KernelTest {

    private List<Task<String>> three(Scope scope, Body<String> third) {
        return List.of(scope.start("a", after(10, "a")), scope.start("b", after(1_000, "b")), scope.start("c", third));
    }

    /** Starts main, cancels it after 50 ms and gives its outcome. */
    private <T> Outcome<T> cancelledAt50(Body<T> body) {
        Task<T> main = tasks.start("main", body);
        loop.advance(ms(50));
        main.cancel(caller());
        loop.run();
        assertThat(nowMs()).as("it did not wait").isLessThan(1_000);
        assertThat(main.outcome().failure()).isInstanceOf(CancelledException.class);
        return main.outcome();
    }

    // ---- gather

    @Test
    void gather_childFails_cancelsSiblingsAndThrowsTheFirst() {
        Throwable failure = failureOf(scope -> scope.gather(List.of(
                scope.start("a", failAfter(20, "first")),
                scope.start("b", after(1_000, "b")),
                scope.start("c", failWhenCancelled("later")))));

        assertThat(failure).isInstanceOf(Broken.class).hasMessage("first").hasNoSuppressedExceptions();
        assertThat(laterOfMain()).containsExactly("later");
        assertThat(trail).containsExactly("b stopped");
        assertThat(nowMs()).isEqualTo(20);
    }

    @Test
    void gather_timeOut_cancelsAllAndSaysWhatHadFinished() {
        Throwable failure = failureOf(scope -> Gather.failFast(scope, three(scope, after(2_000, "c")), ms(100)));

        assertThat(failure).isInstanceOfSatisfying(TimedOutException.class, timedOut -> {
            assertThat(timedOut.finished()).containsExactly("a");
            assertThat(timedOut.unfinished()).containsExactly("b", "c");
            assertThat(timedOut).hasMessageContaining("finished: a").hasMessageContaining("stopped: b, c");
        });
        assertThat(trail).containsExactlyInAnyOrder("b stopped", "c stopped");
        assertThat(nowMs()).isEqualTo(100);
    }

    @Test
    void gather_callerCancels_cancelsAll() {
        Outcome<?> outcome = cancelledAt50(scope -> scope.gather(three(scope, after(2_000, "c"))));

        assertThat(outcome.state()).isEqualTo(State.CANCELLED);
        assertThat(trail).containsExactlyInAnyOrder("b stopped", "c stopped");
    }

    // ---- gather, errors collected

    @Test
    void gatherCollected_childFails_itsSlotHoldsTheError() {
        List<Outcome<String>> outcomes = valueOf(scope -> scope.gatherOutcomes(three(scope, failAfter(20, "broken"))));

        assertThat(outcomes).extracting(Outcome::value).containsExactly("a", "b", null);
        assertThat(outcomes.get(2).failure()).hasMessage("broken");
        assertThat(nowMs()).isEqualTo(1_000);
    }

    @Test
    void gatherCollected_timeOut_unfinishedSlotsHoldATimeOut() {
        List<Outcome<String>> outcomes =
                valueOf(scope -> Gather.collect(scope, three(scope, after(2_000, "c")), ms(100)));

        assertThat(outcomes)
                .extracting(Outcome::state)
                .containsExactly(State.FINISHED, State.TIMED_OUT, State.TIMED_OUT);
        assertThat(nowMs()).isEqualTo(100);
    }

    @Test
    void gatherCollected_callerCancels_cancelsAll() {
        cancelledAt50(scope -> scope.gatherOutcomes(three(scope, after(2_000, "c"))));

        assertThat(trail).containsExactlyInAnyOrder("b stopped", "c stopped");
    }

    // ---- race

    @Test
    void race_childFails_goesOn() {
        String winner = valueOf(scope ->
                scope.race(List.of(scope.start("a", failAfter(5, "broken")), scope.start("b", after(10, "b")))));

        assertThat(winner).isEqualTo("b");
    }

    @Test
    void race_allFail_throwsOneCombinedError() {
        Throwable failure = failureOf(scope -> scope.race(
                List.of(scope.start("a", failAfter(20, "later")), scope.start("b", failAfter(10, "first")))));

        assertThat(failure).isInstanceOf(CombinedException.class).hasMessageContainingAll("first", "later");
        assertThat(failure.getCause()).hasMessage("first");
        assertThat(failure.getSuppressed()).extracting(Throwable::getMessage).containsExactly("later");
    }

    @Test
    void race_timeOut_cancelsAll() {
        Outcome<String> outcome = valueOf(scope -> {
            Task<String> race = scope.start(
                    "race", s -> s.race(List.of(s.start("b", after(1_000, "b")), s.start("c", after(2_000, "c")))));
            return scope.gatherOutcomes(List.of(race.withTimeout(ms(100)))).map(outcomes -> outcomes.get(0));
        });

        assertThat(outcome.state()).isEqualTo(State.TIMED_OUT);
        assertThat(trail).containsExactlyInAnyOrder("b stopped", "c stopped");
        assertThat(nowMs()).isEqualTo(100);
    }

    @Test
    void race_callerCancels_cancelsAll() {
        cancelledAt50(scope ->
                scope.race(List.of(scope.start("b", after(1_000, "b")), scope.start("c", after(2_000, "c")))));

        assertThat(trail).containsExactlyInAnyOrder("b stopped", "c stopped");
    }

    // ---- wait

    @Test
    void wait_childFails_countsAsDone() {
        List<String> done = valueOf(scope -> Wait.run(
                        scope, three(scope, failAfter(5, "broken")), Wait.Until.FIRST, null, Wait.Pending.CANCEL)
                .map(result -> result.done().stream().map(Task::name).toList()));

        assertThat(done).containsExactly("c");
    }

    @Test
    void wait_timeOut_returnsDoneAndPending() {
        Wait.Result<String> result = valueOf(scope ->
                Wait.run(scope, three(scope, after(2_000, "c")), Wait.Until.ALL, ms(100), Wait.Pending.CANCEL));

        assertThat(result.done()).extracting(Task::name).containsExactly("a");
        assertThat(result.pending()).extracting(Task::name).containsExactly("b", "c");
        assertThat(result.pending()).allMatch(Task::isDone);
        assertThat(nowMs()).isEqualTo(100);
    }

    @Test
    void wait_callerCancelsAfterIt_cancelsKeptPendingOnesToo() {
        cancelledAt50(scope -> Wait.run(
                        scope, three(scope, after(2_000, "c")), Wait.Until.FIRST, null, Wait.Pending.KEEP)
                .compose(result -> scope.sleep(ms(500))));

        assertThat(trail).containsExactlyInAnyOrder("b stopped", "c stopped");
    }

    // ---- asCompleted

    private Future<List<State>> states(Scope scope, Completions<String> completions) {
        var states = new ArrayList<State>();
        return Repeat.whileTrue(
                        scope,
                        () -> completions.next().map(next -> {
                            next.ifPresent(task -> states.add(task.state()));
                            return next.isPresent();
                        }))
                .map(states);
    }

    @Test
    void asCompleted_childFails_yieldsTheErrorAndGoesOn() {
        List<State> states =
                valueOf(scope -> states(scope, Completions.of(scope, three(scope, failAfter(20, "broken")), null)));

        assertThat(states).containsExactly(State.FINISHED, State.FAILED, State.FINISHED);
    }

    @Test
    void asCompleted_timeOut_yieldsTimeOutsAndEnds() {
        List<State> states =
                valueOf(scope -> states(scope, Completions.of(scope, three(scope, after(2_000, "c")), ms(100))));

        assertThat(states).containsExactly(State.FINISHED, State.TIMED_OUT, State.TIMED_OUT);
        assertThat(nowMs()).isEqualTo(100);
    }

    @Test
    void asCompleted_callerCancels_cancelsAll() {
        cancelledAt50(scope -> states(scope, Completions.of(scope, three(scope, after(2_000, "c")), null)));

        assertThat(trail).containsExactlyInAnyOrder("b stopped", "c stopped");
    }

    // ---- each

    private Task<Long> each(Scope scope, Errors errors, int failing) {
        var items = List.of(1, 2, 3, 4, 5, 6).iterator();
        return Each.start(
                scope,
                "each",
                2,
                errors,
                Items.of(items, 6),
                (own, item, index) -> {
                    trail.add("start " + item);
                    return item == failing
                            ? own.sleep(ms(5)).compose(slept -> Future.<Integer>failedFuture(new Broken("item")))
                            : own.sleep(ms(30)).map(item).onFailure(stopped -> trail.add("stop " + item));
                },
                (index, outcome) -> {});
    }

    @Test
    void each_childFails_startsNoMore() {
        Throwable failure = failureOf(scope -> scope.join(each(scope, Errors.FAIL_FAST, 2)));

        assertThat(failure).hasMessage("item");
        assertThat(trail).containsExactlyInAnyOrder("start 1", "start 2", "stop 1");
    }

    @Test
    void each_childFailsAndErrorsAreCollected_goesOn() {
        Long items = valueOf(scope -> scope.join(each(scope, Errors.COLLECT, 2)));

        assertThat(items).isEqualTo(6);
        assertThat(trail).hasSize(6);
    }

    @Test
    void each_timeOut_cancelsRunningAndSkipsQueued() {
        Throwable failure =
                failureOf(scope -> scope.join(each(scope, Errors.COLLECT, 0).withTimeout(ms(45))));

        assertThat(failure).isInstanceOf(TimedOutException.class);
        assertThat(trail).containsExactlyInAnyOrder("start 1", "start 2", "start 3", "start 4", "stop 3", "stop 4");
    }

    @Test
    void each_callerCancels_cancelsRunningAndSkipsQueued() {
        cancelledAt50(scope -> scope.join(each(scope, Errors.COLLECT, 0)));

        assertThat(trail).containsExactlyInAnyOrder("start 1", "start 2", "start 3", "start 4", "stop 3", "stop 4");
    }

    // ---- task group

    private Task<String> group(Scope scope, Body<String> second) {
        return scope.group("group", own -> {
            own.cleanUp("finally", after -> {
                trail.add("finally");
                return Future.succeededFuture();
            });
            own.start("b", after(1_000, "b"));
            own.start("c", second);
            return Future.succeededFuture("all");
        });
    }

    @Test
    void group_childFails_cancelsSiblings() {
        Throwable failure = failureOf(scope -> scope.join(group(scope, failAfter(20, "broken"))));

        assertThat(failure).hasMessage("broken");
        assertThat(trail).containsExactly("b stopped", "finally");
        assertThat(nowMs()).isEqualTo(20);
    }

    @Test
    void group_timeOut_cancelsAll() {
        Throwable failure =
                failureOf(scope -> scope.join(group(scope, after(2_000, "c")).withTimeout(ms(100))));

        assertThat(failure).isInstanceOf(TimedOutException.class);
        assertThat(trail).containsExactlyInAnyOrder("b stopped", "c stopped", "finally");
        assertThat(trail.get(2)).isEqualTo("finally");
    }

    @Test
    void group_callerCancels_cancelsAllThenRunsFinally() {
        cancelledAt50(scope -> scope.join(group(scope, after(2_000, "c"))));

        assertThat(trail).containsExactlyInAnyOrder("b stopped", "c stopped", "finally");
        assertThat(trail.get(2)).isEqualTo("finally");
    }
}
