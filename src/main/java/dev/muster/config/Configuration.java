package dev.muster.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The contents of a configuration folder: the sections of {@code muster.yaml} with secrets resolved, and the paths of the
 * plans. Immutable, and safe on any thread.
 */
public final class Configuration {
    /** The sections that {@code muster.yaml} can have, sorted. */
    public static final Set<String> SECTIONS = Collections.unmodifiableSet(new TreeSet<>(
            Set.of("server", "sources", "queues", "rates", "callers", "functions", "addresses", "cluster")));

    private static final String MAIN_FILE = "muster.yaml";
    private static final String PLANS = "plans";
    private static final long MAX_PLAN_BYTES = 1 << 30;

    private final Path dir;
    private final Mapping root;
    private final Map<String, SourceConfig> sources;
    private final Yaml.Limits planLimits;
    private final Secrets secrets;

    private Configuration(
            Path dir, Mapping root, Map<String, SourceConfig> sources, Yaml.Limits planLimits, Secrets secrets) {
        this.dir = dir;
        this.root = root;
        this.sources = sources;
        this.planLimits = planLimits;
        this.secrets = secrets;
    }

    /**
     * Reads a folder. A missing folder is an empty configuration, unless the user named the folder.
     *
     * @param dir the folder
     * @param named whether the user named the folder, so that it must exist and hold {@code muster.yaml} or plans
     * @param kinds the words for the kinds of sources, such as {@code http} and {@code postgres}
     * @param env returns a variable of the environment, such as {@code System::getenv}
     * @throws ProblemsException with all errors
     */
    public static Configuration load(Path dir, boolean named, Set<String> kinds, Function<String, @Nullable String> env)
            throws ProblemsException {
        Problems problems = new Problems();
        Configuration configuration = load(dir, named, kinds, env, problems);
        if (!problems.isEmpty()) {
            throw new ProblemsException(problems.list());
        }
        return configuration;
    }

    /**
     * Reads a folder as {@link #load(Path, boolean, Set, Function)} does, but adds the errors to {@code problems} and
     * returns the parts that could be read. A caller can then report further errors together with these.
     */
    public static Configuration load(
            Path dir, boolean named, Set<String> kinds, Function<String, @Nullable String> env, Problems problems) {
        Secrets secrets = new Secrets(dir, env);
        String file = dir.resolve(MAIN_FILE).toString();
        if (named && !Files.isDirectory(dir)) {
            problems.add(
                    Position.start(dir.toString()),
                    "there is no such configuration folder; choose another one with --conf");
        } else if (named && !Files.exists(dir.resolve(MAIN_FILE)) && !Files.isDirectory(dir.resolve(PLANS))) {
            problems.add(Position.start(file), "there is neither this file nor a folder " + PLANS + " next to it");
        }
        Mapping root = root(dir, file, secrets, problems);
        checkSections(root, problems);
        Mapping none = Mapping.empty(root.at());
        Map<String, SourceConfig> sources =
                SourceConfig.read(section(root, "sources").orElse(none), kinds, problems);
        Yaml.Limits planLimits = planLimits(section(root, "server").orElse(none), problems);
        return new Configuration(dir, root, sources, planLimits, secrets);
    }

    /** The folder that was read. */
    public Path dir() {
        return dir;
    }

    /** The sources by name, in the order of the file. */
    public Map<String, SourceConfig> sources() {
        return sources;
    }

    /**
     * A section of {@code muster.yaml}; empty if it is missing.
     *
     * @throws IllegalArgumentException if the name is not in {@link #SECTIONS}
     */
    public Optional<Mapping> section(String name) {
        if (!SECTIONS.contains(name)) {
            throw new IllegalArgumentException("there is no section " + name + Suggest.didYouMean(name, SECTIONS));
        }
        return section(root, name);
    }

    /** The position of a section's name; empty if the section is missing or has no entries. */
    public Optional<Position> sectionAt(String name) {
        return section(name)
                .filter(section -> !section.entries().isEmpty())
                .map(section -> Objects.requireNonNull(root.entry(name)).key().at());
    }

    /**
     * The limits for plan files: {@code limits: {file, nesting, aliased}} of the section {@code server}. Other entries of
     * {@code limits} are read elsewhere.
     */
    public Yaml.Limits planLimits() {
        return planLimits;
    }

    /** The secrets of this configuration; masks them in log lines. */
    public Secrets secrets() {
        return secrets;
    }

    /**
     * The plan files, sorted: {@code plans/*.yaml}, {@code *.yml} and {@code *.json}, without hidden files. Lists the folder
     * on each call; blocking.
     *
     * @throws ProblemsException if the folder cannot be read
     */
    public List<Path> planFiles() throws ProblemsException {
        Path folder = dir.resolve(PLANS);
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Configuration::isPlan).sorted().toList();
        } catch (IOException e) {
            throw new ProblemsException(List.of(new Problem(
                    Position.start(folder.toString()),
                    "the folder cannot be read (" + e.getClass().getSimpleName() + ")")));
        }
    }

    private static Optional<Mapping> section(Mapping root, String name) {
        return root.get(name) instanceof Mapping section ? Optional.of(section) : Optional.empty();
    }

    private static boolean isPlan(Path path) {
        String name = path.getFileName().toString();
        return !name.startsWith(".")
                && (name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json"))
                && Files.isRegularFile(path);
    }

    private static Mapping root(Path dir, String file, Secrets secrets, Problems problems) {
        Mapping nothing = Mapping.empty(Position.start(file));
        if (!Files.exists(dir.resolve(MAIN_FILE))) {
            return nothing;
        }
        try {
            Optional<Node> node = Yaml.readIfAny(dir.resolve(MAIN_FILE), Yaml.Limits.DEFAULT);
            if (node.isPresent() && !(node.get() instanceof Mapping)) {
                problems.add(
                        node.get().at(),
                        "the file must be a map of sections, not " + node.get().describe());
            }
            return node.filter(Mapping.class::isInstance)
                    .map(map -> (Mapping) secrets.resolve(map, problems))
                    .orElse(nothing);
        } catch (ProblemsException e) {
            problems.addAll(e.problems());
        }
        return nothing;
    }

    private static void checkSections(Mapping root, Problems problems) {
        for (Mapping.Entry entry : root.entries()) {
            String name = entry.name();
            if (!SECTIONS.contains(name)) {
                problems.add(
                        entry.key().at(),
                        "unknown section \"" + name + "\"" + Suggest.didYouMean(name, SECTIONS) + "; known are "
                                + String.join(", ", SECTIONS));
            } else if (entry.value() instanceof Mapping section) {
                SectionWords.check(name, section, problems);
            } else if (!(entry.value() instanceof Scalar scalar) || scalar.value() != null) {
                problems.add(
                        entry.value().at(),
                        "the section \"" + name + "\" must be a map, not "
                                + entry.value().describe());
            }
        }
    }

    private static Yaml.Limits planLimits(Mapping server, Problems problems) {
        Yaml.Limits usual = Yaml.Limits.DEFAULT;
        Optional<Fields> limits = new Fields(server, "the server", problems).fields("limits");
        if (limits.isEmpty()) {
            return usual;
        }
        Fields fields = limits.get();
        long file = fields.size("file", usual.fileBytes());
        if (file < 1 || file > MAX_PLAN_BYTES) {
            fields.problem("file", "file of limits of the server must be from 1B to " + Sizes.format(MAX_PLAN_BYTES));
            file = usual.fileBytes();
        }
        int nesting = fields.integer("nesting", 1, 500, usual.nesting());
        int aliased = fields.integer("aliased", 0, 10_000_000, usual.aliased());
        return new Yaml.Limits((int) file, nesting, aliased);
    }
}
