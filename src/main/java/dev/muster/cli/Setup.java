package dev.muster.cli;

import dev.muster.config.Configuration;
import dev.muster.config.Problem;
import dev.muster.config.ProblemsException;
import dev.muster.config.SourceConfig;
import dev.muster.config.Suggest;
import dev.muster.expr.Expressions;
import dev.muster.node.ConfDir;
import dev.muster.node.Embedded;
import dev.muster.node.Engine;
import dev.muster.node.Limits;
import dev.muster.node.PlanFile;
import dev.muster.node.Project;
import dev.muster.node.Resources;
import dev.muster.plan.Plan;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The common start of the commands about plans: reads and checks configuration and plans while Vert.x starts on another
 * thread. Close it in every case; a started engine takes over the resources.
 */
final class Setup implements AutoCloseable {

    /** The time that an embedding needs to stop its servers when its start is interrupted. */
    private static final Duration MAX_UNDOING = Duration.ofSeconds(3);

    private static final Pattern PLAN_FILE = Pattern.compile(".*[/\\\\].*|.*\\.(yaml|yml|json)");
    private static final int MAX_NAMES = 20;

    private final Session session;
    private final Resources resources;
    private final Project project;
    private final List<PlanFile> files;
    private boolean taken;

    private Setup(Session session, Resources resources, Project project, List<PlanFile> files) {
        this.session = session;
        this.resources = resources;
        this.project = project;
        this.files = files;
    }

    /**
     * Reads configuration and plans.
     *
     * @param where the place of the configuration
     * @param names the plans: files, names of saved plans, or {@code -} for standard input
     * @param withSaved whether to read the configuration's saved plans too
     * @throws ProblemsException with every problem of the configuration and the plans
     */
    static Setup read(ConfDir where, Session session, List<String> names, boolean withSaved) throws ProblemsException {
        Startup startup = session.startup();
        try {
            Configuration configuration =
                    Project.configuration(where, session.io().env());
            session.maskInLog(configuration.secrets());
            sayUnused(configuration, session);
            List<PlanFile> files = names.stream()
                    .distinct()
                    .map(name -> planFile(name, session.io().in(), configuration))
                    .toList();
            Limits limits = Limits.read(configuration);
            var expressions = new Expressions(limits.expressions());
            var embedded = new Embedded(session.embedding());
            Resources sized = startup.resources().sized(limits);
            Project project = Project.read(configuration, limits, embedded, sized, expressions, files, withSaved);
            return new Setup(session, sized, project, files);
        } catch (RuntimeException e) {
            startup.resources().closeSequence().close();
            throw e;
        }
    }

    /** Vert.x and the pools. They are closed with this setup. */
    Resources resources() {
        return resources;
    }

    Project project() {
        return project;
    }

    /** The plans of the named files in their order, or all plans if no file is named. */
    List<Plan> plans() {
        if (files.isEmpty()) {
            return List.copyOf(project.plans().values());
        }
        Map<String, Plan> byName = project.plans();
        return files.stream()
                .flatMap(file -> file.name().stream())
                .flatMap(name -> Stream.ofNullable(byName.get(name)))
                .toList();
    }

    Instant now() {
        return resources.loop().wallTime();
    }

    /** The plan of the first file, after checking the input against it. */
    Plan plan(@Nullable Object input) {
        Plan plan = plans().get(0);
        List<String> problems = plan.input().problems(input);
        if (!problems.isEmpty()) {
            throw new UsageException(
                    "the input does not fit the plan " + plan.name() + ":\n  " + String.join("\n  ", problems));
        }
        return plan;
    }

    /**
     * Starts an engine with the embedded sources that the plans use.
     *
     * @throws ProblemsException if the plans use an embedded source and nothing can be embedded
     */
    Engine start() throws InterruptedException {
        return start(project.embeddedInUse());
    }

    Engine startAll() throws InterruptedException {
        return start(project.embedded());
    }

    private Engine start(List<SourceConfig> embedded) throws InterruptedException {
        Embedded.require(session.embedding(), embedded);
        taken = true;
        Thread waiting = Thread.currentThread();
        // A stop request interrupts the start of embedded servers; the start then cleans up after itself.
        try (var registration = embedded.isEmpty()
                ? Stop.NOTHING_TOLD
                : session.stop().tell(MAX_UNDOING, reason -> waiting.interrupt())) {
            Engine engine = Engine.start(project, embedded, resources, session.embedding(), session::say);
            engine.watchLoops();
            return engine;
        }
    }

    @Override
    public void close() {
        if (!taken) {
            resources.closeSequence().close();
        }
    }

    /**
     * Reads the plan that a word of the command line names: standard input for {@code -}, else the file of this
     * name, else the saved plan of this name.
     *
     * @throws UsageException if there is neither a file nor exactly one saved plan of this name
     */
    private static PlanFile planFile(String word, InputStream in, Configuration configuration)
            throws ProblemsException {
        if (word.equals(InputText.STDIN)) {
            return PlanFile.ofInput(in, configuration.planLimits());
        }
        Path path = ProcessText.file("the plan", word);
        return PLAN_FILE.matcher(word).matches() || Files.exists(path) && !Files.isDirectory(path)
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
                                    + String.join(", ", names.subList(0, Math.min(names.size(), MAX_NAMES)))
                                    + (names.size() > MAX_NAMES
                                            ? " and " + (names.size() - MAX_NAMES) + " more"
                                            : "")));
        }
        return named.get(0);
    }

    /** Warns about a section that this version parses but does not apply, so that nobody relies on it. */
    private static void sayUnused(Configuration configuration, Session session) {
        configuration
                .sectionAt("rates")
                .ifPresent(at -> session.say(new Problem(at, "rates are not used by this version").toString()));
    }
}
