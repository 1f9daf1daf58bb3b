package dev.muster.dev;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The cache folder for unpacked files: {@code muster} below {@code $XDG_CACHE_HOME}; without that variable below {@code /var/cache}
 * for root, else below {@code ~/.cache}. Safe on any thread and across processes.
 */
final class Cache {
    private static final ConcurrentHashMap<Path, ReentrantLock> LOCKS = new ConcurrentHashMap<>();

    private final Path folder;

    Cache(Path folder) {
        this.folder = folder;
    }

    /** The cache of the current user. */
    static Cache ofUser() {
        String folder = System.getenv("XDG_CACHE_HOME");
        Path parent = folder != null && !folder.isEmpty()
                ? Path.of(folder)
                : Demotion.isRoot() ? Path.of("/var/cache") : Path.of(System.getProperty("user.home"), ".cache");
        return new Cache(parent.toAbsolutePath().resolve("muster"));
    }

    /** Fills an empty folder. */
    @FunctionalInterface
    interface Filler {
        void fill(Path folder) throws IOException, InterruptedException, Guarded.FailedException;
    }

    /** Returns the folder of this name and fills it first if it does not exist. Other threads and processes wait meanwhile. */
    Path get(String name, Filler filler) throws IOException, InterruptedException, Guarded.FailedException {
        Path entry = folder.resolve(name);
        if (Files.isDirectory(entry)) {
            return entry;
        }
        ReentrantLock lock = LOCKS.computeIfAbsent(entry, it -> new ReentrantLock());
        lock.lockInterruptibly();
        try {
            Files.createDirectories(folder);
            try (FileChannel channel = FileChannel.open(
                            folder.resolve(name + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock alone = channel.lock()) {
                if (!Files.isDirectory(entry)) {
                    fill(entry, filler);
                }
            }
            return entry;
        } catch (FileLockInterruptionException e) {
            throw new InterruptedException();
        } finally {
            lock.unlock();
        }
    }

    private void fill(Path entry, Filler filler) throws IOException, InterruptedException, Guarded.FailedException {
        Path partial = folder.resolve(entry.getFileName() + ".partial");
        DataFolder.delete(partial);
        Files.createDirectory(partial);
        try {
            filler.fill(partial);
            Files.move(partial, entry, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            DataFolder.delete(partial);
        }
    }
}
