package dev.muster.connect.file;

import dev.muster.config.Fields;
import dev.muster.config.Problems;
import dev.muster.config.SourceConfig;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/**
 * A source of files, as {@code muster.yaml} has it.
 *
 * @param name the source's name
 * @param folder the folder that steps cannot leave; it need not exist yet
 * @param write whether steps may write and append; not unless it says so
 * @param maxReadBytes how large a file that is read whole may be, and a list of lines in all; 16 MiB
 * @param maxWriteBytes how much one step may write; 16 MiB
 * @param maxLineBytes how long a line may be; 1 MiB
 * @param maxRows how many lines a list may have; 100,000
 * @param optional whether Muster is ready without it
 * @param adhoc whether plans that are not saved may use it
 * @param replacesMalformed whether a line that is not UTF-8 is read with U+FFFD in place of what is wrong, instead of being refused
 * @param shownFolder the folder, as messages may show it
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
    /** The word that says the kind of source. */
    public static final String KIND = "file";

    private static final String REPLACE = "replace";
    private static final long MAX_BYTES = 16L << 20;
    private static final long MOST_BYTES = 1L << 30;
    private static final int MAX_LINE_BYTES = 1 << 20;
    private static final int MOST_LINE_BYTES = 64 << 20;
    private static final int MAX_ROWS = 100_000;
    private static final int MOST_ROWS = 10_000_000;

    /** A source that refuses lines that are not UTF-8. */
    public FileSettings(
            String name,
            Path folder,
            boolean write,
            long maxReadBytes,
            long maxWriteBytes,
            int maxLineBytes,
            int maxRows,
            boolean optional,
            boolean adhoc) {
        this(
                name,
                folder,
                write,
                maxReadBytes,
                maxWriteBytes,
                maxLineBytes,
                maxRows,
                optional,
                adhoc,
                false,
                folder.toString());
    }

    /** A source of this folder, not to be written, with the default bounds. */
    public static FileSettings of(String name, Path folder) {
        return new FileSettings(name, folder, false, MAX_BYTES, MAX_BYTES, MAX_LINE_BYTES, MAX_ROWS, false, false);
    }

    /** The same, to be written too. */
    public FileSettings writable() {
        return with(true, maxReadBytes, maxWriteBytes, maxLineBytes, maxRows, replacesMalformed);
    }

    /** The same, with lines that are not UTF-8 made readable. */
    public FileSettings replacing() {
        return with(write, maxReadBytes, maxWriteBytes, maxLineBytes, maxRows, true);
    }

    /** The same, with other bounds. */
    public FileSettings bounds(long readBytes, long writeBytes, int lineBytes, int rows) {
        return with(write, readBytes, writeBytes, lineBytes, rows, replacesMalformed);
    }

    private FileSettings with(
            boolean writes, long readBytes, long writeBytes, int lineBytes, int rows, boolean replaces) {
        return new FileSettings(
                name, folder, writes, readBytes, writeBytes, lineBytes, rows, optional, adhoc, replaces, shownFolder);
    }

    /** Reads a source; a folder that is not absolute is below the configuration's. */
    public static FileSettings read(SourceConfig source, Path conf, Problems problems) {
        var fields = new Fields(source.mapping(), "the source \"" + source.name() + "\"", problems);
        Path folder = folder(fields, conf);
        boolean isSecret = !fields.secrets(KIND).isEmpty();
        var settings = new FileSettings(
                source.name(),
                folder,
                fields.bool("write", false),
                size(fields, "maxRead", MAX_BYTES, MOST_BYTES),
                size(fields, "maxWrite", MAX_BYTES, MOST_BYTES),
                (int) size(fields, "maxLine", MAX_LINE_BYTES, MOST_LINE_BYTES),
                fields.integer("maxRows", 1, MOST_ROWS, MAX_ROWS),
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
            fields.problem(KIND, KIND + " of " + fields.what() + " is no path: " + e.getReason());
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
