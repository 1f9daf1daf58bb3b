package dev.muster.node;

import static dev.muster.Soon.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.muster.json.Json;
import dev.muster.node.CancelCause.Victim;
import dev.muster.node.HangingSources.HangingSource;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One cause of cancels, at every source: a row of the matrix, a test a cell.
 *
 * <p>At every source a run hangs, and beside it another of the same step. Once the servers show the work of all, the cause strikes. As
 * soon as a run's clean-up arrives, which is held until then, it is written down what the server shows and whether the run goes on.
 */
@EnabledOnOs(OS.LINUX)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
abstract class CancelCase {

    private static final Duration EMPTY_WITHIN = Duration.ofSeconds(5);

    private static final int MAX_WORK_A_CORE = 4;

    private final CancelCause cause;
    private final Map<String, Cell> cells = new LinkedHashMap<>();
    private final Map<String, Long> struckNanos = new ConcurrentHashMap<>();
    private CancelRig rig;

    CancelCase(CancelCause cause) {
        this.cause = cause;
    }

    /** What was seen when the clean-up of a run arrived, when that was, and what the run beside it gave. */
    private record Seen(
            boolean isUnderWay, boolean isNeighbourUnderWay, boolean isEnded, long atNanos, Object neighbourGave) {}

    /** A run that is struck, and the one beside it. */
    private record Cell(Victim victim, long neighbour, FollowedRun besides, CompletableFuture<Seen> seen) {
        HangingSource source() {
            return victim.source();
        }
    }

    static List<String> sources() {
        return HangingSources.names();
    }

    @BeforeAll
    final void strikeAndWatch(@TempDir Path dir) throws Exception {
        rig = new CancelRig(dir);
        List<Victim> victims = rig.victims();
        for (Victim victim : victims) {
            HangingSource source = victim.source();
            long neighbour = rig.nextNumber();
            source.prepare(neighbour);
            rig.requests().answer("/other/" + neighbour, 200, "1");
            FollowedRun besides = rig.run(victim.name(), source, neighbour);
            cells.put(victim.name(), new Cell(victim, neighbour, besides, new CompletableFuture<>()));
        }
        cells.values().forEach(cell -> cell.source().await(cell.neighbour()));
        cause.begin(rig, victims);
        victims.forEach(victim -> victim.source().await(victim.number()));
        cells.values().forEach(this::watch);
        for (Victim victim : victims) {
            struckNanos.put(victim.name(), cause.strike(rig, victim));
        }
        for (Cell cell : cells.values()) {
            cell.seen().handle((seen, failure) -> failure).get(1, TimeUnit.MINUTES);
        }
    }

    /** Waits for the clean-up of a run, on a thread of its own: every run has a server to be asked just then. */
    private void watch(Cell cell) {
        var watcher = new Thread(
                () -> {
                    try {
                        cell.seen().complete(seen(cell));
                    } catch (Exception | AssertionError e) {
                        cell.seen().completeExceptionally(e);
                    }
                },
                "watches-" + cell.victim().name());
        watcher.setDaemon(true);
        watcher.start();
    }

    private Seen seen(Cell cell) throws Exception {
        HangingSource source = cell.source();
        long victim = cell.victim().number();
        rig.requests().await("/clean/" + victim);
        if (!source.isGoneWhenConfirmed()) {
            source.goneNanos(victim);
        }
        boolean isUnderWay = source.isUnderWay(victim);
        long atNanos = System.nanoTime();
        boolean isNeighbourUnderWay = source.isUnderWay(cell.neighbour());
        boolean isEnded = cause.isEnded(rig, cell.victim());
        rig.requests().answer("/clean/" + victim, 200, "1");
        rig.requests().answer("/clean/" + cell.neighbour(), 200, "1");
        source.release(cell.neighbour());
        Object gave = cell.besides().end().get("output");
        return new Seen(isUnderWay, isNeighbourUnderWay, isEnded, atNanos, gave);
    }

    @AfterAll
    final void close() throws Exception {
        try (CancelRig closing = rig) {
            cause.close();
        }
    }

    @ParameterizedTest
    @MethodSource("sources")
    final void workEndsAtItsSource_thenCleansUp_thenTheRunEnds_andNobodyElseIsHit(String name) throws Exception {
        Cell cell = Objects.requireNonNull(cells.get(name));
        HangingSource source = cell.source();
        List<Map<String, Object>> ends = cause.ends(rig, cell.victim());
        ends.forEach(CancelCase::assumeTime);
        Seen seen = soon(cell.seen());
        assertThat(seen.isUnderWay())
                .as("work at the server when the clean-up began")
                .isFalse();
        assertThat(Duration.ofNanos(seen.atNanos() - struckNanos.get(name))).isLessThan(EMPTY_WITHIN);
        assertThat(seen.isEnded()).as("the run had ended before its clean-up").isFalse();
        assertThat(seen.isNeighbourUnderWay()).as("the work beside it").isTrue();
        assertThat(seen.neighbourGave()).isEqualTo(Json.parse(source.result(cell.neighbour())));
        if (source.writes()) {
            source.release(cell.victim().number());
            assertThat(source.hasEffect(cell.victim().number()))
                    .as("what was cancelled wrote")
                    .isFalse();
            assertThat(source.hasEffect(cell.neighbour())).isTrue();
        }
        for (Map<String, Object> end : ends) {
            assertThat(end).containsEntry("state", cause.state());
            checkReceipt(source, end);
        }
    }

    /** On a machine with many times the work that it can do, two seconds may be too short for any server to confirm a cancel. */
    private static void assumeTime(Map<String, Object> end) {
        boolean isClosed = end.get("cancel") instanceof Map<?, ?> receipt && "closed".equals(receipt.get("state"));
        OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
        boolean isBusy = system.getSystemLoadAverage() > MAX_WORK_A_CORE * system.getAvailableProcessors();
        assumeFalse(isClosed && isBusy, "the machine is too busy to confirm a cancel in time");
    }

    private void checkReceipt(HangingSource source, Map<String, Object> end) {
        Map<?, ?> receipt = (Map<?, ?>) end.get("cancel");
        assertThat(receipt).as("the receipt in %s", end).isNotNull();
        assertThat(receipt.get("by")).isEqualTo(cause.by());
        assertThat(String.valueOf(receipt.get("why"))).matches(cause.why());
        assertThat(receipt.get("source")).isEqualTo(source.target());
        assertThat(receipt.get("state")).isEqualTo("confirmed");
        assertThat(((Number) receipt.get("ms")).doubleValue()).isBetween(0.0, (double) EMPTY_WITHIN.toMillis());
    }
}
