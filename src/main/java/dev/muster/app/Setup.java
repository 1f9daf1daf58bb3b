package dev.muster.app;

import dev.muster.config.Configuration;
import dev.muster.config.Problem;
import dev.muster.config.ProblemsException;
import dev.muster.config.SourceConfig;
import dev.muster.expr.Expressions;
import dev.muster.plan.Plan;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the commands about plans begin with: configuration and plans, read and checked, while Vert.x starts beside it.
 * Closed in every case; an engine takes the resources over.
 */
final class Setup implements AutoCloseable {

    /** What an embedding whose start is interrupted takes to stop what it has begun. */
    private static final Duration MOST_UNDOING = Duration.ofSeconds(3);

    /** Sections of the language that nothing executes yet. */
    private static final List<String> UNUSED = List.of("rates");

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
     * Reads.
     *
     * @param where the configuration is
     * @param names the plans: files, names of saved ones, or standard input
     * @param withSaved whether the configuration's plans are read too
     * @throws ProblemsException with everything that is wrong
     */
    static Setup read(Where where, Session session, List<String> names, boolean withSaved) throws ProblemsException {
        Opening opening = session.opening();
        try {
            Configuration configuration = Project.configuration(where, session.shell());
            session.maskInLog(configuration.secrets());
            sayUnused(configuration, session);
            List<PlanFile> files = names.stream()
                    .distinct()
                    .map(name -> PlanFile.of(name, session.shell().in(), configuration))
                    .toList();
            Limits limits = Limits.read(configuration);
            var expressions = new Expressions(limits.expressions());
            var embedded = new Embedded(session.edition());
            Resources sized = opening.resources().sized(limits);
            Project project = Project.read(configuration, limits, embedded, sized, expressions, files, withSaved);
            return new Setup(session, sized, project, files);
        } catch (RuntimeException e) {
            close(opening.resources());
            throw e;
        }
    }

    /** Vert.x and pools, which are closed with this. */
    Resources resources() {
        return resources;
    }

    /** What was read. */
    Project project() {
        return project;
    }

    /** The plans of the files that were named, or all where none was, in that order. */
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

    /** What time it is. */
    Instant now() {
        return resources.loop().wallTime();
    }

    /** The one plan of the one file, whose input this is. */
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
     * Starts what runs the plans, with the embedded sources that they use.
     *
     * @throws ProblemsException if there is one and this jar embeds nothing
     */
    Engine start() throws InterruptedException {
        return start(project.embeddedInUse());
    }

    /** Starts what runs the plans and asks sources, with every embedded source. */
    Engine startAll() throws InterruptedException {
        return start(project.embedded());
    }

    private Engine start(List<SourceConfig> embedded) throws InterruptedException {
        Embedded.require(session.edition(), embedded);
        taken = true;
        Engine engine = engine(embedded);
        engine.watchLoops();
        return engine;
    }

    private Engine engine(List<SourceConfig> embedded) throws InterruptedException {
        Thread waiting = Thread.currentThread();
        // What is being embedded is stopped in order: its start is interrupted and cleans up after itself.
        try (var registration = embedded.isEmpty()
                ? Stop.NOTHING_TOLD
                : session.stop().tell(MOST_UNDOING, reason -> waiting.interrupt())) {
            return Engine.start(project, embedded, resources, session.edition().embedding(), session::say);
        }
    }

    @Override
    public void close() {
        if (!taken) {
            close(resources);
        }
    }

    /** Nobody is to believe that what is written there holds, least of all that callers are kept out. */
    private static void sayUnused(Configuration configuration, Session session) {
        session.say(UNUSED.stream()
                .flatMap(name ->
                        configuration
                                .sectionAt(name)
                                .map(at -> new Problem(at, name + " are not used by this version"))
                                .stream())
                .sorted()
                .map(Problem::toString)
                .toList());
    }

    private static void close(Resources resources) {
        var closings = new Closings();
        closings.add("Vert.x", () -> resources.vertx().close());
        closings.close();
    }
}
