package dev.muster.app;

import dev.muster.config.Configuration;
import dev.muster.config.Mapping;
import dev.muster.config.Node;
import dev.muster.config.Position;
import dev.muster.config.Problem;
import dev.muster.config.ProblemsException;
import dev.muster.config.Scalar;
import dev.muster.config.Suggest;
import dev.muster.config.Yaml;
import dev.muster.config.YamlLimits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
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

    private static final Pattern FILE = Pattern.compile(".*[/\\\\].*|.*\\.(yaml|yml|json)");
    private static final int MOST_NAMED = 20;

    /**
     * The plan that a word of the command line stands for: standard input for {@value #STDIN}; the file of this name, if there is one; else
     * the saved plan of this name.
     *
     * @param configuration whose saved plans count
     * @throws UsageException if there is neither
     */
    static PlanFile of(String word, InputStream in, Configuration configuration) throws ProblemsException {
        if (word.equals(STDIN)) {
            return ofInput(in, configuration.planLimits());
        }
        Path path = ProcessText.file("the plan", word);
        return FILE.matcher(word).matches() || Files.exists(path) && !Files.isDirectory(path)
                ? of(path, configuration.planLimits())
                : saved(word, configuration);
    }

    private static PlanFile saved(String name, Configuration configuration) throws ProblemsException {
        List<PlanFile> all = configuration.planFiles().stream()
                .map(path -> of(path, configuration.planLimits()))
                .toList();
        List<PlanFile> named = all.stream()
                .filter(file -> file.name().filter(name::equals).isPresent())
                .toList();
        if (named.size() > 1) {
            throw new UsageException("the plan \"" + name + "\" is there twice, in "
                    + named.get(0).file() + " and " + named.get(1).file());
        }
        if (named.isEmpty()) {
            List<String> names =
                    all.stream().flatMap(file -> file.name().stream()).sorted().toList();
            throw new UsageException("there is neither a file \"" + name + "\" nor a plan of this name in "
                    + configuration.dir().resolve("plans") + Suggest.didYouMean(name, names)
                    + (names.isEmpty()
                            ? ""
                            : "; there are "
                                    + String.join(", ", names.subList(0, Math.min(names.size(), MOST_NAMED)))
                                    + (names.size() > MOST_NAMED
                                            ? " and " + (names.size() - MOST_NAMED) + " more"
                                            : "")));
        }
        return named.get(0);
    }

    private static PlanFile ofInput(InputStream in, YamlLimits limits) {
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
