package dev.muster.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.loop.VirtualLoop;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class MemoryLeasesTest {

    @Test
    void leases_haveNothingInCommon() {
        Supplier<String> tokens = MemoryLeases.randomTokens();
        Set<String> seen = new HashSet<>();
        int[] ones = new int[22];
        int count = 10_000;
        for (int i = 0; i < count; i++) {
            String token = tokens.get();
            assertThat(token).matches("[A-Za-z0-9_-]{22}");
            assertThat(seen.add(token)).isTrue();
            for (int at = 0; at < ones.length; at++) {
                ones[at] += token.charAt(at) == 'A' ? 1 : 0;
            }
        }
        // At each place one in 64 is an A, but for the last, of two bits: no place counts up.
        for (int at = 0; at < ones.length - 1; at++) {
            assertThat(ones[at]).as("place %d", at).isBetween(count / 64 / 3, count / 64 * 3);
        }
    }

    @Test
    void jobsOfAMemoryQueue_areTakenWithSuchLeases() {
        var loop = VirtualLoop.inOrder();
        QueueSettings settings = QueueSettings.memory("q");
        var store = new MemoryStore(loop, settings);
        store.put(List.of(NewJob.of("1"), NewJob.of("2")));
        List<Job> jobs = store.take(2).result();
        assertThat(jobs).extracting(Job::lease).doesNotHaveDuplicates().allMatch(lease -> lease.length() == 22);
    }
}
