package dev.muster.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LineTest {
    private final Line<Someone> line = new Line<>();

    @Test
    void anyComingAndLeaving_keepsTheOrder() {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        var expected = new ArrayList<Someone>();
        var all = new ArrayList<>(List.of(new Someone(), new Someone(), new Someone(), new Someone(), new Someone()));
        for (int turn = 0; turn < 2_000; turn++) {
            Someone one = all.get(random.nextInt(all.size()));
            if (line.contains(one) || random.nextInt(4) == 0) {
                line.remove(one);
                expected.remove(one);
            } else {
                line.append(one);
                expected.add(one);
            }
            assertThat(line.size()).as("seed %d", seed).isEqualTo(expected.size());
            assertThat(line.first()).as("seed %d", seed).isSameAs(expected.isEmpty() ? null : expected.get(0));
        }
        var left = new ArrayList<Someone>();
        for (Someone one = line.first(); one != null; one = line.first()) {
            left.add(one);
            line.remove(one);
        }
        assertThat(left).as("seed %d", seed).isEqualTo(expected);
    }

    @Test
    void append_ofOneThatWaitsAlready_isRefused() {
        var one = new Someone();
        line.append(one);
        assertThatThrownBy(() -> line.append(one)).isInstanceOf(IllegalStateException.class);
        assertThat(line.size()).isEqualTo(1);
    }

    private static final class Someone extends Line.Place<Someone> {}
}
