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
 * A plan file that has been read but not checked.
 *
 * @param file the name for people
 * @param path the path, or null for standard input
 * @param read the content, or null if the file cannot be read
 * @param problems the reasons why the file cannot be read
 */
record PlanFile(String file, @Nullable Path path, @Nullable Node read, List<Problem> problems) {

    /** The name of standard input. */
    static final String STDIN = "-";

    private static final Pattern FILE = Pattern.compile(".*[/\\\\].*|.*\\.(yaml|yml|json)");
    private static final int MOST_NAMED = 20;

    /**
     * Reads the plan that a word of the command line names: standard input for {@value #STDIN}, else the file of this
     * name, else the saved plan of this name.
     *
     * @param configuration the configuration with the saved plans
     * @throws UsageException if there is neither a file nor exactly one saved plan of this name
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
            throw new UsageException("the plan \"" + name + "\" exists twice, in "
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

    /** Reads a file. */
    static PlanFile of(Path path, YamlLimits limits) {
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
    Optional<String> name() {
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
