package dev.muster.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OrderedLineTest {

    private static final Comparator<Item> ORDER =
            Comparator.<Item>comparingInt(item -> item.time).thenComparingInt(item -> item.number);

    private static final class Item extends IndexedHeap.Element {
        final int time;
        final int number;

        Item(int time, int number) {
            this.time = time;
            this.number = number;
        }
    }

    @Test
    void emptyLine_hasNoFirst() {
        var line = new OrderedLine<>(ORDER);

        assertThat(line.first()).isNull();
        assertThat(line.poll()).isNull();
        assertThat(line.isEmpty()).isTrue();
    }

    @Test
    void randomChanges_keepTheOrder() {
        for (long seed = 1; seed <= 200; seed++) {
            play(new Random(seed), "seed " + seed);
        }
    }

    /** Beside a list that is sorted anew each time; times mostly grow, so that both ring and heap are used. */
    private static void play(Random random, String what) {
        var line = new OrderedLine<>(ORDER);
        List<Item> model = new ArrayList<>();
        int growth = 1 + random.nextInt(4);
        for (int i = 0; i < 400; i++) {
            int dice = random.nextInt(10);
            if (dice < 5 || model.isEmpty()) {
                var item = new Item(i / growth - (random.nextInt(5) == 0 ? random.nextInt(50) : 0), i);
                line.add(item);
                model.add(item);
                model.sort(ORDER);
            } else if (dice < 7) {
                assertThat(line.poll()).as(what).isSameAs(model.remove(0));
            } else {
                line.remove(model.remove(random.nextInt(model.size())));
            }
            assertThat(line.size()).as(what).isEqualTo(model.size());
            assertThat(line.first()).as(what).isSameAs(model.isEmpty() ? null : model.get(0));
        }
        for (Item item : model) {
            assertThat(line.poll()).as(what).isSameAs(item);
        }
    }

    @Test
    void manyThatPassBesideOneThatStays_takeNoMoreRoom() {
        var line = new OrderedLine<>(ORDER);
        var stays = new Item(0, 0);
        line.add(stays);
        IntStream.range(1, 100_000).mapToObj(i -> new Item(i, i)).forEach(item -> {
            line.add(item);
            line.remove(item);
        });

        assertThat(line.capacity()).isEqualTo(16);
        assertThat(line.poll()).isSameAs(stays);
    }

    @Test
    void gapsInTheMidst_areClosed() {
        var line = new OrderedLine<>(ORDER);
        line.add(new Item(0, 0));
        var before = new Item(1, 1);
        line.add(before);
        for (int i = 2; i < 100_000; i++) {
            var next = new Item(i, i);
            line.add(next);
            line.remove(before);
            before = next;
        }

        assertThat(line.size()).isEqualTo(2);
        assertThat(line.capacity()).isEqualTo(16);
    }
}
