package dev.muster.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Random trees; {@code -Dmuster.trees=100000} for more of them. */
class RandomTreesTest {

    private static final int TREES = Integer.getInteger("muster.trees", 10_000);

    @Test
    void manyTrees_leaveNoOrphan() {
        LongStream.rangeClosed(1, TREES).forEach(seed -> {
            try {
                new RandomTree(seed).run();
            } catch (RuntimeException | Error failure) {
                throw new AssertionError("seed " + seed + ": " + failure.getMessage(), failure);
            }
        });
        System.out.printf("stress: %d random trees, no orphan%n", TREES);
    }

    @Test
    void tree_dependsOnItsSeedAlone() {
        LongStream.rangeClosed(1, 100)
                .forEach(seed -> assertThat(new RandomTree(seed).run())
                        .as("seed " + seed)
                        .isEqualTo(new RandomTree(seed).run()));
    }

    @Test
    void trees_differByTheirSeeds() {
        assertThat(LongStream.rangeClosed(1, 100)
                        .mapToObj(seed -> new RandomTree(seed).run())
                        .distinct())
                .hasSizeGreaterThan(90);
    }
}
