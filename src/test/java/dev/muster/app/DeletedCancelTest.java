package dev.muster.app;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Somebody cancels the run by {@code DELETE /v1/runs/ID}. */
final class DeletedCancelTest extends CancelCase {

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
        List<String> ids = cells.stream().map(cell -> runs.get(cell.name()).id()).toList();
        long struckNanos = System.nanoTime();
        for (String id : ids) {
            rig.delete(id);
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
        return new Expected("cancelled", ".*", "cancelled by .*");
    }
}
