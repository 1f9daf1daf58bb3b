package dev.muster.app;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The caller closes its connection. */
final class CallerGoneCancelTest extends CancelCase {

    private final Map<String, RawCaller> callers = new LinkedHashMap<>();
    private final Map<String, FollowedRun> runs = new LinkedHashMap<>();
    private CancelRig rig;

    @Override
    void begin(CancelRig given, List<Cell> cells) throws IOException {
        rig = given;
        for (Cell cell : cells) {
            var caller = new RawCaller(rig.port());
            callers.put(cell.name(), caller);
            runs.put(cell.name(), CancelRig.run(caller, cell.name(), cell.source(), cell.victim()));
        }
    }

    @Override
    long strike(CancelRig rig, List<Cell> cells) throws IOException {
        cells.forEach(cell -> runs.get(cell.name()).id());
        long struckNanos = System.nanoTime();
        for (Cell cell : cells) {
            callers.get(cell.name()).close();
        }
        return struckNanos;
    }

    @Override
    boolean isEnded(Cell cell) throws Exception {
        return rig.hasEnded(runs.get(cell.name()).id());
    }

    @Override
    List<Map<String, Object>> ends(Cell cell) throws Exception {
        return List.of(rig.endedStep(runs.get(cell.name()).id(), cell.name()));
    }

    @Override
    Expected expected() {
        return new Expected("cancelled", "caller", "the caller left");
    }
}
