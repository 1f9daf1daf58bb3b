package dev.muster.connect.file;

import java.nio.file.Path;

/** Settings of a source named {@code logs}, without a configuration. */
final class Folders {
    private static final int DEFAULT_BYTES = 16 << 20;

    private Folders() {}

    /** A read-only source of this folder with the default limits. */
    static FileSettings readOnly(Path folder) {
        return settings(folder, false, DEFAULT_BYTES, DEFAULT_BYTES, 1 << 20, 100_000, false);
    }

    static FileSettings writable(Path folder) {
        return settings(folder, true, DEFAULT_BYTES, DEFAULT_BYTES, 1 << 20, 100_000, false);
    }

    /** A source that replaces invalid UTF-8 in lines. */
    static FileSettings replacing(Path folder) {
        return settings(folder, false, DEFAULT_BYTES, DEFAULT_BYTES, 1 << 20, 100_000, true);
    }

    /** A writable source with other limits, in bytes and rows. */
    static FileSettings bounded(Path folder, int readBytes, int writeBytes, int lineBytes, int rows) {
        return settings(folder, true, readBytes, writeBytes, lineBytes, rows, false);
    }

    private static FileSettings settings(
            Path folder, boolean write, int readBytes, int writeBytes, int lineBytes, int rows, boolean replaces) {
        return new FileSettings(
                "logs",
                folder,
                write,
                readBytes,
                writeBytes,
                lineBytes,
                rows,
                false,
                false,
                replaces,
                folder.toString());
    }
}
