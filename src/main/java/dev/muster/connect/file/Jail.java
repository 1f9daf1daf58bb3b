package dev.muster.connect.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttributeView;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Opens files below one folder and nowhere else. Blocks; runs on the pool.
 *
 * <p>Links are followed if they lead to a place below the folder. Where the system offers {@link SecureDirectoryStream} (Linux and
 * other Unixes), this is guaranteed: the path is resolved with its links and must lie below the folder's real path. The resolved
 * names are then opened one by one, each relative to the open parent folder and without following links. If a name is renamed or
 * linked in the meantime, nothing outside is opened, created or replaced; the call fails. On other systems only the last name is
 * opened without following links, and the parent is resolved again afterwards. There, an attacker who can write in the folder and
 * wins the race can make Muster open a file outside, but cannot obtain its content.
 *
 * <p>Only regular files are opened, because a pipe or a device could block the thread. A file that is replaced by a pipe between
 * this check and the opening can still block it. It then keeps its slot in the pool until the other end of the pipe is opened.
 */
final class Jail {
    private final FileSettings source;
    private final String shown;
    private final Path root;

    /**
     * Creates a jail for one call.
     *
     * @param shown the path as the plan gave it, for errors
     * @throws IOException if the source's folder cannot be resolved
     */
    Jail(FileSettings source, String shown) throws IOException {
        this.source = source;
        this.shown = shown;
        try {
            this.root = source.folder().toRealPath();
        } catch (NoSuchFileException e) {
            throw FileErrors.of(source, shown, "cannot be found: the source's folder does not exist", e);
        }
        if (!Files.isDirectory(root)) {
            throw FileErrors.of(source, shown, "cannot be found: the source's folder is not a folder");
        }
    }

    /** Opens a file for reading. */
    FileChannel read(List<Path> names) throws IOException {
        Path real = inside(joined(names).toRealPath());
        try (Folder folder = folder(real)) {
            folder.mustBeFile(real.getFileName(), true);
            return folder.open(real.getFileName(), Set.of(StandardOpenOption.READ));
        }
    }

    /** Opens a file for appending. Creates the file, but not its folder, if it does not exist. */
    FileChannel append(List<Path> names) throws IOException {
        Path real = existingOrNew(names);
        try (Folder folder = folder(real)) {
            folder.mustBeFile(real.getFileName(), false);
            return folder.open(
                    real.getFileName(),
                    Set.of(StandardOpenOption.WRITE, StandardOpenOption.APPEND, StandardOpenOption.CREATE));
        }
    }

    /** Opens the folder of a file to write. A link is resolved, so that its target is replaced instead of the link. */
    Target target(List<Path> names) throws IOException {
        Path real = existingOrNew(names);
        Folder folder = folder(real);
        try {
            folder.mustBeFile(real.getFileName(), false);
            return new Target(folder, real.getFileName());
        } catch (IOException | RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    /** A file to write, with its folder held open. */
    record Target(Folder folder, Path name) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            folder.close();
        }
    }

    private Path joined(List<Path> names) {
        Path path = root;
        for (Path name : names) {
            path = path.resolve(name);
        }
        return path;
    }

    private Path existingOrNew(List<Path> names) throws IOException {
        Path path = joined(names);
        Path parent;
        try {
            parent = inside(parent(path).toRealPath());
        } catch (NoSuchFileException e) {
            throw FileErrors.of(source, shown, "cannot be created: its folder does not exist", e);
        }
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            try {
                return inside(path.toRealPath());
            } catch (NoSuchFileException e) {
                throw FileErrors.of(source, shown, "is a dangling link", e);
            }
        }
        return parent.resolve(path.getFileName());
    }

    /** The parent of a path below the root, which always has one. */
    private static Path parent(Path path) {
        return Objects.requireNonNull(path.getParent());
    }

    private Path inside(Path real) {
        if (!real.startsWith(root)) {
            throw FileErrors.outside(source, shown);
        }
        return real;
    }

    /** Opens the parent of a resolved path, name by name from the root. */
    @SuppressWarnings("StreamResourceLeak") // closed by the folder, or on failure before there is one
    private Folder folder(Path real) throws IOException {
        if (real.equals(root)) {
            throw FileErrors.of(source, shown, "is a folder");
        }
        DirectoryStream<Path> stream = Files.newDirectoryStream(root);
        if (!(stream instanceof SecureDirectoryStream<Path> first)) {
            stream.close();
            return new Folder(null, parent(real));
        }
        SecureDirectoryStream<Path> at = first;
        try {
            for (Path name : root.relativize(parent(real))) {
                if (!name.toString().isEmpty()) {
                    SecureDirectoryStream<Path> inner = at.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS);
                    at.close();
                    at = inner;
                }
            }
            return new Folder(at, parent(real));
        } catch (IOException | RuntimeException e) {
            at.close();
            throw e;
        }
    }

    /** An open folder in which names are opened without following links. */
    final class Folder implements AutoCloseable {
        private final @Nullable SecureDirectoryStream<Path> secure;
        private final Path path;

        Folder(@Nullable SecureDirectoryStream<Path> secure, Path path) {
            this.secure = secure;
            this.path = path;
        }

        void mustBeFile(Path name, boolean mustExist) throws IOException {
            BasicFileAttributes found;
            try {
                found = view(name, BasicFileAttributeView.class).readAttributes();
            } catch (NoSuchFileException e) {
                if (mustExist) {
                    throw e;
                }
                return;
            }
            if (found.isDirectory()) {
                throw FileErrors.of(source, shown, "is a folder");
            }
            if (found.isSymbolicLink()) {
                throw FileErrors.of(source, shown, "was replaced by a link during the operation");
            }
            if (!found.isRegularFile()) {
                throw FileErrors.of(source, shown, "is not a regular file but a pipe, a socket or a device");
            }
        }

        <V extends FileAttributeView> V view(Path name, Class<V> type) {
            return secure == null
                    ? Files.getFileAttributeView(path.resolve(name), type, LinkOption.NOFOLLOW_LINKS)
                    : secure.getFileAttributeView(name, type, LinkOption.NOFOLLOW_LINKS);
        }

        FileChannel open(Path name, Set<? extends OpenOption> how) throws IOException {
            Set<OpenOption> options = new HashSet<>(how);
            options.add(LinkOption.NOFOLLOW_LINKS);
            SeekableByteChannel channel = secure == null
                    ? Files.newByteChannel(path.resolve(name), options)
                    : secure.newByteChannel(name, options);
            if (channel instanceof FileChannel file && isStillHere()) {
                return file;
            }
            channel.close();
            throw FileErrors.outside(source, shown);
        }

        void move(Path from, Path to) throws IOException {
            if (secure != null) {
                secure.move(from, secure, to);
            } else {
                Files.move(path.resolve(from), path.resolve(to), StandardCopyOption.ATOMIC_MOVE);
            }
        }

        void delete(Path name) throws IOException {
            if (secure == null) {
                Files.deleteIfExists(path.resolve(name));
            } else {
                secure.deleteFile(name);
            }
        }

        @Override
        public void close() throws IOException {
            if (secure != null) {
                secure.close();
            }
        }

        private boolean isStillHere() throws IOException {
            return secure != null || path.toRealPath().equals(path);
        }
    }
}
