package dev.muster.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A node is told to stop, SIGTERM to {@code muster serve}, and the time that runs have left is up. */
final class TerminatedCancelTest extends CancelCase {

    private final Map<String, FollowedRun> runs = new LinkedHashMap<>();
    private final Map<String, RawCaller> callers = new LinkedHashMap<>();
    private @Nullable SignalledProcess muster;

    @Override
    void begin(CancelRig rig, List<Cell> cells) throws Exception {
        muster = SignalledProcess.start(
                rig.extensions(),
                "serve",
                "--conf",
                rig.conf().toString());
        int port = muster.port();
        for (Cell cell : cells) {
            var caller = new RawCaller(port);
            callers.put(cell.name(), caller);
            runs.put(cell.name(), CancelRig.run(caller, cell.name(), cell.source(), cell.victim()));
        }
    }

    @Override
    long strike(CancelRig rig, List<Cell> cells) throws Exception {
        return Objects.requireNonNull(muster).signal("TERM");
    }

    @Override
    boolean isEnded(Cell cell) {
        return runs.get(cell.name()).isEnded();
    }

    @Override
    List<Map<String, Object>> ends(Cell cell) {
        return List.of(runs.get(cell.name()).step(cell.name()));
    }

    @Override
    Expected expected() {
        return new Expected("cancelled", "shutdown", "the node stops");
    }

    @Override
    void end() throws Exception {
        try (SignalledProcess ending = muster) {
            assertThat(Objects.requireNonNull(ending).code()).isZero();
        } finally {
            for (RawCaller caller : callers.values()) {
                caller.close();
            }
        }
    }
}
