package dev.muster.dev;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Operations on whole folders. */
final class Folders {

    private Folders() {}

    /** Removes a folder and its content, if it exists. Files that another process removes meanwhile are ignored. */
    static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        List<Path> all;
        try (Stream<Path> walk = Files.walk(folder)) {
            all = walk.sorted(Comparator.reverseOrder()).toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        for (Path path : all) {
            Files.deleteIfExists(path);
        }
    }

    /** Removes a folder. On failure it is registered for removal at the exit of the JVM. */
    static void deleteQuietly(Path folder) {
        try {
            delete(folder);
        } catch (NoSuchFileException e) {
            return;
        } catch (IOException e) {
            folder.toFile().deleteOnExit();
        }
    }
}
