package dev.muster.bench;

import dev.muster.bench.Bounds.Bound;
import dev.muster.bench.Bounds.Cost;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.profile.LinuxPerfNormProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * The guard of {@code scripts/bench/guard}: measures with JMH what one operation of {@link KernelAllocation} and
 * {@link HttpAllocation} allocates, and compares it with {@link Bounds}.
 *
 * <p>Each benchmark has a JVM of its own that compiles with C1 only. C2 removes allocations depending on what it inlined, which
 * depends on when it compiled, so that the same code has several figures. With C1 the figure depends on the code alone: it is
 * stable after a short warm-up, and independent of the load of the machine.
 */
public final class Guard {

    private static final String KERNEL = "\\bKernelAllocation";
    private static final String HTTP = "\\bHttpAllocation";
    private static final String ALLOCATED = "gc.alloc.rate.norm";
    private static final String INSTRUCTIONS = "instructions:u";

    private final Bounds bounds;
    private final PrintStream out;
    private int warmUps = 3;
    private int iterations = 5;
    private TimeValue time = TimeValue.milliseconds(400);
    private final List<String> jvmOptions = new ArrayList<>();

    Guard(Bounds bounds, PrintStream out) {
        this.bounds = bounds;
        this.out = out;
        // Collections do not affect the figures; the fixed heap keeps references at four bytes.
        jvmOptions.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xms512m", "-Xmx512m"));
        jvmOptions.add("--enable-native-access=ALL-UNNAMED");
        if (Runtime.version().feature() >= 24) {
            // As in scripts/muster.
            jvmOptions.add("--sun-misc-unsafe-memory-access=allow");
        }
    }

    /** Measures the named benchmarks, or all. Exits with 1 if a cost exceeds its bound, with 2 for an unknown name. */
    public static void main(String[] args) throws IOException, RunnerException {
        List<String> names = List.of(args);
        Bounds bounds = Bounds.read(Bounds.FILE);
        if (!bounds.names().containsAll(names)) {
            System.err.println(
                    "usage: scripts/bench/guard [NAME…]; the names are " + String.join(", ", bounds.names()));
            System.exit(2);
        }
        System.exit(new Guard(bounds, System.out).run(names) ? 0 : 1);
    }

    /** Shortens the measurement, for a test of the guard. */
    Guard brief() {
        warmUps = 2;
        iterations = 3;
        time = TimeValue.milliseconds(200);
        return this;
    }

    /** Adds options for the JVMs that measure. */
    Guard with(String... options) {
        jvmOptions.addAll(List.of(options));
        return this;
    }

    /** Measures and prints. Returns whether every cost is within its bounds. */
    boolean run(List<String> names) throws RunnerException {
        Map<String, Cost> measured = measure(names);
        table(measured);
        for (String note : bounds.wide(measured)) {
            out.println("guard: " + note);
        }
        List<String> exceeded = bounds.exceeded(measured);
        if (names.isEmpty()) {
            bounds.names().stream()
                    .filter(name -> !measured.containsKey(name))
                    .forEach(name ->
                            exceeded.add("there is no benchmark " + name + " any more: take it out of " + Bounds.FILE));
        }
        for (String complaint : exceeded) {
            out.println("guard: " + complaint);
        }
        return exceeded.isEmpty();
    }

    private Map<String, Cost> measure(List<String> names) throws RunnerException {
        // JMH can run twice on the machine, because time is not measured.
        System.setProperty("jmh.ignoreLock", "true");
        boolean counting = isCounting();
        if (!counting) {
            out.println("guard: instructions are not measured: perf is missing, or has no counters on this machine");
        }
        Map<String, Cost> measured = new LinkedHashMap<>();
        if (names.isEmpty()) {
            measure(measured, options(counting).include(KERNEL + "\\.").include(HTTP + "\\."));
        }
        for (String name : names) {
            String last = name.substring(name.indexOf('.') + 1);
            ChainedOptionsBuilder options = options(counting);
            measure(
                    measured,
                    name.startsWith("http.")
                            ? options.include(HTTP + "\\.").param("plan", last)
                            : options.include(KERNEL + "\\." + last + "$"));
        }
        return measured;
    }

    private ChainedOptionsBuilder options(boolean counting) {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .forks(1)
                .threads(1)
                .warmupIterations(warmUps)
                .warmupTime(time)
                .measurementIterations(iterations)
                .measurementTime(time)
                .jvmArgs(jvmOptions.toArray(String[]::new))
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT)
                .addProfiler(GCProfiler.class);
        return counting ? options.addProfiler(LinuxPerfNormProfiler.class, "events=" + INSTRUCTIONS) : options;
    }

    private static void measure(Map<String, Cost> measured, ChainedOptionsBuilder options) throws RunnerException {
        for (RunResult result : new Runner(options.build()).run()) {
            Result<?> instructions = result.getSecondaryResults().get(INSTRUCTIONS);
            measured.put(
                    name(result.getParams()),
                    new Cost(
                            allocated(result),
                            instructions == null
                                    ? OptionalDouble.empty()
                                    : OptionalDouble.of(instructions.getScore())));
        }
    }

    private static String name(BenchmarkParams params) {
        String plan = params.getParam("plan");
        return plan == null ? params.getBenchmark().replaceFirst(".*\\.", "kernel.") : "http." + plan;
    }

    /** Returns the median of the iterations: an allocation that is made once, and not by each operation, is in one of them only. */
    private static double allocated(RunResult result) {
        double[] bytes = result.getBenchmarkResults().stream()
                .flatMap(fork -> fork.getIterationResults().stream())
                .mapToDouble(iteration ->
                        iteration.getSecondaryResults().get(ALLOCATED).getScore())
                .sorted()
                .toArray();
        return bytes[bytes.length / 2];
    }

    private void table(Map<String, Cost> measured) {
        out.printf(
                Locale.ROOT,
                "%-18s %10s %10s %14s %14s%n",
                "one operation of",
                "bytes",
                "bound",
                "instructions",
                "bound");
        measured.forEach((name, cost) -> {
            Optional<Bound> bound = bounds.of(name);
            out.printf(
                    Locale.ROOT,
                    "%-18s %,10.0f %10s %14s %14s%n",
                    name,
                    cost.bytes(),
                    bound.map(it -> shown(OptionalDouble.of(it.bytes()))).orElse("-"),
                    shown(cost.instructions()),
                    bound.map(it -> shown(it.instructions())).orElse("-"));
        });
    }

    private static String shown(OptionalDouble number) {
        return number.isPresent() ? String.format(Locale.ROOT, "%,.0f", number.getAsDouble()) : "-";
    }

    /** Whether perf counts instructions here; many virtual machines have no counters. */
    private static boolean isCounting() {
        try {
            Process perf = new ProcessBuilder("perf", "stat", "-x,", "-e", INSTRUCTIONS, "true")
                    .redirectErrorStream(true)
                    .start();
            String said = new String(perf.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return perf.waitFor() == 0 && said.lines().anyMatch(line -> line.matches("\\d+,.*" + INSTRUCTIONS + ".*"));
        } catch (IOException missing) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
