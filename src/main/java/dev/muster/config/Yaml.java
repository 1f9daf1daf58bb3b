package dev.muster.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Reads YAML 1.2 (core schema) and JSON files into nodes.
 *
 * <p>One document a file, in UTF-8. Keys are text, and no key stands twice in a map. Beyond the core schema nothing is
 * special: no merge keys ({@code <<} without quotes is a problem), no tags but {@code !!str}, {@code !!map} and
 * {@code !!seq}, no dates. Aliases are followed within bounds; an aliased node keeps the position of its anchor. A file
 * whose name ends in {@code .json} is read as strict JSON. Any thread may read.
 *
 * <p>Syntax stops at the first problem; repeated keys and the like are all reported.
 */
public final class Yaml {
    private Yaml() {}

    /** The content of a text within the default limits; {@code file} is its name in positions. */
    public static Node read(String file, byte[] utf8) throws ProblemsException {
        return read(file, utf8, YamlLimits.DEFAULT);
    }

    /**
     * The content of a text; {@code file} is its name in positions.
     *
     * @throws ProblemsException also if there is no content
     */
    public static Node read(String file, byte[] utf8, YamlLimits limits) throws ProblemsException {
        return readIfAny(file, utf8, limits).orElseThrow(() -> problem(Position.start(file), "the file is empty"));
    }

    /** The content of a file. */
    public static Node read(Path file, YamlLimits limits) throws ProblemsException {
        return readIfAny(file, limits).orElseThrow(() -> problem(Position.start(file.toString()), "the file is empty"));
    }

    /** The content of a file; empty if it is blank or all comments. */
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

    /** JSON that the YAML parser does not take, such as with tabs, is read as what it is. */
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
