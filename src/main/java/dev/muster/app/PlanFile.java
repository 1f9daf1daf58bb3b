package dev.muster.app;

import dev.muster.config.Mapping;
import dev.muster.config.Node;
import dev.muster.config.Position;
import dev.muster.config.Problem;
import dev.muster.config.ProblemsException;
import dev.muster.config.Scalar;
import dev.muster.config.Yaml;
import dev.muster.config.YamlLimits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A plan's file as it was written: read, but not checked.
 *
 * @param file its name for people
 * @param path where it is, or null for standard input
 * @param read what it holds, or null where it cannot be read
 * @param problems why it cannot be read
 */
record PlanFile(String file, @Nullable Path path, @Nullable Node read, List<Problem> problems) {

    /** The name that stands for standard input. */
    static final String STDIN = "-";

    /** A file, or standard input for {@value #STDIN}. */
    static PlanFile of(String name, InputStream in, YamlLimits limits) {
        if (!name.equals(STDIN)) {
            return of(ProcessText.file("the plan", name), limits);
        }
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

    /** A file. */
    static PlanFile of(Path path, YamlLimits limits) {
        try {
            return new PlanFile(path.toString(), path, Yaml.read(path, limits), List.of());
        } catch (ProblemsException e) {
            return new PlanFile(path.toString(), path, null, e.problems());
        }
    }

    /**
     * What it holds.
     *
     * @throws ProblemsException if it cannot be read
     */
    Node node() throws ProblemsException {
        if (read == null) {
            throw new ProblemsException(problems);
        }
        return read;
    }

    /** The plan's name, if it says one. */
    Optional<String> name() {
        return read instanceof Mapping map && map.get("plan") instanceof Scalar scalar && scalar.isText()
                ? Optional.of(scalar.text())
                : Optional.empty();
    }

    /** Where its name stands. */
    Position at() {
        return read instanceof Mapping map && map.get("plan") instanceof Scalar scalar
                ? scalar.at()
                : Position.start(file);
    }

    /** Whether it is this very file, by whatever way its path leads there. */
    boolean isFile(Path other) {
        try {
            return path != null && Files.exists(path) && Files.isSameFile(path, other);
        } catch (IOException e) {
            return false;
        }
    }
}
