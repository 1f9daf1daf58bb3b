package dev.muster.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Promise;
import org.junit.jupiter.api.Test;

/** How a wait is undone by a cancel. */
class UndoTest extends KernelTest {
    @Test
    void undo_isCalledOnceWithTheReason() {
        Task<Object> task = tasks.start(
                "main",
                scope -> scope.suspend("x", waiter -> reason -> {
                    trail.add(reason.why());
                    return true;
                }));
        loop.run();
        task.cancel(caller());
        task.cancel(caller());
        loop.run();

        assertThat(trail).containsExactly("caller left");
    }

    @Test
    void undo_afterTheWaitWasResumed_isNotCalledAndTheValueIsDelivered() {
        Task<String> task = tasks.start(
                "main",
                scope -> scope.<String>suspend("x", waiter -> {
                            loop.schedule(ms(10), () -> {
                                waiter.resume("permit");
                                scope.task().cancel(caller());
                            });
                            return reason -> {
                                trail.add("undo");
                                return true;
                            };
                        })
                        .onSuccess(trail::add));
        loop.run();

        assertThat(trail).containsExactly("permit");
        assertThat(task.state()).isEqualTo(State.CANCELLED);
    }

    @Test
    void undo_returnsFalse_waitsUntilTheWorkHasReallyStopped() {
        Task<Object> task = cancelledAt(
                5,
                scope -> scope.suspend("a query", waiter -> reason -> {
                    loop.schedule(ms(30), () -> waiter.fail(new Broken("57014")));
                    return false;
                }));

        assertThat(task.state()).isEqualTo(State.CANCELLED);
        assertThat(nowMs()).isEqualTo(35);
        assertThat(task.failure().getSuppressed())
                .extracting(Throwable::getMessage)
                .containsExactly("57014");
    }

    @Test
    void undo_throws_endsTheWaitWithThatAndTheOthersAreUndone() {
        Task<Object> task = cancelledAt(5, scope -> {
            scope.start("other", after(100, "other"));
            return scope.suspend("x", waiter -> reason -> {
                throw new AssertionError("undo");
            });
        });

        assertThat(task.failure().getSuppressed())
                .extracting(Throwable::getMessage)
                .containsExactly("undo");
        assertThat(trail).containsExactly("other stopped");
    }

    @Test
    void undo_resumesTheWaiterItself_deliversThat() {
        cancelledAt(
                5,
                scope -> scope.<String>suspend("x", waiter -> reason -> {
                            waiter.resume("in time");
                            return true;
                        })
                        .onSuccess(trail::add));

        assertThat(trail).containsExactly("in time");
    }

    @Test
    void cancel_whileTheWaitIsBeingParked_isUndoneToo() {
        Task<Object> task = tasks.start(
                "main",
                scope -> scope.suspend("x", waiter -> {
                    scope.task().cancel(caller());
                    return reason -> {
                        trail.add("undo");
                        return true;
                    };
                }));
        loop.run();

        assertThat(trail).containsExactly("undo");
        assertThat(task.state()).isEqualTo(State.CANCELLED);
    }

    @Test
    void await_isCancelled_endsAtOnceAndStopsTheWorkBehind() {
        Promise<String> work = Promise.promise();
        Task<String> task = cancelledAt(
                5,
                scope -> scope.await("work", work.future(), reason -> {
                    trail.add("reset");
                    return true;
                }));

        assertThat(task.state()).isEqualTo(State.CANCELLED);
        assertThat(trail).containsExactly("reset");
        work.complete("too late");
        loop.run();
        assertThat(task.state()).isEqualTo(State.CANCELLED);
    }

    @Test
    void cancel_ofManyWaiters_undoesAll() {
        cancelledAt(5, scope -> {
            for (int i = 0; i < 100; i++) {
                scope.start("child", after(100, "child"));
                scope.sleep(ms(100)).onFailure(stopped -> trail.add("own"));
            }
            return scope.sleep(ms(100));
        });

        assertThat(trail).hasSize(200);
    }
}
