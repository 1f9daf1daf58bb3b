package dev.muster.app;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A step of the same run fails. */
final class SiblingFailedCancelTest extends CancelCase {

    private final Map<String, FollowedRun> runs = new LinkedHashMap<>();
    private CancelRig rig;

    @Override
    void begin(CancelRig given, List<Cell> cells) throws IOException {
        rig = given;
        for (Cell cell : cells) {
            runs.put(cell.name(), rig.run(cell.name(), cell.source(), cell.victim()));
        }
    }

    @Override
    long strike(CancelRig rig, List<Cell> cells) throws Exception {
        long struckNanos = System.nanoTime();
        for (Cell cell : cells) {
            rig.requests().answer("/other/" + cell.victim(), 500, "{}");
        }
        return struckNanos;
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
        return new Expected("cancelled", "other", "other failed: .*");
    }
}
