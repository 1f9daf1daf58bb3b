package dev.muster.app;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The time of the step is up. */
final class TimeOutCancelTest extends CancelCase {

    private long upNanos;

    private final Map<String, FollowedRun> runs = new LinkedHashMap<>();
    private CancelRig rig;

    @Override
    void begin(CancelRig given, List<Cell> cells) throws IOException {
        rig = given;
        upNanos = System.nanoTime() + CancelRig.TIMED.toNanos();
        for (Cell cell : cells) {
            runs.put(cell.name(), rig.run(cell.name() + "_timed", cell.source(), cell.victim()));
        }
    }

    @Override
    long strike(CancelRig rig, List<Cell> cells) throws Exception {
        return upNanos;
    }

    @Override
    boolean isEnded(Cell cell) {
        return runs.get(cell.name()).isEnded();
    }

    @Override
    List<Map<String, Object>> ends(Cell cell) throws Exception {
        FollowedRun run = runs.get(cell.name());
        return List.of(run.step(cell.name()), rig.endedStep(run.id(), cell.name()));
    }

    @Override
    Expected expected() {
        return new Expected("timedOut", ".*", "no end within 3000 ms");
    }
}
