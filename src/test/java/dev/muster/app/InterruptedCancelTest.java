package dev.muster.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Somebody presses Ctrl-C: SIGINT to {@code muster run}. One run is at work at all sources. */
final class InterruptedCancelTest extends CancelCase {

    private @Nullable SignalledProcess muster;
    private @Nullable FollowedRun run;

    @Override
    void begin(CancelRig rig, List<Cell> cells) throws Exception {
        Path plan = Files.writeString(rig.dir().resolve("all.yaml"), rig.planOfAll());
        var input = new LinkedHashMap<String, Object>();
        cells.forEach(cell -> input.put(cell.name(), cell.victim()));
        muster = SignalledProcess.start(
                rig.extensions(),
                "run",
                plan.toString(),
                "--conf",
                rig.conf().toString(),
                "--input",
                Json.write(input),
                "--stream");
        run = FollowedRun.of(muster.out());
    }

    @Override
    long strike(CancelRig rig, List<Cell> cells) throws Exception {
        return Objects.requireNonNull(muster).signal("INT");
    }

    @Override
    boolean isEnded(Cell cell) {
        return run().isEnded();
    }

    @Override
    List<Map<String, Object>> ends(Cell cell) {
        return List.of(run().step(cell.name()));
    }

    @Override
    Expected expected() {
        return new Expected("cancelled", ".*", "SIGINT.*");
    }

    @Override
    void end() throws Exception {
        try (SignalledProcess ending = muster) {
            assertThat(Objects.requireNonNull(ending).code()).isEqualTo(130);
        }
    }

    private FollowedRun run() {
        return Objects.requireNonNull(run);
    }
}
