package dev.muster.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * The reader of YAML 1.2 (core schema) and JSON files. Blocking where it reads a file; safe on any thread.
 *
 * <p>A file has one document, in UTF-8. Keys are text, and unique in their map. There are no extensions of the core schema:
 * no merge keys (an unquoted {@code <<} is a problem), no tags except {@code !!str}, {@code !!map} and {@code !!seq}, no
 * dates. Aliases are followed within limits; an aliased node keeps the position of its anchor. A file whose name ends in
 * {@code .json} is read as strict JSON.
 *
 * <p>A syntax error ends the reading. Other errors, such as repeated keys, are all reported.
 */
public final class Yaml {
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private Yaml() {}

    /**
     * The limits of a file.
     *
     * @param fileBytes the size of the file, in bytes
     * @param nesting the depth of lists and maps, from 1 to 500
     * @param aliased the number of nodes that aliases ({@code *name}) can add; all nodes below an alias count each time
     */
    public record Limits(int fileBytes, int nesting, int aliased) {
        /** 1 MiB, nesting 64, 100,000 nodes by aliases. */
        public static final Limits DEFAULT = new Limits(1024 * 1024, 64, 100_000);

        /** Checks that the limits are in their ranges. */
        public Limits {
            if (fileBytes < 1 || nesting < 1 || nesting > 500 || aliased < 0) {
                throw new IllegalArgumentException("not usable as bounds: " + fileBytes + " bytes, nesting " + nesting
                        + " (from 1 to 500), " + aliased + " aliased nodes");
            }
        }
    }

    /**
     * Reads a text with the default limits.
     *
     * @param file the name of the text in positions
     */
    public static Node read(String file, byte[] utf8) throws ProblemsException {
        return read(file, utf8, Limits.DEFAULT);
    }

    /**
     * Reads a text.
     *
     * @param file the name of the text in positions
     * @throws ProblemsException with the errors; also if the text is empty
     */
    public static Node read(String file, byte[] utf8, Limits limits) throws ProblemsException {
        return readIfAny(file, utf8, limits).orElseThrow(() -> problem(Position.start(file), "the file is empty"));
    }

    /**
     * Reads a file.
     *
     * @throws ProblemsException with the errors; also if the file is empty
     */
    public static Node read(Path file, Limits limits) throws ProblemsException {
        return readIfAny(file, limits).orElseThrow(() -> problem(Position.start(file.toString()), "the file is empty"));
    }

    /** Reads a file; empty if it is blank or has only comments. */
    static Optional<Node> readIfAny(Path file, Limits limits) throws ProblemsException {
        byte[] utf8;
        try (InputStream in = Files.newInputStream(file)) {
            utf8 = in.readNBytes(limits.fileBytes() + 1);
        } catch (NoSuchFileException e) {
            throw problem(Position.start(file.toString()), "there is no such file");
        } catch (IOException e) {
            if (Files.isDirectory(file)) {
                throw problem(Position.start(file.toString()), "this is a folder, where a file is needed");
            }
            throw problem(
                    Position.start(file.toString()),
                    "the file cannot be read (" + e.getClass().getSimpleName() + ")");
        }
        return readIfAny(file.toString(), utf8, limits);
    }

    private static Optional<Node> readIfAny(String file, byte[] utf8, Limits limits) throws ProblemsException {
        if (utf8.length > limits.fileBytes()) {
            throw ProblemsException.limit(new Problem(
                    Position.start(file),
                    "the file is larger than " + Sizes.format(limits.fileBytes())
                            + " (for plans the setting is server.limits.file)"));
        }
        String text = decode(file, utf8);
        if (file.endsWith(".json")) {
            return JsonNodes.read(file, text, limits);
        }
        try {
            return YamlNodes.read(file, text, limits);
        } catch (ProblemsException e) {
            return jsonAfterAll(file, text, limits, e);
        }
    }

    /** Reads the text as JSON if the YAML parser rejected it: some JSON is not YAML, such as JSON with tabs. */
    private static Optional<Node> jsonAfterAll(String file, String text, Limits limits, ProblemsException notYaml) {
        String start = text.stripLeading();
        if (!start.startsWith("{") && !start.startsWith("[")) {
            throw notYaml;
        }
        try {
            return JsonNodes.read(file, text, limits);
        } catch (ProblemsException notJsonEither) {
            throw notYaml;
        }
    }

    /**
     * The text of a file in UTF-8, without a byte-order mark at its start.
     *
     * @throws ProblemsException with the position of the first unprintable character, or of the first byte that is not UTF-8
     */
    private static String decode(String file, byte[] utf8) {
        CharBuffer out = CharBuffer.allocate(utf8.length);
        CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8), out, true);
        out.flip();
        boolean marked = out.hasRemaining() && out.get(0) == BYTE_ORDER_MARK;
        String text = out.subSequence(marked ? 1 : 0, out.remaining()).toString();
        int wrong = firstUnprintable(text);
        if (wrong < text.length()) {
            int point = text.codePointAt(wrong);
            String hint = point == 0 ? "; the file must be text in UTF-8" : "; write it as an escape in double quotes";
            throw problem(
                    position(file, text.substring(0, wrong)),
                    String.format("the character U+%04X is not allowed in a file%s", point, hint));
        }
        if (result.isError()) {
            throw problem(position(file, text), "a byte that is not UTF-8; save the file as UTF-8");
        }
        return text;
    }

    private static int firstUnprintable(String text) {
        int at = 0;
        while (at < text.length()) {
            int point = text.codePointAt(at);
            if (!StreamReader.isPrintable(point)) {
                return at;
            }
            at += Character.charCount(point);
        }
        return at;
    }

    private static Position position(String file, String before) {
        int line = 1 + (int) before.chars().filter(c -> c == '\n').count();
        int lineStart = before.lastIndexOf('\n') + 1;
        return new Position(file, line, 1 + before.codePointCount(lineStart, before.length()));
    }

    static ProblemsException problem(Position at, String message) {
        return new ProblemsException(List.of(new Problem(at, message)));
    }
}
