package dev.muster.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.task.KernelTest;
import dev.muster.task.Task;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Queues in another order than that of the puts. */
class OrderedQueueTest extends KernelTest {

    private static final Comparator<String> BY_LENGTH = Comparator.comparingInt(String::length);

    private static List<String> drained(Queue<String> queue) {
        var items = new ArrayList<String>();
        for (String item = queue.tryTake(); item != null; item = queue.tryTake()) {
            items.add(item);
        }
        return items;
    }

    private Task<?> putter(Queue<String> queue, String item) {
        return tasks.start("put " + item, scope -> queue.put(scope, item));
    }

    @Test
    void lifo_theLastItemIsTakenFirst() {
        var queue = Queue.<String>lifo(loop, 3);
        Stream.of("a", "b", "c").forEach(queue::tryPut);

        assertThat(queue.tryPut("d")).isFalse();
        assertThat(drained(queue)).containsExactly("c", "b", "a");
    }

    @Test
    void priority_theLeastItemIsTakenFirst_ofEqualOnesTheFirstPut() {
        var queue = Queue.priority(loop, 5, BY_LENGTH);
        Stream.of("ccc", "a", "bb", "b", "aa").forEach(queue::tryPut);

        assertThat(queue.tryPut("d")).isFalse();
        assertThat(queue.statistics().size()).isEqualTo(5);
        assertThat(drained(queue)).containsExactly("a", "b", "bb", "aa", "ccc");
    }

    @Test
    void waitingPutters_areLetInInTheirOrder() {
        for (Queue<String> queue : List.of(Queue.<String>lifo(loop, 1), Queue.priority(loop, 1, BY_LENGTH))) {
            queue.tryPut("first");
            for (String item : List.of("long", "a")) {
                putter(queue, item);
                loop.runReady();
            }

            assertThat(drained(queue)).containsExactly("first", "long", "a");
            loop.run();
        }
    }

    @Test
    void itemOfATakerThatIsCancelled_returnsBeforeItsEquals() {
        for (Queue<String> queue : List.of(Queue.<String>lifo(loop, 5), Queue.priority(loop, 5, BY_LENGTH))) {
            Task<String> taker = tasks.start("take", queue::take);
            loop.runReady();
            queue.tryPut("x");
            taker.cancel(caller());
            queue.tryPut("bb");
            loop.run();
            queue.tryPut("aa");

            assertThat(drained(queue)).containsExactlyInAnyOrder("x", "aa", "bb");
        }
        var queue = Queue.priority(loop, 5, BY_LENGTH);
        Task<String> taker = tasks.start("take", queue::take);
        loop.runReady();
        queue.tryPut("x");
        taker.cancel(caller());
        queue.tryPut("y");
        loop.run();

        assertThat(drained(queue)).containsExactly("x", "y");
    }

    @Test
    void closedOrderedQueue_givesTheRest() {
        var queue = Queue.priority(loop, 5, BY_LENGTH);
        Stream.of("bb", "a").forEach(queue::tryPut);
        queue.close();

        assertThat(drained(queue)).containsExactly("a", "bb");
        assertThat(failureOf(queue::take)).isInstanceOf(QueueClosedException.class);
    }

    @Test
    void randomPutsAndTakes_areThoseOfASortedList() {
        var random = new Random(seed);
        var queue = Queue.priority(loop, 50, Comparator.<Integer>naturalOrder());
        var expected = new ArrayList<Integer>();
        for (int i = 0; i < 2_000; i++) {
            if (random.nextBoolean()) {
                int item = random.nextInt(20);
                if (queue.tryPut(item)) {
                    expected.add(item);
                    expected.sort(Comparator.naturalOrder());
                }
            } else {
                assertThat(queue.tryTake())
                        .as("seed " + seed)
                        .isEqualTo(expected.isEmpty() ? null : expected.remove(0));
            }
        }
    }
}
