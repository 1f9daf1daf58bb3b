package dev.muster.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.task.KernelTest;
import dev.muster.task.Task;
import io.vertx.core.Future;
import java.util.List;
import org.junit.jupiter.api.Test;

class LockTest extends KernelTest {

    private Task<Boolean> holder(Lock lock, String name) {
        return tasks.start(
                name,
                scope -> lock.with(scope, held -> {
                    trail.add(name + " in");
                    return held.sleep(ms(10)).map(slept -> trail.add(name + " out"));
                }));
    }

    @Test
    void heldOverAWait_keepsTheOthersOutInTheirOrder() {
        inOrder();
        var lock = new Lock(loop);
        List.of("a", "b", "c").forEach(name -> holder(lock, name));
        loop.advance(ms(5));
        assertThat(lock.statistics()).isEqualTo(new Lock.Statistics("a", 2));
        loop.run();

        assertThat(trail).containsExactly("a in", "a out", "b in", "b out", "c in", "c out");
        assertThat(lock.isHeld()).isFalse();
    }

    @Test
    void holderAsksAgain_isToldAtOnce() {
        var lock = new Lock(loop);
        Throwable failure = failureOf(scope -> lock.with(scope, held -> lock.acquire(held)));

        assertThat(failure)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("main already holds this lock");
        assertThat(lock.isHeld()).isFalse();
    }

    @Test
    void childOfTheHolder_isAnotherTask() {
        var lock = new Lock(loop);
        Throwable failure = failureOf(scope -> lock.with(
                scope,
                held -> held.timeout(ms(10), "child", child -> lock.with(child, own -> Future.succeededFuture()))));

        assertThat(failure).hasMessage("no end within 10 ms");
        assertThat(lock.isHeld()).isFalse();
    }

    @Test
    void waiterIsCancelled_theNextGetsIt() {
        var lock = new Lock(loop);
        holder(lock, "a");
        loop.advance(ms(1));
        Task<Boolean> b = holder(lock, "b");
        loop.advance(ms(1));
        holder(lock, "c");
        loop.advance(ms(1));
        b.cancel(caller());
        loop.run();

        assertThat(trail).containsExactly("a in", "a out", "c in", "c out");
    }

    @Test
    void lockIsHandedOverAndTheTaskCancelledInTheSameMoment_goesToTheNext() {
        var lock = new Lock(loop);
        valueOf(scope -> {
            lock.tryAcquire(scope);
            Task<Void> unlucky = scope.start("unlucky", lock::acquire);
            return scope.sleep(ms(1)).compose(slept -> {
                scope.start("next", own -> lock.with(own, held -> Future.succeededFuture(trail.add("next"))));
                return scope.sleep(ms(1)).map(again -> {
                    lock.release(scope);
                    unlucky.cancel(caller());
                    return null;
                });
            });
        });

        assertThat(trail).containsExactly("next");
        assertThat(lock.statistics()).isEqualTo(new Lock.Statistics(null, 0));
    }

    @Test
    void release_byAnotherTask_isRefused() {
        var lock = new Lock(loop);
        valueOf(scope -> lock.with(scope, held -> {
            Task<Object> other = held.start("other", own -> {
                assertThatThrownBy(() -> lock.release(own))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("task main/other does not hold this lock; main does");
                return Future.succeededFuture();
            });
            return held.join(other);
        }));
        valueOf(scope -> {
            assertThatThrownBy(() -> lock.release(scope)).hasMessageContaining("no task does");
            return Future.succeededFuture();
        });
    }

    @Test
    void tryAcquire_takesItOnlyIfItIsFree() {
        var lock = new Lock(loop);
        holder(lock, "a");
        loop.advance(ms(1));
        valueOf(scope -> {
            assertThat(lock.tryAcquire(scope)).isFalse();
            return scope.sleep(ms(50)).map(slept -> {
                assertThat(lock.tryAcquire(scope)).isTrue();
                lock.release(scope);
                return null;
            });
        });
    }
}
