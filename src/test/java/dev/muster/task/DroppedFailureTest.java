package dev.muster.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.loop.VirtualLoop;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DroppedFailureTest extends KernelTest {

    @Test
    void childFailsUnseen_isReportedWhenItsParentEnds() {
        outcomeOf(scope -> {
            scope.start("child", failAfter(10, "unseen"));
            return scope.sleep(ms(50)).onSuccess(slept -> assertThat(dropped).isEmpty());
        });

        assertThat(dropped).containsExactly("main/child: unseen");
    }

    @Test
    void childFailsAndIsLookedAtLater_isNotReported() {
        outcomeOf(scope -> {
            Task<String> child = scope.start("child", failAfter(10, "seen"));
            return scope.sleep(ms(50)).map(slept -> child.outcome().state());
        });

        assertThat(dropped).isEmpty();
    }

    @Test
    void rootFailsUnseen_isReportedAfterASecond() {
        tasks.start("main", failAfter(10, "unseen"));
        loop.advance(ms(500));
        assertThat(dropped).isEmpty();
        loop.run();

        assertThat(dropped).containsExactly("main: unseen");
        assertThat(loop.nanos()).isBetween(ms(1_000).toNanos(), ms(2_100).toNanos());
    }

    @Test
    void rootFailsUnseen_andIsClosed_isReportedAtOnce() {
        tasks.start("main", failAfter(10, "unseen"));
        loop.advance(ms(20));
        tasks.close();
        loop.runReady();

        assertThat(dropped).containsExactly("main: unseen");
        assertThat(loop.waitingTimers()).isZero();
    }

    @Test
    void cancelledTask_isNotAFailureToReport() {
        Task<String> task = tasks.start("main", after(100, "x"));
        loop.advance(ms(10));
        task.cancel(caller());
        loop.run();

        assertThat(dropped).isEmpty();
    }

    @Test
    void ownDeadlinePassesUnseen_isReported() {
        outcomeOf(scope -> {
            scope.start("child", after(100, "x")).withTimeout(ms(10));
            return Future.succeededFuture();
        });

        assertThat(dropped).containsExactly("main/child: no end within 10 ms");
    }

    @Test
    void groupsChildFails_isReportedOnceAsTheGroups() {
        outcomeOf(scope -> {
            scope.group("group", own -> {
                own.start("child", failAfter(10, "x"));
                return own.sleep(ms(100));
            });
            return scope.sleep(ms(50));
        });

        assertThat(dropped).containsExactly("main/group: x");
    }

    @Test
    void manyUnseenFailures_areBounded() {
        Task<Void> main = tasks.start("main", scope -> {
            for (int i = 0; i < 1_500; i++) {
                scope.start("child", own -> Future.failedFuture(new Broken("x")));
            }
            return scope.sleep(ms(100));
        });
        loop.advance(ms(50));
        assertThat(main.isDone()).isFalse();
        assertThat(dropped).hasSize(500);
        loop.run();

        assertThat(dropped).hasSize(1_500);
    }

    @Test
    void debugMode_tellsTheOriginAndSlowSteps() {
        List<@Nullable Throwable> origins = new ArrayList<>();
        var diagnostics = new Diagnostics() {
            @Override
            public void droppedFailure(String task, Throwable failure, @Nullable Throwable origin) {
                origins.add(origin);
            }

            @Override
            public void slowStep(String task, long nanos) {
                trail.add(task + " held the loop for " + nanos / 1_000_000 + " ms");
            }
        };
        var virtual = VirtualLoop.inOrder();
        Tasks debugged =
                Tasks.on(virtual, options().debug(true).slowStep(ms(20)).diagnostics(diagnostics));
        debugged.start("slow", scope -> {
            virtual.advance(ms(30));
            throw new Broken("unseen");
        });
        virtual.run();

        assertThat(trail).containsExactly("slow held the loop for 30 ms");
        assertThat(origins)
                .singleElement()
                .satisfies(origin -> assertThat(origin.getStackTrace())
                        .anySatisfy(frame ->
                                assertThat(frame.getMethodName()).isEqualTo("debugMode_tellsTheOriginAndSlowSteps")));
    }

    @Test
    void reportThrows_theTreeStillEnds() {
        var virtual = VirtualLoop.inOrder();
        var diagnostics = new Diagnostics() {
            @Override
            public void droppedFailure(String task, Throwable failure, @Nullable Throwable origin) {
                throw new Broken("report");
            }

            @Override
            public void slowStep(String task, long nanos) {}
        };
        Tasks used = Tasks.on(virtual, options().diagnostics(diagnostics));
        Task<Object> main = used.start("main", scope -> {
            scope.start("child", failAfter(1, "unseen"));
            return Future.succeededFuture();
        });

        assertThatThrownBy(virtual::run).hasMessage("report");
        assertThat(main.state()).isEqualTo(State.FINISHED);
        assertThat(used.statistics().live()).isZero();
    }
}
