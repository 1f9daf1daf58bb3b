package dev.muster.node;

import dev.muster.json.Json;
import dev.muster.node.CancelCause.Victim;
import dev.muster.node.HangingSources.HangingSource;
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
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Measures how long work goes on at a source after the cause of its cancel: until its socket is closed or its stream reset, its thread or
 * worker is idle, or the server's own list is without it. Prints the median, the 99th percentile and the longest of each cell of the
 * matrix beside its goal for the 99th percentile: 100 ms, and 500 ms where a database is asked to end it.
 *
 * <p>The cause strikes all sources of a round at once, so each has seven others beside it. Arguments: how many rounds, 100 unless given;
 * how many of those whose cause needs a process of its own, as many unless given. With {@code --json} it prints a line of JSON for each cell
 * instead, with the time of each try in milliseconds.
 */
final class CancelTimes {

    private static final Duration TIME_OUT = Duration.ofMillis(700);
    private static final int WARM_UP = 3;

    private CancelTimes() {}

    public static void main(String[] args) throws Exception {
        List<String> words = new ArrayList<>(List.of(args));
        boolean asJson = words.remove("--json");
        int rounds = words.isEmpty() ? 100 : Integer.parseInt(words.get(0));
        int processes = words.size() > 1 ? Integer.parseInt(words.get(1)) : rounds;
        Path dir = Files.createTempDirectory("cancel-times");
        try (var rig = new CancelRig(dir, TIME_OUT)) {
            measure(rig, rounds, processes, asJson ? CancelTimes::printJson : new Table()::print);
        } finally {
            delete(dir);
        }
        // Drivers of databases leave threads behind.
        System.exit(0);
    }

    private static void measure(CancelRig rig, int rounds, int processes, Consumer<Cell> printer) throws Exception {
        Map<Supplier<CancelCause>, Integer> causes = new LinkedHashMap<>();
        causes.put(CancelCause.CallerGone::new, rounds);
        causes.put(CancelCause.TimeOut::new, rounds);
        causes.put(CancelCause.SiblingFailed::new, rounds);
        causes.put(CancelCause.Deleted::new, rounds);
        causes.put(CancelCause.CtrlC::new, processes);
        causes.put(CancelCause.Terminated::new, processes);
        ExecutorService watchers =
                Executors.newFixedThreadPool(HangingSources.names().size());
        try {
            for (int i = 0; i < WARM_UP; i++) {
                round(rig, new CancelCause.CallerGone(), watchers);
            }
            for (Map.Entry<Supplier<CancelCause>, Integer> cause : causes.entrySet()) {
                measure(rig, cause.getKey(), cause.getValue(), watchers, printer);
            }
        } finally {
            watchers.shutdownNow();
        }
    }

    private static void measure(
            CancelRig rig, Supplier<CancelCause> causes, int rounds, ExecutorService watchers, Consumer<Cell> printer)
            throws Exception {
        var times = new LinkedHashMap<String, List<Long>>();
        for (int i = 0; i < rounds; i++) {
            round(rig, causes.get(), watchers)
                    .forEach((name, nanos) ->
                            times.computeIfAbsent(name, it -> new ArrayList<>()).add(nanos));
        }
        times.forEach((name, nanos) ->
                printer.accept(new Cell(causes.get().title(), rig.sources().get(name), nanos)));
    }

    /** What was found of one cause at one source. */
    private record Cell(String cause, HangingSource source, List<Long> nanos) {
        Duration goal() {
            return source.goal();
        }
    }

    private static void printJson(Cell cell) {
        var line = new LinkedHashMap<String, Object>();
        line.put("cause", cell.cause());
        line.put("source", cell.source().title());
        line.put("goal", cell.goal().toMillis());
        line.put("ms", cell.nanos().stream().map(nanos -> nanos / 1e6).toList());
        System.out.println(Json.write(line));
    }

    /** Lines for people, below a line of titles. */
    private static final class Table {
        Table() {
            System.out.printf(
                    "%-15s %-9s %5s %10s %10s %10s %8s%n",
                    "cause", "source", "tries", "median", "p99", "longest", "goal");
        }

        void print(Cell cell) {
            List<Long> sorted = cell.nanos().stream().sorted().toList();
            long p99 = at(sorted, 0.99);
            System.out.printf(
                    Locale.ROOT,
                    "%-15s %-9s %5d %7.1f ms %7.1f ms %7.1f ms %5d ms%s%n",
                    cell.cause(),
                    cell.source().title(),
                    sorted.size(),
                    at(sorted, 0.5) / 1e6,
                    p99 / 1e6,
                    at(sorted, 1) / 1e6,
                    cell.goal().toMillis(),
                    p99 <= cell.goal().toNanos() ? "" : "  missed");
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
