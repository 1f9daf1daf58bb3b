package dev.muster.connect.file;

import dev.muster.connect.StopSignal;
import dev.muster.json.Json;
import dev.muster.json.JsonTooLargeException;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Writes and appends. A written file appears whole, on the disk and under its name, or not at all; what is appended is
 * given to the system in pieces of up to 1 MiB, each whole beside those of others; the system brings it to the disk in its
 * own time. Blocks; a worker's job.
 */
final class WriteFile {
    private static final int PIECE_BYTES = 64 << 10;

    /** What is appended is one write up to here; the JVM keeps a direct buffer as large as that for each thread. */
    private static final int APPEND_BYTES = 1 << 20;

    private final Jail jail;

    WriteFile(FileSettings source, String shown) throws IOException {
        this.jail = new Jail(source, shown);
    }

    /** What a value is as bytes: text as it is, {@code {base64: …}} the bytes it says, anything else as JSON. */
    static byte[] content(FileSettings source, String shown, @Nullable Object value, boolean asJson) {
        byte[] bytes;
        try {
            if (value instanceof String text && !asJson) {
                bytes = StrictUtf8.encode(source, text);
            } else if (!asJson
                    && value instanceof Map<?, ?> map
                    && map.size() == 1
                    && map.get("base64") instanceof String raw) {
                bytes = Base64.getDecoder().decode(raw);
            } else {
                bytes = Json.writeBytes(value, source.maxWriteBytes());
            }
        } catch (JsonTooLargeException e) {
            throw tooLarge(source, shown);
        } catch (IllegalArgumentException e) {
            throw new MusterException(
                    ErrorType.BAD_INPUT, source.name() + ": content is not Base64: " + e.getMessage(), e);
        }
        if (bytes.length > source.maxWriteBytes()) {
            throw tooLarge(source, shown);
        }
        return bytes;
    }

    /** Writes into a new file beside the old one, has it on the disk, and gives it the old one's name and permissions. */
    void write(List<Path> names, byte[] bytes, StopSignal stop) throws IOException, InterruptedException {
        try (Jail.Target target = jail.target(names)) {
            Jail.Folder folder = target.folder();
            Path fresh = target.name().getFileSystem().getPath(".muster-" + UUID.randomUUID());
            try (FileChannel channel =
                    folder.open(fresh, Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW))) {
                try {
                    copyPermissions(folder, target.name(), fresh);
                    put(channel, bytes, stop);
                    channel.force(true);
                    stop.throwIfStopped();
                    folder.move(fresh, target.name());
                } catch (IOException | InterruptedException | RuntimeException e) {
                    discard(folder, fresh, e);
                    throw e;
                }
            }
        }
    }

    /** Adds to the end of a file, which is made if it is not there. */
    void append(List<Path> names, byte[] bytes, StopSignal stop) throws IOException, InterruptedException {
        try (FileChannel channel = jail.append(names)) {
            stop.throwIfStopped();
            for (int at = 0; at < bytes.length; ) {
                at += channel.write(ByteBuffer.wrap(bytes, at, Math.min(APPEND_BYTES, bytes.length - at)));
            }
        }
    }

    private static void put(FileChannel channel, byte[] bytes, StopSignal stop)
            throws IOException, InterruptedException {
        for (int at = 0; at < bytes.length; ) {
            stop.throwIfStopped();
            at += channel.write(ByteBuffer.wrap(bytes, at, Math.min(PIECE_BYTES, bytes.length - at)));
        }
    }

    private static void copyPermissions(Jail.Folder folder, Path from, Path to) throws IOException {
        PosixFileAttributeView old = folder.view(from, PosixFileAttributeView.class);
        if (old != null) {
            try {
                folder.view(to, PosixFileAttributeView.class)
                        .setPermissions(old.readAttributes().permissions());
            } catch (NoSuchFileException e) {
                // There is no old one: the new one has the permissions of new files.
            }
        }
    }

    private static void discard(Jail.Folder folder, Path fresh, Exception because) {
        try {
            folder.delete(fresh);
        } catch (IOException e) {
            because.addSuppressed(e);
        }
    }

    private static MusterException tooLarge(FileSettings source, String shown) {
        return FileErrors.limit(
                source, shown, "would get content of more than " + source.maxWriteBytes() + " bytes", "maxWrite");
    }
}
