package dev.muster.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The reader of a file that holds one secret. Blocking. */
final class SecretFile {
    private static final int MAX_BYTES = 64 * 1024;

    private SecretFile() {}

    /**
     * Reads the file, at most 64 KiB of UTF-8, and removes one line end at its end.
     *
     * @param folder the folder to which the path is relative
     * @throws IllegalArgumentException with a message that contains the absolute path
     */
    static String read(Path folder, String path) {
        Path file;
        try {
            file = folder.resolve(path).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw wrong(path, "has no name that a file can have", e);
        }
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MAX_BYTES + 1);
        } catch (NoSuchFileException e) {
            throw wrong(file, "does not exist", e);
        } catch (AccessDeniedException e) {
            throw wrong(file, "cannot be read: permission denied", e);
        } catch (IOException e) {
            throw wrong(
                    file,
                    Files.isDirectory(file)
                            ? "is a folder"
                            : "cannot be read (" + e.getClass().getSimpleName() + ")",
                    e);
        }
        if (bytes.length > MAX_BYTES) {
            throw wrong(file, "is larger than 64KiB", null);
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            if (text.endsWith("\r\n")) {
                return text.substring(0, text.length() - 2);
            }
            return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
        } catch (CharacterCodingException e) {
            throw wrong(file, "is not UTF-8", e);
        }
    }

    private static IllegalArgumentException wrong(Object file, String what, @Nullable Exception cause) {
        return new IllegalArgumentException("the secret's file " + file + " " + what, cause);
    }
}
