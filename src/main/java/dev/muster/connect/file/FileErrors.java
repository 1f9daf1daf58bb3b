package dev.muster.connect.file;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.text.Utf8;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.jspecify.annotations.Nullable;

/** Creates the errors of the verb {@code file}. Each names the source and the path below its folder, never the folder. */
final class FileErrors {
    private FileErrors() {}

    static MusterException of(FileSettings source, String path, String what) {
        return of(source, path, what, null);
    }

    static MusterException of(FileSettings source, String path, String what, @Nullable Throwable cause) {
        return new MusterException(ErrorType.FILE, source.name() + ": " + shown(path) + " " + what, cause);
    }

    static MusterException outside(FileSettings source, String path) {
        return of(source, path, "is outside of the source's folder");
    }

    static MusterException limit(FileSettings source, String path, String what, String setting) {
        return new MusterException(
                ErrorType.LIMIT,
                source.name() + ": " + shown(path) + " " + what + " (setting " + setting + " of the source "
                        + source.name() + ")");
    }

    static MusterException io(FileSettings source, String path, IOException e) {
        return of(source, path, words(e), e);
    }

    private static String words(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "does not exist";
        }
        if (e instanceof AccessDeniedException) {
            return "cannot be opened: permission denied for the user of Muster";
        }
        if (e instanceof NotDirectoryException) {
            return "does not exist: a part of the path is not a folder";
        }
        if (e instanceof DirectoryNotEmptyException) {
            return "is a folder";
        }
        if (e instanceof FileSystemLoopException) {
            return "is a cycle of links";
        }
        String reason = e instanceof FileSystemException named ? named.getReason() : e.getMessage();
        return "failed: " + (reason == null ? e.getClass().getSimpleName() : reason);
    }

    /** Shortens a path from a caller to one line of at most 200 characters. */
    private static String shown(String path) {
        String text = path.length() <= 200 ? path : Utf8.beginning(path, 200) + "…";
        return "\"" + text.replaceAll("\\p{Cntrl}", "?") + "\"";
    }
}
