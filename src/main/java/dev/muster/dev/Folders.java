package dev.muster.dev;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Folders as a whole. */
final class Folders {

    private Folders() {}

    /** Removes a folder and all in it, if it is there; what another process removes meanwhile is no matter. */
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

    /** The same, where there is nobody to tell that it cannot be done. */
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
