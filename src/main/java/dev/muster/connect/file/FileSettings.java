package dev.muster.connect.file;

import dev.muster.config.Fields;
import dev.muster.config.Problems;
import dev.muster.config.SourceConfig;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/**
 * The settings of a source of kind {@code file} in {@code muster.yaml}.
 *
 * @param name the name of the source
 * @param folder the folder that steps cannot leave; it need not exist yet
 * @param write whether steps may write and append; false by default
 * @param maxReadBytes maximum size of a file that is read whole, and of all lines of a list; 16 MiB by default
 * @param maxWriteBytes maximum size of the content of one write; 16 MiB by default
 * @param maxLineBytes maximum length of a line; 1 MiB by default
 * @param maxRows maximum number of lines in a list; 100,000 by default
 * @param optional whether the node is ready without this source
 * @param adhoc whether ad-hoc plans may use the source
 * @param replacesMalformed whether invalid UTF-8 in a line is replaced by U+FFFD instead of rejected
 * @param shownFolder the folder as messages may show it
 */
public record FileSettings(
        String name,
        Path folder,
        boolean write,
        long maxReadBytes,
        long maxWriteBytes,
        int maxLineBytes,
        int maxRows,
        boolean optional,
        boolean adhoc,
        boolean replacesMalformed,
        String shownFolder) {
    /** The word that selects this kind of source. */
    public static final String KIND = "file";

    private static final String REPLACE = "replace";
    private static final long DEFAULT_BYTES = 16L << 20;
    private static final long MAX_BYTES = 1L << 30;
    private static final int DEFAULT_LINE_BYTES = 1 << 20;
    private static final int MAX_LINE_BYTES = 64 << 20;
    private static final int DEFAULT_ROWS = 100_000;
    private static final int MAX_ROWS = 10_000_000;

    /** Reads the settings of a source. A relative folder is resolved against the configuration folder. Problems are noted. */
    public static FileSettings read(SourceConfig source, Path conf, Problems problems) {
        var fields = new Fields(source.mapping(), "the source \"" + source.name() + "\"", problems);
        Path folder = folder(fields, conf);
        boolean isSecret = !fields.secrets(KIND).isEmpty();
        var settings = new FileSettings(
                source.name(),
                folder,
                fields.bool("write", false),
                size(fields, "maxRead", DEFAULT_BYTES, MAX_BYTES),
                size(fields, "maxWrite", DEFAULT_BYTES, MAX_BYTES),
                (int) size(fields, "maxLine", DEFAULT_LINE_BYTES, MAX_LINE_BYTES),
                fields.integer("maxRows", 1, MAX_ROWS, DEFAULT_ROWS),
                fields.bool("optional", false),
                fields.bool("adhoc", false),
                fields.oneOf("malformed", List.of("refuse", REPLACE), "refuse").equals(REPLACE),
                isSecret ? fields.shown(KIND) : folder.toString());
        fields.unknownWords();
        return settings;
    }

    private static Path folder(Fields fields, Path conf) {
        try {
            return conf.resolve(fields.requireString(KIND)).normalize();
        } catch (InvalidPathException e) {
            fields.problem(KIND, KIND + " of " + fields.what() + " is not a path: " + e.getReason());
            return conf;
        }
    }

    private static long size(Fields fields, String name, long usual, long most) {
        long bytes = fields.size(name, usual);
        if (bytes < 1 || bytes > most) {
            fields.problem(name, name + " of " + fields.what() + " must be from 1 to " + most + " bytes");
            return usual;
        }
        return bytes;
    }
}
