package dev.muster.node;

import dev.muster.config.Mapping;
import dev.muster.config.Node;
import dev.muster.config.Position;
import dev.muster.config.Problem;
import dev.muster.config.ProblemsException;
import dev.muster.config.Scalar;
import dev.muster.config.Yaml;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A plan file that has been read but not checked.
 *
 * @param file the name for people
 * @param path the path, or null for standard input
 * @param read the content, or null if the file cannot be read
 * @param problems the reasons why the file cannot be read
 */
public record PlanFile(
        String file, @Nullable Path path, @Nullable Node read, List<Problem> problems) {

    /** Reads standard input. */
    public static PlanFile ofInput(InputStream in, Yaml.Limits limits) {
        try {
            return new PlanFile(
                    "stdin", null, Yaml.read("stdin", in.readNBytes(limits.fileBytes() + 1), limits), List.of());
        } catch (ProblemsException e) {
            return new PlanFile("stdin", null, null, e.problems());
        } catch (IOException e) {
            return new PlanFile(
                    "stdin",
                    null,
                    null,
                    List.of(new Problem(Position.start("stdin"), "cannot be read: " + e.getMessage())));
        }
    }

    /** Reads a file. */
    public static PlanFile of(Path path, Yaml.Limits limits) {
        try {
            return new PlanFile(path.toString(), path, Yaml.read(path, limits), List.of());
        } catch (ProblemsException e) {
            return new PlanFile(path.toString(), path, null, e.problems());
        }
    }

    /**
     * The content.
     *
     * @throws ProblemsException if the file cannot be read
     */
    Node node() throws ProblemsException {
        if (read == null) {
            throw new ProblemsException(problems);
        }
        return read;
    }

    /** The name of the plan, if the file has one. */
    public Optional<String> name() {
        return read instanceof Mapping map && map.get("plan") instanceof Scalar scalar && scalar.isText()
                ? Optional.of(scalar.text())
                : Optional.empty();
    }

    /** The position of the plan's name, or the start of the file. */
    Position at() {
        return read instanceof Mapping map && map.get("plan") instanceof Scalar scalar
                ? scalar.at()
                : Position.start(file);
    }

    /** Whether this is the same file, even if the path is spelled differently. */
    boolean isFile(Path other) {
        try {
            return path != null && Files.exists(path) && Files.isSameFile(path, other);
        } catch (IOException e) {
            return false;
        }
    }
}
