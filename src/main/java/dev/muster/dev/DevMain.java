package dev.muster.dev;

import dev.muster.app.Edition;
import dev.muster.app.Main;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The command line of {@code target/muster-dev.jar}: all of Muster's, with embedded sources. */
public final class DevMain {
    /** The environment's name for the folder that keeps the data of embedded databases. */
    private static final String DATA = "MUSTER_DEV_DATA";

    private DevMain() {}

    /**
     * Runs one command and ends the process with its exit code.
     *
     * @param args the words of the command line
     */
    public static void main(String[] args) {
        Main.main(edition(), args);
    }

    /** What this jar has beyond the other. */
    static Edition edition() {
        Optional<Path> lasting = Optional.ofNullable(System.getenv(DATA))
                .filter(folder -> !folder.isEmpty())
                .map(Path::of);
        return Edition.dev(EmbeddedServices.all(lasting), () -> List.of(new UpstreamCommand()));
    }
}
