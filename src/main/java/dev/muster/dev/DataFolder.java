package dev.muster.dev;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a server keeps its data: a temporary folder that goes with it, or a lasting one that is this process's alone. */
final class DataFolder implements AutoCloseable {
    private static final Duration COPY_LIMIT = Duration.ofSeconds(60);

    private final Path folder;
    private final @Nullable FileChannel lock;

    private DataFolder(Path folder, @Nullable FileChannel lock) {
        this.folder = folder;
        this.lock = lock;
    }

    static DataFolder temporary(Recipe recipe) throws IOException {
        return new DataFolder(Files.createTempDirectory("muster-" + recipe.kind() + "-"), null);
    }

    /** The one of this kind below a parent. */
    static DataFolder lasting(Recipe recipe, Path parent) throws IOException, Guarded.FailedException {
        Path folder = Files.createDirectories(parent.toAbsolutePath().resolve(recipe.kind()));
        FileChannel channel =
                FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return new DataFolder(folder, channel);
            }
        } catch (OverlappingFileLockException e) {
            channel.close();
            throw used(folder);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        channel.close();
        throw used(folder);
    }

    private static Guarded.FailedException used(Path folder) {
        return new Guarded.FailedException("another process uses " + folder + "; end it or name another folder");
    }

    boolean isLasting() {
        return lock != null;
    }

    /** All of it. */
    Path path() {
        return folder;
    }

    /** Makes the server's own as a copy: the whole of it, or nothing. */
    void copyFrom(Path template) throws IOException, InterruptedException, Guarded.FailedException {
        Path partial = folder.resolve("data.partial");
        Folders.delete(partial);
        List<String> command = List.of("cp", "-R", template.toString(), partial.toString());
        Guarded.run("cp", command, removable(), Path.of("/dev/null"), COPY_LIMIT);
        Files.move(partial, data());
    }

    /** The server's own folder; it may not exist yet. */
    Path data() {
        return folder.resolve("data");
    }

    /** What is removed with the server; an empty path is nothing. */
    Path removable() {
        return isLasting() ? Path.of("") : folder;
    }

    /** Removes it if it is temporary, else leaves it to others. */
    @Override
    public void close() {
        if (lock == null) {
            Folders.deleteQuietly(folder);
            return;
        }
        try {
            lock.close();
        } catch (IOException e) {
            // The lock goes with the process.
            return;
        }
    }
}
