package dev.muster.app;

import dev.muster.app.CancelCause.Victim;
import dev.muster.app.HangingSources.HangingSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Measures how long work goes on at a source after the cause of its cancel: until its socket is closed or its stream reset, its thread or
 * worker is idle, or the server's own list is without it. Prints the median, the 99th percentile and the longest of each cell of the
 * matrix beside its goal for the 99th percentile: 100 ms, and 500 ms where a database is asked to end it.
 *
 * <p>The cause strikes all sources of a round at once, so each has seven others beside it. Arguments: how many rounds, 100 unless given;
 * how many of those whose cause needs a process of its own, as many unless given.
 */
final class CancelTimes {

    private static final Duration TIME_OUT = Duration.ofMillis(700);
    private static final int WARM_UP = 3;

    private CancelTimes() {}

    public static void main(String[] args) throws Exception {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 100;
        int processes = args.length > 1 ? Integer.parseInt(args[1]) : rounds;
        Path dir = Files.createTempDirectory("cancel-times");
        try (var rig = new CancelRig(dir, TIME_OUT)) {
            measure(rig, rounds, processes);
        } finally {
            delete(dir);
        }
        // Drivers of databases leave threads behind.
        System.exit(0);
    }

    private static void measure(CancelRig rig, int rounds, int processes) throws Exception {
        Map<Supplier<CancelCause>, Integer> causes = new LinkedHashMap<>();
        causes.put(CancelCause.CallerGone::new, rounds);
        causes.put(CancelCause.TimeOut::new, rounds);
        causes.put(CancelCause.SiblingFailed::new, rounds);
        causes.put(CancelCause.Deleted::new, rounds);
        causes.put(CancelCause.CtrlC::new, processes);
        causes.put(CancelCause.Terminated::new, processes);
        System.out.printf(
                "%-15s %-9s %5s %10s %10s %10s %8s%n", "cause", "source", "tries", "median", "p99", "longest", "goal");
        ExecutorService watchers =
                Executors.newFixedThreadPool(HangingSources.names().size());
        try {
            for (int i = 0; i < WARM_UP; i++) {
                round(rig, new CancelCause.CallerGone(), watchers);
            }
            for (Map.Entry<Supplier<CancelCause>, Integer> cause : causes.entrySet()) {
                measure(rig, cause.getKey(), cause.getValue(), watchers);
            }
        } finally {
            watchers.shutdownNow();
        }
    }

    private static void measure(CancelRig rig, Supplier<CancelCause> causes, int rounds, ExecutorService watchers)
            throws Exception {
        var times = new LinkedHashMap<String, List<Long>>();
        for (int i = 0; i < rounds; i++) {
            round(rig, causes.get(), watchers)
                    .forEach((name, nanos) ->
                            times.computeIfAbsent(name, it -> new ArrayList<>()).add(nanos));
        }
        for (Map.Entry<String, List<Long>> cell : times.entrySet()) {
            HangingSource source = rig.sources().get(cell.getKey());
            Duration goal = source.goal();
            List<Long> sorted = cell.getValue().stream().sorted().toList();
            long p99 = at(sorted, 0.99);
            System.out.printf(
                    Locale.ROOT,
                    "%-15s %-9s %5d %7.1f ms %7.1f ms %7.1f ms %5d ms%s%n",
                    causes.get().title(),
                    source.title(),
                    sorted.size(),
                    at(sorted, 0.5) / 1e6,
                    p99 / 1e6,
                    at(sorted, 1) / 1e6,
                    goal.toMillis(),
                    p99 <= goal.toNanos() ? "" : "  missed");
        }
    }

    /** The least value that so large a part of them does not pass. */
    private static long at(List<Long> sorted, double part) {
        return sorted.get((int) Math.ceil(part * sorted.size()) - 1);
    }

    /** Strikes a run at each source; how long each took to be gone, in nanoseconds. */
    private static Map<String, Long> round(CancelRig rig, CancelCause cause, ExecutorService watchers)
            throws Exception {
        var times = new LinkedHashMap<String, Long>();
        List<Victim> victims = rig.victims();
        try (cause) {
            victims.forEach(victim -> rig.requests().answer("/clean/" + victim.number(), 200, "1"));
            cause.begin(rig, victims);
            victims.forEach(victim -> victim.source().await(victim.number()));
            var gone = new LinkedHashMap<Victim, CompletableFuture<Long>>();
            victims.forEach(victim -> gone.put(
                    victim, CompletableFuture.supplyAsync(() -> victim.source().goneNanos(victim.number()), watchers)));
            for (Victim victim : victims) {
                times.put(victim.name(), cause.strike(rig, victim));
            }
            gone.forEach((victim, nanos) ->
                    times.computeIfPresent(victim.name(), (name, struckNanos) -> nanos.join() - struckNanos));
            for (Victim victim : victims) {
                cause.ends(rig, victim);
            }
        }
        victims.stream()
                .filter(victim -> victim.source().writes())
                .forEach(victim -> victim.source().release(victim.number()));
        return times;
    }

    private static void delete(Path dir) throws Exception {
        try (Stream<Path> all = Files.walk(dir)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
