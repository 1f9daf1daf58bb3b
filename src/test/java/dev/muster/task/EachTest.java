package dev.muster.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Edge cases of each and of repeat. */
class EachTest extends KernelTest {

    private static Items<Integer> numbers(int count) {
        return Items.of(IntStream.range(0, count).iterator(), count);
    }

    private static Items<Integer> ofUnknownSize(int count) {
        return Items.of(IntStream.range(0, count).iterator(), -1);
    }

    private Body<Long> each(
            int concurrency, Errors errors, Items<Integer> items, Each.ItemBody<Integer, Integer> body) {
        return scope -> scope.join(Each.start(scope, "each", concurrency, errors, items, body, (index, outcome) -> {}));
    }

    private Each.ItemBody<Integer, Integer> failing(int... failing) {
        return (own, item, index) -> {
            trail.add("start " + item);
            return own.sleep(ms(10))
                    .compose(slept -> IntStream.of(failing).anyMatch(one -> one == item)
                            ? Future.failedFuture(new Broken("item " + item))
                            : Future.succeededFuture(item));
        };
    }

    @Test
    void neverMoreThanTheBound_runAtOnce() {
        int[] now = {0, 0};
        Long items = valueOf(each(5, Errors.FAIL_FAST, numbers(20), (own, item, index) -> {
            now[0]++;
            now[1] = Math.max(now[1], now[0]);
            return own.sleep(ms(10 + item)).map(slept -> now[0]--);
        }));

        assertThat(items).isEqualTo(20);
        assertThat(now[1]).isEqualTo(5);
    }

    @Test
    void itemsAreTakenOnlyWhenThereIsRoom() {
        int[] taken = {0};
        tasks.start(
                "main",
                each(
                        3,
                        Errors.FAIL_FAST,
                        Items.of(IntStream.range(0, 100).peek(i -> taken[0]++).iterator(), 100),
                        failing()));
        loop.advance(ms(5));

        assertThat(taken[0]).isEqualTo(3);
        loop.run();
        assertThat(taken[0]).isEqualTo(100);
    }

    @Test
    void noItems_givesZero() {
        Long items = valueOf(each(3, Errors.FAIL_FAST, numbers(0), failing()));

        assertThat(items).isZero();
    }

    @Test
    void failFast_overASourceOfUnknownSize_stopsAtTheFirstFailure() {
        Throwable failure = failureOf(each(1, Errors.FAIL_FAST, ofUnknownSize(100), failing(2)));

        assertThat(failure).hasMessage("item 2");
        assertThat(trail).hasSize(3);
    }

    @Test
    void tolerate_upToTheShare_finishes() {
        Long items = valueOf(each(
                10,
                Errors.tolerate(0.29),
                numbers(100),
                failing(IntStream.range(0, 29).toArray())));

        assertThat(items).isEqualTo(100);
    }

    @Test
    void tolerate_oneMore_fails() {
        Throwable failure = failureOf(each(
                10,
                Errors.tolerate(0.29),
                numbers(100),
                failing(IntStream.range(0, 30).toArray())));

        assertThat(failure).hasMessageStartingWith("item ");
        assertThat(trail.size()).isLessThan(50);
    }

    @Test
    void tolerate_ofUnknownSize_isCountedAtTheEnd() {
        Throwable failure = failureOf(each(10, Errors.tolerate(0.05), ofUnknownSize(10), failing(3)));

        assertThat(failure).hasMessage("item 3");
        assertThat(trail).hasSize(10);
    }

    @Test
    void bodyThrows_isTheItemsFailure() {
        Throwable failure = failureOf(each(1, Errors.FAIL_FAST, numbers(3), (own, item, index) -> {
            throw new Broken("thrown");
        }));

        assertThat(failure).hasMessage("thrown");
    }

    @Test
    void sourceFails_cancelsWhatRuns() {
        Items<Integer> source = new Items<>() {
            private int given;

            @Override
            public Future<Optional<Integer>> next() {
                return given++ < 2
                        ? Future.succeededFuture(Optional.of(given))
                        : Future.failedFuture(new Broken("source"));
            }
        };
        Throwable failure = failureOf(each(
                5,
                Errors.COLLECT,
                source,
                (own, item, index) -> own.sleep(ms(100)).map(item).onFailure(stopped -> trail.add("stopped"))));

        assertThat(failure).hasMessage("source");
        assertThat(nowMs()).isZero();
    }

    @Test
    void sourceKeepsUsWaiting_aCancelEndsIt() {
        Task<Long> task = tasks.start(
                "main",
                each(
                        5,
                        Errors.COLLECT,
                        () -> Promise.<Optional<Integer>>promise().future(),
                        failing()));
        loop.run();
        assertThat(task.snapshot().children().get(0).waitsOn()).containsExactly("the next item");
        task.cancel(caller());
        loop.run();

        assertThat(task.state()).isEqualTo(State.CANCELLED);
    }

    @Test
    void sinkThrows_failsTheWhole() {
        Throwable failure = failureOf(scope ->
                scope.join(Each.start(scope, "each", 2, Errors.COLLECT, numbers(10), failing(), (index, outcome) -> {
                    throw new Broken("sink");
                })));

        assertThat(failure).hasMessage("sink");
    }

    @Test
    void sink_getsEveryOutcomeInTheOrderOfTheEnds() {
        valueOf(scope -> scope.join(Each.start(
                scope,
                "each",
                3,
                Errors.COLLECT,
                numbers(3),
                (own, item, index) -> own.sleep(ms(30 - 10 * item)).map(item),
                (index, outcome) -> trail.add(index + "=" + outcome.value()))));

        assertThat(trail).containsExactly("2=2", "1=1", "0=0");
    }

    @Test
    void hundredThousandItemsThatEndAtOnce_doNotGrowTheStack() {
        Long items = valueOf(
                each(64, Errors.FAIL_FAST, numbers(100_000), (own, item, index) -> Future.succeededFuture(item)));

        assertThat(items).isEqualTo(100_000);
    }

    @Test
    void concurrencyOfZero_isRefused() {
        assertThat(failureOf(each(0, Errors.COLLECT, numbers(1), failing())))
                .hasMessage("concurrency is at least 1, not 0");
        assertThatThrownBy(() -> Errors.tolerate(1.5)).isInstanceOf(IllegalArgumentException.class);
    }

    // ---- repeat

    @Test
    void repeat_stepsThatEndAtOnce_doNotGrowTheStackAndLetOthersRun() {
        int[] steps = {0};
        valueOf(scope -> {
            scope.start("other", other -> {
                trail.add("other after " + steps[0]);
                return Future.succeededFuture();
            });
            return Repeat.whileTrue(scope, () -> Future.succeededFuture(++steps[0] < 1_000_000));
        });

        assertThat(steps[0]).isEqualTo(1_000_000);
        assertThat(trail).doesNotContain("other after 1000000");
    }

    @Test
    void repeat_thatNeverWaits_isStoppedByACancel() {
        Task<Void> task = tasks.start("main", scope -> Repeat.whileTrue(scope, () -> Future.succeededFuture(true)));
        task.withTimeout(ms(0));
        task.onEnd(ended -> {});
        loop.schedule(ms(0), () -> task.cancel(caller()));
        loop.execute(() -> task.cancel(caller()));
        loop.run();

        assertThat(task.failure()).isInstanceOf(CancelledException.class);
    }

    @Test
    void repeat_overForeignFutures_isStoppedByACancel() {
        Task<Void> task = tasks.start(
                "main",
                scope -> Repeat.whileTrue(scope, () -> {
                    Promise<Boolean> promise = Promise.promise();
                    loop.schedule(ms(10), () -> promise.complete(true));
                    return promise.future();
                }));
        loop.schedule(ms(55), () -> task.cancel(caller()));
        loop.run();

        assertThat(task.state()).isEqualTo(State.CANCELLED);
        assertThat(nowMs()).isEqualTo(60);
    }

    @Test
    void repeat_stepThatFailsThrowsOrGivesNull_endsWithThat() {
        assertThat(failureOf(scope -> Repeat.whileTrue(scope, () -> Future.failedFuture(new Broken("step")))))
                .hasMessage("step");
        assertThat(failureOf(scope -> Repeat.whileTrue(scope, () -> {
                    throw new AssertionError("thrown");
                })))
                .hasMessage("thrown");
        assertThat(failureOf(scope -> Repeat.whileTrue(scope, () -> null)))
                .hasMessage("a repeated step returned null, not a future");
        assertThat(failureOf(scope -> Repeat.whileTrue(scope, () -> Future.succeededFuture(null))))
                .hasMessage("a repeated step gave null, neither true nor false");
        assertThat(failureOf(scope ->
                        Repeat.whileTrue(scope, () -> scope.sleep(ms(1)).map((Boolean) null))))
                .hasMessage("a repeated step gave null, neither true nor false");
    }

    @Test
    void repeat_ends_givesControlBack() {
        List<String> seen = valueOf(scope -> Repeat.whileTrue(
                        scope,
                        () -> scope.sleep(ms(10)).map(slept -> {
                            trail.add("at " + nowMs());
                            return trail.size() < 3;
                        }))
                .map(trail));

        assertThat(seen).containsExactly("at 10", "at 20", "at 30");
    }
}
