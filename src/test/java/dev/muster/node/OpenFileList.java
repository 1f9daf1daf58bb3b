package dev.muster.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;

/** The files that this process and those which it started have open, as Linux lists them. */
final class OpenFileList {

    private OpenFileList() {}

    static Set<Path> ofNodes() {
        var open = new HashSet<Path>();
        add(ProcessHandle.current(), open);
        ProcessHandle.current().children().forEach(child -> add(child, open));
        return open;
    }

    private static void add(ProcessHandle process, Set<Path> open) {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc", String.valueOf(process.pid()), "fd"))) {
            for (Path descriptor : (Iterable<Path>) descriptors::iterator) {
                addTarget(descriptor, open);
            }
        } catch (IOException | UncheckedIOException e) {
            // The process has ended: it has nothing open.
        }
    }

    private static void addTarget(Path descriptor, Set<Path> open) {
        try {
            open.add(Files.readSymbolicLink(descriptor));
        } catch (IOException e) {
            // Closed meanwhile.
        }
    }
}
