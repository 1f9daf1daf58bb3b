package dev.muster.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.task.BrokenInvariantException;
import dev.muster.task.CancelReason;
import dev.muster.task.CancelledException;
import dev.muster.task.KernelTest;
import dev.muster.task.Scope;
import dev.muster.task.State;
import dev.muster.task.Task;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SemaphoreTest extends KernelTest {

    private Task<Object> holder(Semaphore semaphore, String name, long millis) {
        return tasks.start(
                name,
                scope -> semaphore.with(scope, held -> {
                    trail.add(name);
                    return held.sleep(ms(millis)).map(slept -> null);
                }));
    }

    @Test
    void twentyTasks_neverMoreThanFiveAtOnce() {
        var semaphore = new Semaphore(loop, 5);
        int[] now = {0, 0};
        valueOf(scope -> {
            var all = new ArrayList<Task<Integer>>();
            for (int i = 0; i < 20; i++) {
                int millis = 10 + i;
                all.add(scope.start(
                        "t" + i,
                        own -> semaphore.with(own, held -> {
                            now[1] = Math.max(now[1], ++now[0]);
                            return held.sleep(ms(millis)).map(slept -> now[0]--);
                        })));
            }
            return scope.gather(all);
        });

        assertThat(now[1]).isEqualTo(5);
        assertThat(semaphore.statistics()).isEqualTo(new Semaphore.Statistics(5, 5, 0));
    }

    @Test
    void freePermit_isTakenWithoutWaiting() {
        var semaphore = new Semaphore(loop, 1);
        valueOf(scope -> {
            assertThat(semaphore.acquire(scope).isComplete()).isTrue();
            assertThat(semaphore.tryAcquire()).isFalse();
            semaphore.release();
            assertThat(semaphore.tryAcquire()).isTrue();
            semaphore.release();
            return Future.succeededFuture();
        });
    }

    @Test
    void waiting_isFirstComeFirstServed() {
        inOrder();
        var semaphore = new Semaphore(loop, 1);
        for (String name : List.of("a", "b", "c", "d")) {
            holder(semaphore, name, 10);
        }
        loop.advance(ms(5));
        assertThat(semaphore.statistics()).isEqualTo(new Semaphore.Statistics(1, 0, 3));
        loop.run();

        assertThat(trail).containsExactly("a", "b", "c", "d");
    }

    @Test
    void tryAcquire_doesNotOvertakeThoseWhoWait() {
        var semaphore = new Semaphore(loop, 3);
        valueOf(scope -> {
            assertThat(semaphore.tryAcquire(2)).isTrue();
            scope.start("big", own -> semaphore.with(own, 3, held -> Future.succeededFuture()));
            return scope.sleep(ms(1)).map(slept -> {
                assertThat(semaphore.tryAcquire()).isFalse();
                semaphore.release(2);
                return null;
            });
        });
    }

    @Test
    void bigRequestAtTheHead_isCancelled_thoseBehindGetTheirs() {
        inOrder();
        var semaphore = new Semaphore(loop, 3);
        valueOf(scope -> {
            semaphore.tryAcquire(2);
            Task<Object> big = scope.start("big", own -> semaphore.with(own, 3, held -> Future.succeededFuture()));
            scope.start("small", own -> semaphore.with(own, held -> Future.succeededFuture(trail.add("small"))));
            return scope.sleep(ms(1))
                    .compose(slept -> {
                        assertThat(trail).isEmpty();
                        big.cancel(caller());
                        return scope.sleep(ms(1));
                    })
                    .map(slept -> {
                        assertThat(trail).containsExactly("small");
                        semaphore.release(2);
                        return null;
                    });
        });
    }

    @Test
    void waiterIsCancelled_leavesTheLine() {
        var semaphore = new Semaphore(loop, 1);
        holder(semaphore, "a", 100);
        loop.advance(ms(1));
        Task<Object> b = holder(semaphore, "b", 10);
        Task<Object> c = holder(semaphore, "c", 10);
        loop.advance(ms(10));
        b.cancel(caller());
        assertThat(semaphore.statistics().waiting()).isEqualTo(1);
        loop.run();

        assertThat(trail).containsExactly("a", "c");
        assertThat(c.state()).isEqualTo(State.FINISHED);
    }

    @Test
    void permitIsGrantedAndTheTaskCancelledInTheSameMoment_goesToTheNext() {
        var semaphore = new Semaphore(loop, 1);
        valueOf(scope -> {
            semaphore.tryAcquire();
            Task<Void> unlucky = scope.start("unlucky", semaphore::acquire);
            return scope.sleep(ms(1)).compose(slept -> {
                scope.start("next", own -> semaphore.with(own, held -> Future.succeededFuture(trail.add("next"))));
                return scope.sleep(ms(1)).map(again -> {
                    semaphore.release();
                    unlucky.cancel(caller());
                    return null;
                });
            });
        });

        assertThat(trail).containsExactly("next");
        assertThat(semaphore.statistics()).isEqualTo(new Semaphore.Statistics(1, 1, 0));
    }

    @Test
    void treeOfWaitersIsCancelledAtOnce_noPermitIsLost() {
        var semaphore = new Semaphore(loop, 4);
        Task<Object> main = tasks.start("main", scope -> {
            semaphore.tryAcquire(2);
            for (int i = 0; i < 10; i++) {
                int count = 1 + i % 4;
                scope.start("t", own -> semaphore.with(own, count, held -> held.sleep(ms(1_000))));
            }
            return scope.suspend("ever", waiter -> reason -> true);
        });
        loop.advance(ms(10));
        main.cancel(caller());
        semaphore.release(2);
        loop.run();

        assertThat(semaphore.statistics()).isEqualTo(new Semaphore.Statistics(4, 4, 0));
    }

    @Test
    void with_releasesOnEveryPath() {
        var semaphore = new Semaphore(loop, 1);

        assertThat(failureOf(scope -> semaphore.with(scope, held -> {
                    throw new Broken("thrown");
                })))
                .hasMessage("thrown");
        assertThat(failureOf(scope -> semaphore.with(scope, held -> Future.failedFuture(new Broken("failed")))))
                .hasMessage("failed");
        assertThat(failureOf(scope -> semaphore.with(scope, held -> null))).isInstanceOf(NullPointerException.class);
        Throwable timedOut =
                failureOf(scope -> scope.timeout(ms(5), "x", own -> semaphore.with(own, held -> held.sleep(ms(100)))));
        assertThat(timedOut).hasMessage("no end within 5 ms");

        assertThat(semaphore.statistics().available()).isEqualTo(1);
    }

    @Test
    void with_bodyReleasesItself_saysSo() {
        var semaphore = new Semaphore(loop, 1);
        Throwable failure = failureOf(scope -> semaphore.with(scope, held -> {
            semaphore.release();
            return Future.succeededFuture();
        }));

        assertThat(failure).hasMessageContaining("release once for each acquire");
    }

    @Test
    void release_tooOften_isRefused() {
        var semaphore = new Semaphore(loop, 2);

        assertThatThrownBy(semaphore::release)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("only 0 of 2 are held");
    }

    @Test
    void countThatIsNeverThere_isRefused() {
        var semaphore = new Semaphore(loop, 2);

        assertThat(failureOf(scope -> semaphore.acquire(scope, 3))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> semaphore.tryAcquire(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Semaphore(loop, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void cancelledScope_getsNoPermit() {
        var semaphore = new Semaphore(loop, 1);
        Throwable failure = failureOf((Scope scope) -> {
            scope.task().cancel(caller());
            return semaphore.acquire(scope);
        });

        assertThat(failure).isInstanceOf(CancelledException.class);
        assertThat(semaphore.statistics().available()).isEqualTo(1);
    }

    @Test
    void foreignThread_isRefused() throws InterruptedException {
        var semaphore = new Semaphore(loop, 1);
        var thrown = new ArrayList<String>();
        var thread = new Thread(() -> {
            try {
                semaphore.tryAcquire();
            } catch (IllegalStateException e) {
                thrown.add(e.getMessage());
            }
        });
        thread.start();
        thread.join();

        assertThat(thrown).singleElement().asString().startsWith("Semaphore belongs to");
    }

    @Test
    void permitThatWasReleasedTwice_isNotThereTwice() {
        var semaphore = new Semaphore(loop, 1);
        valueOf(scope -> {
            assertThat(semaphore.tryAcquire()).isTrue();
            Task<Void> next = scope.start("next", semaphore::acquire);
            return scope.sleep(ms(1)).compose(slept -> {
                semaphore.release();
                // Granted already, and not yet arrived: this release is one too many, and so is what a cancel gives
                // back.
                semaphore.release();
                next.cancel(CancelReason.of("test"));
                return next.future().transform((nothing, failure) -> {
                    assertThat(failure.getSuppressed())
                            .singleElement()
                            .isInstanceOf(BrokenInvariantException.class)
                            .asString()
                            .contains("no more permits are free than exist", "2 of 1");
                    assertThat(semaphore.statistics()).isEqualTo(new Semaphore.Statistics(1, 1, 0));
                    return Future.succeededFuture();
                });
            });
        });
    }
}
