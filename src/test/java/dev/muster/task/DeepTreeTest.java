package dev.muster.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import org.junit.jupiter.api.Test;

/** Trees that are deeper than the stack and wider than a list should be scanned. */
class DeepTreeTest extends KernelTest {

    private static final int DEPTH = 100_000;

    private Body<Integer> chain(int depth, Body<Integer> bottom) {
        return depth == 0 ? bottom : scope -> scope.join(scope.start("t", chain(depth - 1, bottom)));
    }

    @Test
    void deepTree_finishes() {
        Integer value = valueOf(chain(DEPTH, scope -> Future.succeededFuture(7)));

        assertThat(value).isEqualTo(7);
    }

    @Test
    void deepTree_fails() {
        assertThat(failureOf(chain(DEPTH, scope -> Future.failedFuture(new Broken("bottom")))))
                .hasMessage("bottom");
    }

    @Test
    void deepTree_isCancelled() {
        Task<Integer> task =
                tasks.start("main", chain(DEPTH, scope -> scope.sleep(ms(1_000)).map(7)));
        loop.advance(ms(10));
        assertThat(tasks.statistics().live()).isEqualTo(DEPTH + 1);
        task.cancel(caller());
        loop.run();

        assertThat(task.state()).isEqualTo(State.CANCELLED);
        assertThat(nowMs()).isEqualTo(10);
    }

    @Test
    void deepTree_hasASnapshotAndPaths() {
        String[] path = new String[1];
        Task<Integer> task = tasks.start("main", chain(DEPTH, scope -> {
            path[0] = scope.task().path();
            return scope.sleep(ms(100)).map(7);
        }));
        loop.advance(ms(10));

        assertThat(task.snapshot().size()).isEqualTo(DEPTH + 1);
        assertThat(path[0]).startsWith("…/t/t/").hasSizeLessThan(100);
    }

    @Test
    void wideTree_finishesAndCancels() {
        int[] ended = {0};
        Task<Object> task = tasks.start("main", scope -> {
            for (int i = 0; i < DEPTH; i++) {
                scope.start("t", own -> own.sleep(ms(1_000)).onComplete(slept -> ended[0]++));
            }
            return scope.suspend("ever", waiter -> reason -> true);
        });
        loop.advance(ms(10));
        task.cancel(caller());
        loop.run();

        assertThat(ended[0]).isEqualTo(DEPTH);
    }
}
