package dev.muster.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.muster.connect.PoolSettings;
import dev.muster.connect.Rig;
import dev.muster.connect.WorkPool;
import dev.muster.connect.file.FileConnector;
import dev.muster.connect.file.FileSettings;
import dev.muster.plan.VerbCall;
import dev.muster.task.Repeat;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Filters a large log through the verb {@code file}, flowing: megabytes a second and the peak of the heap. Arguments: the
 * file's size in MiB, 1024 if left out. Run it with a small heap, {@code -Xmx64m}, to see that memory is constant.
 */
public final class LinesBench {
    private static final int ROUNDS = 3;

    private LinesBench() {}

    /** Runs it. */
    public static void main(String[] arguments) throws IOException {
        long bytes = (arguments.length == 0 ? 1024L : Long.parseLong(arguments[0])) << 20;
        Path folder = Files.createTempDirectory("lines");
        Path file = folder.resolve("app.log");
        try {
            generate(file, bytes);
            for (String match : new String[] {"ERROR", "/ERROR .*worker-1[0-9]/", ""}) {
                for (int round = 0; round < ROUNDS; round++) {
                    measure(folder, bytes, match);
                }
            }
        } finally {
            Files.delete(file);
            Files.delete(folder);
        }
    }

    private static void generate(Path file, long bytes) throws IOException {
        var block = new StringBuilder();
        for (int i = 0; block.length() < 1 << 20; i++) {
            String level = i % 100 == 0 ? "ERROR" : "INFO";
            block.append("2024-05-06T07:08:09.123Z ")
                    .append(level)
                    .append(" [worker-")
                    .append(i % 16);
            block.append("] request ").append(i).append(" to /api/products took 12 ms, status 200\n");
        }
        byte[] piece = block.toString().getBytes(StandardCharsets.UTF_8);
        try (OutputStream out = Files.newOutputStream(file)) {
            for (long written = 0; written < bytes; written += piece.length) {
                out.write(piece);
            }
        }
    }

    private static void measure(Path folder, long bytes, String match) {
        var pool = new WorkPool(PoolSettings.blocking());
        var connector = new FileConnector(List.of(FileSettings.of("logs", folder)), pool);
        Map<String, Object> words =
                match.isEmpty() ? Map.of("lines", "app.log") : Map.of("lines", "app.log", "match", match);
        VerbCall call = Rig.call(connector.words(), "logs", words);
        System.gc();
        ManagementFactory.getMemoryPoolMXBeans().forEach(MemoryPoolMXBean::resetPeakUsage);
        long[] count = new long[1];
        var process = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long cpuBegan = process.getProcessCpuTime();
        long began = System.nanoTime();
        try (var rig = new Rig()) {
            rig.run(scope -> connector
                    .prepare(call)
                    .open(scope, Rig.arguments(call))
                    .compose(items -> Repeat.whileTrue(
                            scope,
                            () -> items.next().map(item -> {
                                count[0] += item.isPresent() ? 1 : 0;
                                return item.isPresent();
                            }))));
            double seconds = (System.nanoTime() - began) / 1e9;
            long peak = ManagementFactory.getMemoryPoolMXBeans().stream()
                    .filter(it -> it.getType() == MemoryType.HEAP)
                    .mapToLong(it -> it.getPeakUsage().getUsed())
                    .sum();
            System.out.printf(
                    "%-20s %,d lines in %.2f s (%.2f s of CPU), %.0f MB/s, peak heap %d MiB, %d jobs%n",
                    match.isEmpty() ? "(every line)" : match,
                    count[0],
                    seconds,
                    (process.getProcessCpuTime() - cpuBegan) / 1e9,
                    bytes / 1e6 / seconds,
                    peak >> 20,
                    pool.statistics().done());
            Rig.await(pool.close(rig.loop));
        }
    }
}
