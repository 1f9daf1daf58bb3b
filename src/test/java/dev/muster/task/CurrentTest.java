package dev.muster.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.loop.VirtualLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class CurrentTest extends KernelTest {

    private void note() {
        trail.add(String.join("/", Tasks.current()));
    }

    @Test
    void step_isKnownByTheNamesDownToItsTask() {
        tasks.start("run", scope -> {
            note();
            return scope.join(scope.start("step", own -> {
                        note();
                        return own.sleep(ms(1)).onSuccess(slept -> note());
                    }))
                    .onSuccess(joined -> note());
        });
        loop.run();

        assertThat(trail).containsExactly("run", "run/step", "run/step", "run");
        assertThat(Tasks.current()).isEmpty();
    }

    @Test
    void observer_worksForTheTaskThatEnded() {
        Task<String> task = tasks.start("ends", scope -> Future.succeededFuture("x"));
        task.onEnd(ended -> note());
        task.onEnd(ended -> note());
        loop.run();
        task.onEnd(ended -> note());
        loop.run();

        assertThat(trail).containsExactly("ends", "ends", "ends");
    }

    @Test
    void undo_worksForTheTaskThatWaits() {
        Task<Object> task = tasks.start(
                "top",
                scope -> scope.join(scope.start(
                        "waits",
                        own -> own.suspend("nothing", waiter -> reason -> {
                            note();
                            return true;
                        }))));
        loop.run();
        task.cancel(CancelReason.of("enough"));
        loop.run();

        assertThat(trail).containsExactly("top/waits");
    }

    @Test
    void carriedWork_isTheTasksOnAnotherThread() throws Exception {
        Promise<String> end = Promise.promise();
        Task<String> task = tasks.start("asks", scope -> end.future());
        loop.run();
        List<String> there = CompletableFuture.supplyAsync(() -> {
                    try {
                        return Tasks.callAs(task, Tasks::current);
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                })
                .get();
        List<String> outside = CompletableFuture.supplyAsync(Tasks::current).get();
        end.complete("done");
        loop.run();

        assertThat(there).containsExactly("asks");
        assertThat(outside).isEmpty();
    }

    @Test
    void carriedWork_thatThrows_isOver() {
        Task<String> task = tasks.start("fails", scope -> Future.succeededFuture("x"));
        loop.run();
        try {
            Tasks.runAs(task, () -> {
                throw new IllegalStateException("no");
            });
        } catch (IllegalStateException expected) {
            trail.add(expected.getMessage());
        }

        assertThat(trail).containsExactly("no");
        assertThat(Tasks.current()).isEmpty();
    }

    @Test
    void treesOfOneThread_areToldApart() {
        var otherLoop = VirtualLoop.inOrder();
        Tasks other = Tasks.on(otherLoop);
        other.start("other", scope -> {
            note();
            return Future.succeededFuture();
        });
        tasks.start("one", scope -> {
            note();
            return Future.succeededFuture();
        });
        loop.run();
        otherLoop.run();
        other.close();
        otherLoop.run();

        assertThat(trail).containsExactly("one", "other");
    }

    @Test
    void threadOfALoop_isSeenFromAnother() {
        tasks.start("busy", scope -> {
            Thread here = Thread.currentThread();
            trail.addAll(
                    CompletableFuture.supplyAsync(() -> Tasks.current(here)).join());
            return Future.succeededFuture();
        });
        loop.run();

        assertThat(trail).containsExactly("busy");
    }
}
