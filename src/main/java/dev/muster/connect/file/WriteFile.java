package dev.muster.connect.file;

import dev.muster.connect.StopSignal;
import dev.muster.json.Json;
import dev.muster.json.JsonTooLargeException;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.text.Utf8;
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
 * Writes and appends files. A written file appears complete, flushed to disk and under its name, or not at all. Appended content
 * goes to the system in pieces of up to 1 MiB, each of which stays contiguous beside concurrent appends, and is flushed by the
 * system at its own pace. Blocks; runs on the pool.
 */
final class WriteFile {
    private static final int PIECE_BYTES = 64 << 10;

    /** Appends up to this size are a single write. The JVM keeps a direct buffer of that size for each thread. */
    private static final int APPEND_BYTES = 1 << 20;

    private final Jail jail;

    WriteFile(FileSettings source, String shown) throws IOException {
        this.jail = new Jail(source, shown);
    }

    /** The bytes of a value: text as it is, {@code {base64: …}} decoded, anything else as JSON. */
    static byte[] content(FileSettings source, String shown, @Nullable Object value, boolean asJson) {
        byte[] bytes;
        try {
            if (value instanceof String text && !asJson) {
                bytes = encoded(source, text);
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

    private static byte[] encoded(FileSettings source, String text) {
        try {
            return Utf8.encode(text);
        } catch (IllegalArgumentException e) {
            throw new MusterException(ErrorType.BAD_INPUT, source.name() + ": content " + Utf8.HALF, e);
        }
    }

    /** Writes a temporary file in the same folder, flushes it to disk, and renames it over the old file with the old permissions. */
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

    /** Appends to a file, which is created if it does not exist. */
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
                // No old file: the new one keeps its default permissions.
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
                source, shown, "would have content of more than " + source.maxWriteBytes() + " bytes", "maxWrite");
    }
}
