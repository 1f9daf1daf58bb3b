package dev.muster.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.loop.VirtualLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The kernel with a fault: the tree in which it is seen ends with an error that names it, and all beside it goes on. */
class InvariantsTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final VirtualLoop loop = VirtualLoop.inOrder();
    private final List<BrokenInvariantException> told = new ArrayList<>();
    private final Tasks tasks = Tasks.on(loop, Tasks.Options.defaults().diagnostics(new Told()));
    private final List<Waiter<Integer>> waiters = new ArrayList<>();

    @Test
    void stepOfAWaiterThatIsOver_endsTheTree() {
        assertBroken(Invariants.RESUMED_ONCE, inner -> {
            waiters.get(0).resume(1);
            loop.execute(waiters.get(0));
            loop.execute(waiters.get(0));
        });
    }

    @Test
    void stepThatIsNotDue_endsTheTree() {
        assertBroken(Invariants.STEP_DUE, TaskNode::run);
    }

    @Test
    void endBeforeAWait_endsTheTree() {
        assertBroken(Invariants.ENDS_LAST, TaskNode::end);
    }

    @Test
    void secondEnd_endsTheTree() {
        assertBroken(Invariants.ENDS_ONCE, inner -> {
            TaskNode<?> child =
                    new TaskNode<>(tasks, inner, TaskNode.Kind.PLAIN, "child", own -> Future.succeededFuture());
            // Until those who observe it were told it knows to whom it belongs.
            child.onEnd(ended -> {});
            child.end();
            child.end();
        });
    }

    @Test
    void waitThatWasNone_leavesTheOthersInLine() {
        assertBroken(Invariants.WAITS_ONCE, inner -> Siblings.unlink(inner, new Waiter<>(inner, "nothing", null)));
    }

    @Test
    void moreEndsThanStarts_endTheTree() {
        assertBroken(Invariants.COUNTED, inner -> {
            while (told.isEmpty() && tasks.statistics().live() > 0) {
                tasks.ended(inner);
            }
            tasks.ended(inner);
            // What is still to end is counted again.
            for (int i = 0; i < 3; i++) {
                tasks.started();
            }
        });
    }

    @Test
    void taskThatIsLeftAtTheEnd_isTold() {
        tasks.started();
        Future<Void> closed = tasks.close();
        loop.run();
        assertThat(closed.isComplete()).isTrue();
        assertThat(told).extracting(BrokenInvariantException::invariant).containsExactly(Invariants.NONE_LEFT);
    }

    /** Breaks something two levels down in one tree, beside another one. */
    private void assertBroken(String invariant, Consumer<TaskNode<?>> breaking) {
        Task<Integer> beside =
                tasks.start("beside", scope -> scope.sleep(SECOND).map(7));
        Task<Object> broken = tasks.start("run", scope -> {
            Task<Integer> inner = scope.group(
                    "step",
                    own -> own.suspend("an answer", waiter -> {
                        waiters.add(waiter);
                        return reason -> true;
                    }));
            loop.schedule(SECOND.dividedBy(2), () -> breaking.accept((TaskNode<?>) inner));
            return scope.join(inner)
                    .recover(stopped -> Future.succeededFuture(0))
                    .compose(over -> scope.sleep(SECOND.multipliedBy(5)))
                    .map(slept -> slept);
        });
        loop.run();

        assertThat(broken.state()).isEqualTo(State.FAILED);
        assertThat(broken.failure())
                .isInstanceOf(BrokenInvariantException.class)
                .hasMessageContaining(invariant)
                .hasMessageContaining("run/step");
        assertThat(told).extracting(BrokenInvariantException::invariant).contains(invariant);
        assertThat(beside.result()).isEqualTo(7);
        assertThat(tasks.snapshot()).isEmpty();
        assertThat(loop.nanos())
                .as("nothing was waited for")
                .isLessThan(SECOND.multipliedBy(3).toNanos());
        Promise<Void> again = Promise.promise();
        tasks.start("again", scope -> scope.sleep(SECOND)).future().onComplete(slept -> again.complete());
        loop.run();
        assertThat(again.future().succeeded()).as("the loop goes on").isTrue();
    }

    private final class Told implements Diagnostics {
        @Override
        public void droppedFailure(String task, Throwable failure, @Nullable Throwable origin) {}

        @Override
        public void slowStep(String task, long nanos) {}

        @Override
        public void brokenInvariant(BrokenInvariantException broken) {
            told.add(broken);
        }
    }
}
