package dev.muster.dev;

import dev.muster.Edition;
import dev.muster.Main;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The command line of {@code target/muster-dev.jar}: Muster's commands with embedded sources. */
public final class DevMain {
    /** The environment variable with the folder that keeps the data of embedded databases. */
    private static final String DATA = "MUSTER_DEV_DATA";

    private DevMain() {}

    /**
     * Runs one command and exits with its code.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        Main.main(edition(), args);
    }

    /** The additions of this jar to the production jar. */
    static Edition edition() {
        Optional<Path> lasting = Optional.ofNullable(System.getenv(DATA))
                .filter(folder -> !folder.isEmpty())
                .map(Path::of);
        return Edition.dev(EmbeddedServices.all(lasting), () -> List.of(new UpstreamCommand()));
    }
}
