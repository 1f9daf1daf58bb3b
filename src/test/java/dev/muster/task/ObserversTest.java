package dev.muster.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.loop.VirtualLoop;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A task's observers: few are searched, many are indexed, and both behave alike. */
class ObserversTest {

    private final List<Integer> told = new ArrayList<>();

    private Consumer<Task<?>> observer(int number) {
        return task -> told.add(number);
    }

    private static List<Integer> upTo(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    @Test
    void fewAndMany_areToldInTheOrderInWhichTheyCame() {
        for (int count : new int[] {1, 2, 8, 9, 100}) {
            told.clear();
            Object observers = null;
            for (int i = 0; i < count; i++) {
                observers = Observers.add(observers, observer(i));
            }
            tell(observers);
            assertThat(told).isEqualTo(upTo(count));
        }
    }

    @Test
    void anyOfThemLeaves_theOthersAreTold() {
        for (int count : new int[] {2, 3, 8, 9, 40}) {
            for (int leaving = 0; leaving < count; leaving++) {
                told.clear();
                List<Consumer<Task<?>>> all = new ArrayList<>();
                Object observers = null;
                for (int i = 0; i < count; i++) {
                    all.add(observer(i));
                    observers = Observers.add(observers, all.get(i));
                }
                observers = Observers.remove(observers, all.get(leaving));
                tell(observers);
                List<Integer> others = new ArrayList<>(upTo(count));
                others.remove((Object) leaving);
                assertThat(told).as("%d of %d left", leaving, count).isEqualTo(others);
            }
        }
    }

    @Test
    void oneThatWasAddedSeveralTimes_leavesAltogether() {
        for (int others : new int[] {1, 5, 20}) {
            told.clear();
            Consumer<Task<?>> repeated = observer(-1);
            Object observers = Observers.add(null, repeated);
            for (int i = 0; i < others; i++) {
                observers = Observers.add(observers, observer(i));
                observers = Observers.add(observers, repeated);
            }
            observers = Observers.remove(observers, repeated);
            tell(observers);
            assertThat(told).isEqualTo(upTo(others));
        }
    }

    @Test
    void theLastLeaves_nothingIsLeft() {
        for (int count : new int[] {1, 2, 8, 9, 30}) {
            List<Consumer<Task<?>>> all = new ArrayList<>();
            Object observers = null;
            for (int i = 0; i < count; i++) {
                all.add(observer(i));
                observers = Observers.add(observers, all.get(i));
            }
            for (Consumer<Task<?>> one : all) {
                observers = Observers.remove(observers, one);
            }
            assertThat(observers).isNull();
        }
    }

    private void tell(Object observers) {
        var loop = VirtualLoop.inOrder();
        var tasks = Tasks.on(loop);
        TaskNode<?> task = (TaskNode<?>) tasks.start("told", scope -> Future.succeededFuture());
        loop.run();
        Observers.call(observers, task, loop);
        loop.run();
    }
}
