package dev.muster.dev;

import dev.muster.app.Edition;
import dev.muster.app.Main;
import java.util.List;
import java.util.Optional;

/** The command line of {@code target/muster-dev.jar}: all of Muster's, with embedded sources. */
public final class DevMain {
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
        return Edition.dev(EmbeddedServices.all(Optional.empty()), () -> List.of(new UpstreamCommand()));
    }
}
