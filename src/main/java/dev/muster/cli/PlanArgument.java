package dev.muster.cli;

import dev.muster.config.Configuration;
import dev.muster.config.ProblemsException;
import dev.muster.config.Suggest;
import dev.muster.node.PlanFile;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** The words of the command line that name a plan. */
final class PlanArgument {

    /** The name of standard input. */
    static final String STDIN = "-";

    private static final Pattern FILE = Pattern.compile(".*[/\\\\].*|.*\\.(yaml|yml|json)");
    private static final int MAX_NAMED = 20;

    /**
     * Reads the plan that a word of the command line names: standard input for {@value #STDIN}, else the file of this
     * name, else the saved plan of this name.
     *
     * @param configuration the configuration with the saved plans
     * @throws UsageException if there is neither a file nor exactly one saved plan of this name
     */
    static PlanFile read(String word, InputStream in, Configuration configuration) throws ProblemsException {
        if (word.equals(STDIN)) {
            return PlanFile.ofInput(in, configuration.planLimits());
        }
        Path path = ProcessText.file("the plan", word);
        return FILE.matcher(word).matches() || Files.exists(path) && !Files.isDirectory(path)
                ? PlanFile.of(path, configuration.planLimits())
                : saved(word, configuration);
    }

    private static PlanFile saved(String name, Configuration configuration) throws ProblemsException {
        List<PlanFile> all = configuration.planFiles().stream()
                .map(path -> PlanFile.of(path, configuration.planLimits()))
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
                                    + String.join(", ", names.subList(0, Math.min(names.size(), MAX_NAMED)))
                                    + (names.size() > MAX_NAMED
                                            ? " and " + (names.size() - MAX_NAMED) + " more"
                                            : "")));
        }
        return named.get(0);
    }

    private PlanArgument() {}
}
