package dev.muster.dev;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The data folder of a server: a temporary one that is removed with the server, or a lasting one locked by this process. */
final class DataFolder implements AutoCloseable {
    private static final Duration COPY_LIMIT = Duration.ofSeconds(60);

    private final Path folder;
    private final @Nullable FileChannel lock;

    private DataFolder(Path folder, @Nullable FileChannel lock) {
        this.folder = folder;
        this.lock = lock;
    }

    static DataFolder temporary(String kind) throws IOException {
        return new DataFolder(Files.createTempDirectory("muster-" + kind + "-"), null);
    }

    /** The lasting folder of this kind below a parent; fails if another process uses it. */
    static DataFolder lasting(String kind, Path parent) throws IOException, Guarded.FailedException {
        Path folder = Files.createDirectories(parent.toAbsolutePath().resolve(kind));
        FileChannel channel =
                FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return new DataFolder(folder, channel);
            }
            channel.close();
        } catch (OverlappingFileLockException e) {
            // This process uses it.
            channel.close();
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        throw new Guarded.FailedException("another process uses " + folder + "; stop it or use another folder");
    }

    boolean isLasting() {
        return lock != null;
    }

    /** The whole folder. */
    Path path() {
        return folder;
    }

    /** Creates the server's data as a copy of a template, either completely or not at all. */
    void copyFrom(Path template) throws IOException, InterruptedException, Guarded.FailedException {
        Path partial = folder.resolve("data.partial");
        delete(partial);
        List<String> command = List.of("cp", "-R", template.toString(), partial.toString());
        Guarded.run("cp", command, removable(), Path.of("/dev/null"), COPY_LIMIT);
        Files.move(partial, data());
    }

    /** The server's own folder, which might not exist yet. */
    Path data() {
        return folder.resolve("data");
    }

    /** Whether {@link #keep} was called for this database, even by an earlier process. */
    boolean isKept(String database) {
        return Files.exists(mark(database));
    }

    /** Records that a database is complete. */
    void keep(String database) {
        try {
            Files.writeString(mark(database), "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path mark(String database) {
        return folder.resolve("whole-" + URLEncoder.encode(database, UTF_8));
    }

    /** The folder to remove with the server; an empty path for none. */
    Path removable() {
        return isLasting() ? Path.of("") : folder;
    }

    /** Removes a temporary folder; releases a lasting one for other processes. */
    @Override
    public void close() {
        if (lock == null) {
            deleteQuietly(folder);
            return;
        }
        try {
            lock.close();
        } catch (IOException e) {
            // The lock ends with the process.
            return;
        }
    }

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
    private static void deleteQuietly(Path folder) {
        try {
            delete(folder);
        } catch (NoSuchFileException e) {
            return;
        } catch (IOException e) {
            folder.toFile().deleteOnExit();
        }
    }
}
