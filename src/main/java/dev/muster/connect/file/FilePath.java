package dev.muster.connect.file;

import dev.muster.text.Utf8;
import java.nio.file.FileSystem;
import java.nio.file.InvalidPathException;
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

    /** Thrown if a path leads out of its folder or is invalid. */
    static final class OutsideException extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /** The names in an expanded template. Leading, trailing and doubled slashes are ignored. */
    static List<Path> ofTemplate(String expanded, FileSystem system) throws OutsideException {
        return names(expanded, true, system);
    }

    /** The names in a computed text, which is not decoded. */
    static List<Path> ofText(String text, FileSystem system) throws OutsideException {
        return names(text, false, system);
    }

    private static List<Path> names(String text, boolean isEncoded, FileSystem system) throws OutsideException {
        var names = new ArrayList<Path>();
        for (String part : text.split("/", -1)) {
            String name = isEncoded ? decoded(part) : part;
            if (!name.isEmpty() && !name.equals(".")) {
                names.add(name(name, system));
            }
        }
        return names;
    }

    private static Path name(String name, FileSystem system) throws OutsideException {
        if (name.equals("..") || name.indexOf('/') >= 0 || name.indexOf('\\') >= 0 || name.indexOf('\0') >= 0) {
            throw new OutsideException();
        }
        try {
            Path path = system.getPath(name);
            if (path.isAbsolute() || path.getNameCount() != 1 || path.getRoot() != null) {
                throw new OutsideException();
            }
            return path;
        } catch (InvalidPathException e) {
            throw new OutsideException();
        }
    }

    private static String decoded(String part) throws OutsideException {
        if (part.indexOf('%') < 0) {
            return part;
        }
        byte[] raw = Utf8.encode(part);
        byte[] bytes = new byte[raw.length];
        int length = 0;
        for (int i = 0; i < raw.length; i++) {
            if (raw[i] == '%') {
                if (i + 2 >= raw.length || !HexFormat.isHexDigit(raw[i + 1]) || !HexFormat.isHexDigit(raw[i + 2])) {
                    throw new OutsideException();
                }
                bytes[length++] = (byte) (HexFormat.fromHexDigit(raw[i + 1]) << 4 | HexFormat.fromHexDigit(raw[i + 2]));
                i += 2;
            } else {
                bytes[length++] = raw[i];
            }
        }
        try {
            return Utf8.decode(bytes, length);
        } catch (IllegalArgumentException e) {
            throw new OutsideException();
        }
    }
}
