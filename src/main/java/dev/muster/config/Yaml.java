package dev.muster.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

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
    private Yaml() {}

    /**
     * Reads a text with the default limits.
     *
     * @param file the name of the text in positions
     */
    public static Node read(String file, byte[] utf8) throws ProblemsException {
        return read(file, utf8, YamlLimits.DEFAULT);
    }

    /**
     * Reads a text.
     *
     * @param file the name of the text in positions
     * @throws ProblemsException with the errors; also if the text is empty
     */
    public static Node read(String file, byte[] utf8, YamlLimits limits) throws ProblemsException {
        return readIfAny(file, utf8, limits).orElseThrow(() -> problem(Position.start(file), "the file is empty"));
    }

    /**
     * Reads a file.
     *
     * @throws ProblemsException with the errors; also if the file is empty
     */
    public static Node read(Path file, YamlLimits limits) throws ProblemsException {
        return readIfAny(file, limits).orElseThrow(() -> problem(Position.start(file.toString()), "the file is empty"));
    }

    /** Reads a file; empty if it is blank or has only comments. */
    static Optional<Node> readIfAny(Path file, YamlLimits limits) throws ProblemsException {
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

    private static Optional<Node> readIfAny(String file, byte[] utf8, YamlLimits limits) throws ProblemsException {
        if (utf8.length > limits.fileBytes()) {
            throw ProblemsException.limit(new Problem(
                    Position.start(file),
                    "the file is larger than " + Sizes.format(limits.fileBytes())
                            + " (for plans the setting is server.limits.file)"));
        }
        String text = SourceText.decode(file, utf8);
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
    private static Optional<Node> jsonAfterAll(String file, String text, YamlLimits limits, ProblemsException notYaml) {
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

    static ProblemsException problem(Position at, String message) {
        return new ProblemsException(List.of(new Problem(at, message)));
    }
}
