package dev.muster.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A folder with an empty configuration in it, and plans beside that. */
abstract class CommandCase {

    @TempDir
    Path dir;

    String conf = "";

    @BeforeEach
    void makeConfiguration() throws IOException {
        conf = Files.createDirectories(dir.resolve("conf/plans")).getParent().toString();
    }

    /** Writes a plan; gives its path. */
    final String plan(String name, String rest) throws IOException {
        return Files.writeString(dir.resolve(name + ".yaml"), "plan: " + name + "\n" + rest + "\n")
                .toString();
    }
}
