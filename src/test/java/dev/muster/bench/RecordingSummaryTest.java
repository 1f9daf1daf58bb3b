package dev.muster.bench;

import static java.util.Map.Entry.comparingByValue;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The summary of a recording with the settings of {@code scripts/bench/profile} names the busy method and the allocating one. */
class RecordingSummaryTest {
    private static final Path SETTINGS = Path.of("scripts/bench/profile.jfc");
    private static final String BUSY = Busy.class.getName();
    private static final double USER_SECONDS = 3;
    private static final double SYSTEM_SECONDS = 1;

    @TempDir
    private static Path folder;

    private static Path file;
    private static Map<String, Map<String, Double>> tables;

    @BeforeAll
    static void record() throws IOException, ParseException {
        file = folder.resolve("busy.jfr");
        try (var recording = new Recording(Configuration.create(SETTINGS))) {
            recording.start();
            Busy.work();
            recording.stop();
            recording.dump(file);
        }
        tables = RecordingSummary.of(file, List.of(BUSY), USER_SECONDS, SYSTEM_SECONDS);
    }

    @Test
    void busyMethod_isTheHottest() {
        assertThat(largestOfBusy("cpu.method")).isEqualTo(BUSY + ".burn");
        assertThat(largestOfBusy("cpu.own")).isEqualTo(BUSY + ".burn");
    }

    @Test
    void timeInTheJdk_belongsToTheNearestFrameOfOurOwn() {
        double alone = tables.get("cpu.method").getOrDefault(BUSY + ".sort", 0.0);
        assertThat(tables.get("cpu.own").get(BUSY + ".sort")).isGreaterThan(alone);
        assertThat(tables.get("cpu.method").keySet()).anyMatch(it -> it.startsWith("java.util.DualPivotQuicksort"));
    }

    @Test
    void frameThatCalls_hasTheTimeOfAllThatItCalls() {
        Map<String, Double> frames = tables.get("cpu.frame");
        assertThat(frames.get(BUSY + ".work"))
                .isGreaterThanOrEqualTo(frames.get(BUSY + ".burn") + frames.get(BUSY + ".sort"));
    }

    @Test
    void allocation_isNamedByClassAndSite() {
        assertThat(largestOfBusy("bytes.class")).isEqualTo(BUSY + "$Parcel");
        assertThat(largestOfBusy("bytes.site")).matches("\\Q" + BUSY + "$Parcel in " + BUSY + ".allocate:\\E\\d+");
        assertThat(largestOfBusy("bytes.own")).isEqualTo(BUSY + ".allocate");
        assertThat(tables.get("bytes.class")).containsKey("long[]");
    }

    @Test
    void allocatedBytes_areAtLeastWhatWasAllocated() {
        assertThat(tables.get("total").get("allocated bytes")).isGreaterThan(Busy.PARCELS * 56);
        assertThat(tables.get("bytes.own").get(BUSY + ".allocate"))
                .isBetween(Busy.PARCELS * 56 * 0.5, Busy.PARCELS * 56 * 2.0);
    }

    @Test
    void rowsOfTime_makeTheWhole() {
        for (String table : List.of("cpu.method", "cpu.own", "cpu.library")) {
            double sum =
                    tables.get(table).values().stream().mapToDouble(it -> it).sum();
            assertThat(sum).isCloseTo(USER_SECONDS + SYSTEM_SECONDS, within(1e-6));
        }
    }

    @Test
    void stackWithoutFrameOfOurOwn_isNamedByItsLibrary() throws IOException {
        var strangers = RecordingSummary.of(file, List.of("nobody."), USER_SECONDS, SYSTEM_SECONDS);
        assertThat(strangers.get("cpu.own"))
                .containsKey("none of ours: dev.muster.bench")
                .doesNotContainKey(BUSY + ".burn");
    }

    private static String largestOfBusy(String table) {
        return tables.get(table).entrySet().stream()
                .filter(row -> row.getKey().startsWith(BUSY))
                .max(comparingByValue())
                .orElseThrow()
                .getKey();
    }

    /** A program that burns CPU, sorts and allocates. */
    private static final class Busy {
        static final int PARCELS = 2_000_000;
        private static final long BURN_NANOS = 800_000_000;
        private static final long SORT_NANOS = 200_000_000;

        @SuppressWarnings("unused")
        private static volatile Object kept;

        private static volatile long sum;

        /** Six fields and a header: 56 bytes. */
        @SuppressWarnings("UnusedVariable")
        private record Parcel(long a, long b, long c, long d, long e, int f) {}

        static void work() {
            for (long end = cpuNanos() + BURN_NANOS; cpuNanos() < end; ) {
                burn();
            }
            for (long end = cpuNanos() + SORT_NANOS; cpuNanos() < end; ) {
                sort();
            }
            allocate();
        }

        private static void burn() {
            long x = sum;
            for (int i = 0; i < 200_000; i++) {
                x = x * 31 + (i ^ (x >>> 7));
            }
            sum = x;
        }

        private static void sort() {
            long[] values = new long[100_000];
            for (int i = 0; i < values.length; i++) {
                values[i] = i * 0x9E3779B97F4A7C15L;
            }
            Arrays.sort(values);
            kept = values;
        }

        private static void allocate() {
            for (int i = 0; i < PARCELS; i++) {
                kept = new Parcel(i, i, i, i, i, i);
            }
        }

        private static long cpuNanos() {
            return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        }
    }
}
