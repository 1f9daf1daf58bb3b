package dev.muster.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.app.HangingSources.HangingSource;
import dev.muster.json.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
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
    private static final AtomicLong NUMBERS = new AtomicLong(1000);

    private final Map<String, Cell> cells = new LinkedHashMap<>();
    private CancelRig rig;

    /** A source with the number of the run that is cancelled and of the one beside it. */
    record Cell(HangingSource source, long victim, long neighbour) {
        String name() {
            return source.name();
        }
    }

    /** What was seen when the clean-up of a cell's run arrived, and how the run beside it ended. */
    private record Seen(
            boolean isUnderWay, boolean isNeighbourUnderWay, boolean isEnded, Duration untilGone, Object neighbourGave) {}

    private final Map<String, Seen> seen = new LinkedHashMap<>();

    /** What a receipt says of who and why, a regular expression each, and how the step ends. */
    record Expected(String state, String by, String why) {}

    /** Has the runs begin. */
    abstract void begin(CancelRig rig, List<Cell> cells) throws Exception;

    /** Strikes all of them; the time of that. */
    abstract long strike(CancelRig rig, List<Cell> cells) throws Exception;

    /** Whether the run of a cell has ended, for its caller. */
    abstract boolean isEnded(Cell cell) throws Exception;

    /** The step of the cell's work, once it has ended, in all places where its receipt stands. */
    abstract List<Map<String, Object>> ends(Cell cell) throws Exception;

    abstract Expected expected();

    /** After all; whatever has begun and was not struck ends here. */
    void end() throws Exception {}

    @BeforeAll
    final void strikeAndWatch(@TempDir Path dir) throws Exception {
        rig = new CancelRig(dir);
        for (String name : HangingSources.names()) {
            var cell = new Cell(rig.sources().get(name), NUMBERS.incrementAndGet(), NUMBERS.incrementAndGet());
            cell.source().prepare(cell.victim());
            cell.source().prepare(cell.neighbour());
            cells.put(name, cell);
        }
        List<Cell> all = List.copyOf(cells.values());
        var neighbours = new LinkedHashMap<String, FollowedRun>();
        for (Cell cell : all) {
            rig.requests().answer("/other/" + cell.neighbour(), 200, "1");
            neighbours.put(cell.name(), rig.run(cell.source().name(), cell.source(), cell.neighbour()));
        }
        all.forEach(cell -> cell.source().await(cell.neighbour()));
        begin(rig, all);
        all.forEach(cell -> cell.source().await(cell.victim()));
        long struckNanos = strike(rig, all);
        for (Cell cell : all) {
            HangingSource source = cell.source();
            rig.requests().await("/clean/" + cell.victim());
            boolean isUnderWay = source.isUnderWay(cell.victim());
            boolean isNeighbourUnderWay = source.isUnderWay(cell.neighbour());
            boolean isEnded = isEnded(cell);
            rig.requests().answer("/clean/" + cell.victim(), 200, "1");
            long goneNanos = source.goneNanos(cell.victim());
            rig.requests().answer("/clean/" + cell.neighbour(), 200, "1");
            source.release(cell.neighbour());
            Object gave = neighbours.get(cell.name()).end().get("output");
            seen.put(
                    cell.name(),
                    new Seen(
                            isUnderWay,
                            isNeighbourUnderWay,
                            isEnded,
                            Duration.ofNanos(goneNanos - struckNanos),
                            gave));
        }
    }

    @AfterAll
    final void close() throws Exception {
        try {
            end();
        } finally {
            rig.close();
        }
    }

    static List<String> sources() {
        return HangingSources.names();
    }

    @ParameterizedTest
    @MethodSource("sources")
    final void workEndsAtItsSource_thenCleansUp_thenTheRunEnds_andNobodyElseIsHit(String source) throws Exception {
        Cell cell = cells.get(source);
        Seen was = seen.get(source);
        assertThat(was).as("the clean-up arrived").isNotNull();
        assertThat(was.isUnderWay()).as("work at the server when the clean-up began").isFalse();
        assertThat(was.isEnded()).as("the run had ended before its clean-up").isFalse();
        assertThat(was.untilGone()).isLessThan(EMPTY_WITHIN);
        assertThat(was.isNeighbourUnderWay()).as("the work beside it").isTrue();
        assertThat(was.neighbourGave()).isEqualTo(Json.parse(cell.source().result(cell.neighbour())));
        if (cell.source().writes()) {
            cell.source().release(cell.victim());
            assertThat(cell.source().hasEffect(cell.victim())).as("what was cancelled wrote").isFalse();
            assertThat(cell.source().hasEffect(cell.neighbour())).isTrue();
        }
        for (Map<String, Object> end : ends(cell)) {
            assertThat(end).containsEntry("state", expected().state());
        }
    }
}
