package dev.muster.connect.file;

import dev.muster.text.Utf8;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Parses the names of a path below a folder. An expanded template is split at its slashes before it is decoded, so that a value
 * cannot add a slash except through {@code {+name}}.
 */
final class FilePath {
    private FilePath() {}

    /**
     * The names of a path. Leading, trailing and doubled slashes are ignored.
     *
     * @param isEncoded whether the path is an expanded template, whose names are decoded; a computed text is not
     * @throws dev.muster.plan.MusterException if the path leads out of the source's folder or is invalid
     */
    static List<Path> names(FileSettings source, String path, boolean isEncoded) {
        FileSystem system = source.folder().getFileSystem();
        var names = new ArrayList<Path>();
        try {
            for (String part : path.split("/", -1)) {
                String name = isEncoded ? decoded(part) : part;
                if (!name.isEmpty() && !name.equals(".")) {
                    names.add(name(name, system));
                }
            }
        } catch (IllegalArgumentException e) {
            throw FileErrors.outside(source, path);
        }
        return names;
    }

    private static Path name(String name, FileSystem system) {
        if (name.equals("..") || name.indexOf('/') >= 0 || name.indexOf('\\') >= 0 || name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("no name below the folder");
        }
        Path path = system.getPath(name);
        if (path.isAbsolute() || path.getNameCount() != 1 || path.getRoot() != null) {
            throw new IllegalArgumentException("no name below the folder");
        }
        return path;
    }

    private static String decoded(String part) {
        if (part.indexOf('%') < 0) {
            return part;
        }
        byte[] raw = Utf8.encode(part);
        byte[] bytes = new byte[raw.length];
        int length = 0;
        for (int i = 0; i < raw.length; i++) {
            if (raw[i] == '%') {
                if (i + 2 >= raw.length || !HexFormat.isHexDigit(raw[i + 1]) || !HexFormat.isHexDigit(raw[i + 2])) {
                    throw new IllegalArgumentException("no name below the folder");
                }
                bytes[length++] = (byte) (HexFormat.fromHexDigit(raw[i + 1]) << 4 | HexFormat.fromHexDigit(raw[i + 2]));
                i += 2;
            } else {
                bytes[length++] = raw[i];
            }
        }
        return Utf8.decode(bytes, length);
    }
}
