package dev.muster.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedClass;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;

/**
 * The summary of a flight recording: seconds of CPU and allocated bytes by method, frame, class, site, library and nearest own
 * frame. One file without dependencies, so that {@code java RecordingSummary.java} runs it without a build.
 * {@code scripts/bench/profile} does so, and formats its output lines: table, key and value, separated by tabs.
 *
 * <p>Samples give the place, other figures the amount. CPU: the caller passes the seconds that the threads used. JDK 25 samples
 * CPU time, in Java and in native methods alike. Older JDKs sample the two separately and at different rates: samples in Java
 * share the user time, samples in native methods share the system time, and waiting methods are left out. Bytes: the JDK counts
 * what each thread allocates, and the samples share this number by their weights.
 */
public final class RecordingSummary {
    private static final String NO_FRAME = "(no stack)";
    private static final Predicate<String> WAITS = Pattern.compile(
                    "\\.(epollWait|wait|accept|poll|park|sleep|waitFor)\\w*$")
            .asPredicate();
    private static final Predicate<String> OF_THE_JDK =
            Pattern.compile("^(java|javax|jdk|sun|com\\.sun)\\.").asPredicate();
    private static final Pattern LIBRARY = Pattern.compile("^((?:\\w+\\.){1,2}\\w+)\\.");
    private static final Pattern HIDDEN = Pattern.compile("\\$\\$(Lambda|FastClass|Proxy).*");

    private final List<String> own;
    private final Map<String, Map<String, Double>> tables = new TreeMap<>();
    private final List<RecordedEvent> cpuTime = new ArrayList<>();
    private final List<RecordedEvent> inJava = new ArrayList<>();
    private final List<RecordedEvent> inNative = new ArrayList<>();
    private final List<RecordedEvent> allocations = new ArrayList<>();
    private final Map<Long, long[]> countedByThread = new TreeMap<>();
    private final Set<Long> started = new HashSet<>();

    private RecordingSummary(List<String> own) {
        this.own = own;
    }

    /**
     * Prints the summary. Arguments: {@code FILE OWN-PREFIX,… USER-SECONDS SYSTEM-SECONDS}. The seconds are the CPU time of the
     * Java threads during the recording.
     */
    public static void main(String[] args) throws IOException {
        var sums = of(
                Path.of(args[0]),
                List.of(args[1].split(",")),
                Double.parseDouble(args[2]),
                Double.parseDouble(args[3]));
        var out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        sums.forEach((table, rows) ->
                rows.forEach((key, value) -> out.printf(Locale.ROOT, "%s\t%s\t%.9g%n", table, key, value)));
        out.flush();
    }

    /** Returns the tables by name, each a map from key to value. {@code own} has the prefixes of the names of own classes. */
    static Map<String, Map<String, Double>> of(Path file, List<String> own, double userSeconds, double systemSeconds)
            throws IOException {
        var summary = new RecordingSummary(own);
        try (var recording = new RecordingFile(file)) {
            while (recording.hasMoreEvents()) {
                summary.sort(recording.readEvent());
            }
        }
        summary.sumCpu(userSeconds, systemSeconds);
        summary.sumBytes();
        return summary.tables;
    }

    private void sort(RecordedEvent event) {
        switch (event.getEventType().getName()) {
            case "jdk.CPUTimeSample" -> cpuTime.add(event);
            case "jdk.CPUTimeSamplesLost" -> add("total", "lost samples", event.getInt("lostSamples"));
            case "jdk.ExecutionSample" -> inJava.add(event);
            case "jdk.NativeMethodSample" -> inNative.add(event);
            case "jdk.ObjectAllocationSample" -> allocations.add(event);
            case "jdk.ThreadAllocationStatistics" -> keepAllocated(event);
            case "jdk.ThreadStart" -> started.add(event.getThread("thread").getId());
            case "jdk.GarbageCollection" -> {
                add("total", "collections", 1);
                add("total", "pause seconds", event.getDuration("sumOfPauses").toNanos() / 1e9);
            }
            default -> {}
        }
    }

    private void sumCpu(double user, double system) {
        if (!cpuTime.isEmpty()) {
            double sampled =
                    cpuTime.stream().mapToDouble(RecordingSummary::period).sum();
            add("total", "sampled seconds", sampled);
            cpuTime.forEach(sample -> addCpu(sample, (user + system) * period(sample) / sampled));
            return;
        }
        inNative.removeIf(sample ->
                frames(sample).stream().limit(1).map(RecordingSummary::method).anyMatch(WAITS));
        // If one kind has no samples, the other kind gets all the time.
        double javaShare = inNative.isEmpty() ? user + system : user;
        double nativeShare = inJava.isEmpty() ? user + system : system;
        inJava.forEach(sample -> addCpu(sample, javaShare / inJava.size()));
        inNative.forEach(sample -> addCpu(sample, nativeShare / inNative.size()));
    }

    private static double period(RecordedEvent sample) {
        return sample.getDuration("samplingPeriod").toNanos() / 1e9;
    }

    private void addCpu(RecordedEvent sample, double seconds) {
        List<RecordedFrame> frames = frames(sample);
        add("total", "CPU samples", 1);
        if (frames.isEmpty()) {
            add("total", "samples without a stack", 1);
        }
        if (sample.getStackTrace() != null && sample.getStackTrace().isTruncated()) {
            add("total", "truncated stacks", 1);
        }
        add("cpu.method", frames.isEmpty() ? NO_FRAME : method(frames.get(0)), seconds);
        Set<String> seen = new HashSet<>();
        frames.stream().map(RecordingSummary::method).filter(seen::add).forEach(it -> add("cpu.frame", it, seconds));
        addOwners("cpu", frames, seconds);
    }

    private void sumBytes() {
        Map<Long, Long> allocatedByThread = new TreeMap<>();
        countedByThread.forEach(
                (thread, range) -> allocatedByThread.put(thread, range[1] - (started.contains(thread) ? 0 : range[0])));
        // The first sample of a thread that existed before the recording also weighs its earlier allocations, so it is
        // dropped.
        Set<Long> begun = new HashSet<>(started);
        allocations.sort((a, b) -> a.getStartTime().compareTo(b.getStartTime()));
        List<RecordedEvent> counted = allocations.stream()
                .filter(it ->
                        it.getThread() != null && !begun.add(it.getThread().getId()))
                .toList();
        Map<Long, Long> sampledByThread = new TreeMap<>();
        counted.forEach(it -> sampledByThread.merge(it.getThread().getId(), it.getLong("weight"), Long::sum));
        double sampled =
                counted.stream().mapToDouble(it -> it.getLong("weight")).sum();
        // A thread that ended during the recording has no final count, so its samples are used. The allocations of a
        // virtual thread are counted for its carrier.
        sampledByThread.keySet().removeIf(it -> !started.contains(it) && !countedByThread.containsKey(it));
        sampledByThread.forEach((thread, bytes) -> allocatedByThread.merge(thread, bytes, Math::max));
        double allocated =
                allocatedByThread.values().stream().mapToLong(it -> it).sum();
        add("total", "allocated bytes", allocated);
        add("total", "sampled bytes", sampled);
        add("total", "allocation samples", counted.size());
        for (RecordedEvent sample : counted) {
            double bytes = sample.getLong("weight") / sampled * allocated;
            List<RecordedFrame> frames = frames(sample);
            String type = typeName(sample.getClass("objectClass"));
            add("bytes.class", type, bytes);
            add("bytes.site", type + " in " + site(frames), bytes);
            addOwners("bytes", frames, bytes);
        }
    }

    private void keepAllocated(RecordedEvent event) {
        RecordedThread thread = event.getThread("thread");
        long bytes = event.getLong("allocated");
        if (thread != null) {
            long[] range = countedByThread.computeIfAbsent(thread.getId(), id -> new long[] {bytes, bytes});
            range[0] = Math.min(range[0], bytes);
            range[1] = Math.max(range[1], bytes);
        }
    }

    /** Adds a value by the nearest own frame and by the working library, which is that of the topmost frame outside the JDK. */
    private void addOwners(String measure, List<RecordedFrame> frames, double value) {
        String library =
                outsideJdk(frames).map(it -> library(className(it))).findFirst().orElse("JDK");
        add(measure + ".library", frames.isEmpty() ? NO_FRAME : library, value);
        String nearest = frames.stream()
                .filter(this::isOwn)
                .findFirst()
                .map(RecordingSummary::method)
                .orElse("none of ours: " + library);
        add(measure + ".own", frames.isEmpty() ? NO_FRAME : nearest, value);
    }

    private boolean isOwn(RecordedFrame frame) {
        return own.stream().anyMatch(className(frame)::startsWith);
    }

    private static Stream<RecordedFrame> outsideJdk(List<RecordedFrame> frames) {
        return frames.stream().filter(it -> !OF_THE_JDK.test(className(it)));
    }

    private static String site(List<RecordedFrame> frames) {
        return Stream.concat(outsideJdk(frames), frames.stream())
                .findFirst()
                .map(it -> method(it) + ":" + it.getLineNumber())
                .orElse(NO_FRAME);
    }

    private static List<RecordedFrame> frames(RecordedEvent event) {
        RecordedStackTrace stack = event.getStackTrace();
        return stack == null
                ? List.of()
                : stack.getFrames().stream().filter(RecordedFrame::isJavaFrame).toList();
    }

    /** Returns three parts of a package: the library, or the module of a large one. */
    private static String library(String type) {
        var found = LIBRARY.matcher(type);
        return found.find() ? found.group(1) : type;
    }

    private static String method(RecordedFrame frame) {
        return className(frame) + "." + frame.getMethod().getName();
    }

    private static String className(RecordedFrame frame) {
        return HIDDEN.matcher(frame.getMethod().getType().getName()).replaceFirst("\\$\\$$1");
    }

    private static String typeName(RecordedClass type) {
        String name = type.getName();
        int dimensions = name.lastIndexOf('[') + 1;
        if (dimensions == 0) {
            return HIDDEN.matcher(name).replaceFirst("\\$\\$$1");
        }
        String element = switch (name.charAt(dimensions)) {
            case 'B' -> "byte";
            case 'C' -> "char";
            case 'D' -> "double";
            case 'F' -> "float";
            case 'I' -> "int";
            case 'J' -> "long";
            case 'S' -> "short";
            case 'Z' -> "boolean";
            default -> name.substring(dimensions + 1, name.length() - 1);
        };
        return element + "[]".repeat(dimensions);
    }

    private void add(String table, String key, double value) {
        tables.computeIfAbsent(table, name -> new TreeMap<>()).merge(key, value, Double::sum);
    }
}
