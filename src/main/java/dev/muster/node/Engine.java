package dev.muster.node;

import dev.muster.config.Problems;
import dev.muster.config.SourceConfig;
import dev.muster.connect.Connector;
import dev.muster.loop.Futures;
import dev.muster.loop.Loop;
import dev.muster.plan.Plan;
import dev.muster.run.Program;
import dev.muster.run.Runner;
import dev.muster.task.Tasks;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Everything that runs plans. Started in this order and stopped in reverse:
 *
 * <ol>
 *   <li>Vert.x;
 *   <li>the pools for work off the loop;
 *   <li>embedded servers;
 *   <li>the queues that plans put into;
 *   <li>the connectors of all verbs, which connect when a step first needs a connection;
 *   <li>the programs of the plans, and the runner;
 *   <li>the task trees, one a loop: closing a tree cancels its runs and waits for their end.
 * </ol>
 *
 * <p>Safe on any thread. {@link #start} and {@link #close} block; never call them on an event loop.
 */
public final class Engine implements AutoCloseable {

    /** The least time that cancelled runs have. */
    private static final Duration MIN_CLEAN_UP = Duration.ofSeconds(5);

    /** Added to the budgets of the clean-ups: a clean-up that uses up its budget ends a little later. */
    private static final Duration MARGIN = Duration.ofSeconds(1);

    private final Resources resources;
    private final CloseSequence closeSequence = new CloseSequence();
    private final Map<String, Connector> connectors = new LinkedHashMap<>();
    private final Map<String, Program> programs = new LinkedHashMap<>();
    private final Runner runner;
    private final Duration cleanUp;
    private final Map<String, Plan> plans;
    private final int mostCleanUps;
    private Verbs verbs;

    private Engine(Project project, Resources resources) {
        this.resources = resources;
        this.cleanUp = project.limits().cleanUp();
        this.plans = project.plans();
        this.mostCleanUps = PlanCalls.mostCleanUps(plans);
        this.verbs = verbs(project.sources(), project, resources);
        this.runner = new Runner(
                project.limits().run(),
                (scope, work) -> resources.cpu().submit(scope, "an expression", stop -> work.get()));
    }

    /**
     * Starts an engine. If the start fails, nothing is left running.
     *
     * @param project the plans to run and their configuration
     * @param embedded the embedded sources to start; other embedded sources have no address
     * @param resources owned by the engine from now on, even if the start fails
     * @param progress receives progress lines for people
     * @throws dev.muster.plan.MusterException if an embedded server does not start
     */
    public static Engine start(
            Project project,
            List<SourceConfig> embedded,
            Resources resources,
            Embedding embedding,
            Consumer<String> progress)
            throws InterruptedException {
        var engine = new Engine(project, resources);
        engine.closeSequence.add("Vert.x", () -> resources.vertx().close());
        engine.closeSequence.add("pools", resources::closePools);
        try {
            if (!embedded.isEmpty()) {
                Map<String, String> addresses = Embedded.start(embedding, embedded, progress, engine.closeSequence);
                engine.verbs = verbs(Embedded.started(project.sources(), addresses), project, resources);
            }
            engine.closeSequence.add("queues", resources.queues()::close);
            resources.queues().open(project.queuesInUse(), engine.verbs.postgres(), QueueVerticle.Addresses.NONE);
            engine.connect(project);
        } catch (RuntimeException | InterruptedException e) {
            engine.close();
            throw e;
        }
        return engine;
    }

    /**
     * Starts an engine for a project on borrowed resources, which closing the engine leaves open.
     *
     * @param sources the sources with their real addresses
     */
    static Engine over(Project project, List<SourceConfig> sources, Resources resources) throws InterruptedException {
        var engine = new Engine(project, resources);
        try {
            engine.verbs = verbs(sources, project, resources);
            engine.connect(project);
        } catch (RuntimeException | InterruptedException e) {
            engine.close();
            throw e;
        }
        return engine;
    }

    /** Starts logging the runs that block an event loop. */
    public void watchLoops() {
        BlockedLoops.watch(resources.vertx());
    }

    /** The resources of the node: Vert.x, pools and queues. */
    public Resources resources() {
        return resources;
    }

    /** The programs of all plans, by plan name. */
    public Map<String, Program> programs() {
        return Map.copyOf(programs);
    }

    Map<String, Connector> connectors() {
        return Map.copyOf(connectors);
    }

    /** The runner that starts runs. */
    public Runner runner() {
        return runner;
    }

    /** Creates a task tree on a loop; it is closed with the engine. */
    public Tasks tasks(Loop loop, Tasks.Options options) {
        var tasks = Tasks.on(loop, options.cleanUpBudget(cleanUp));
        closeSequence.add("tasks", longestCleanUp(), tasks::close);
        return tasks;
    }

    /** The total time that the clean-up of a cancelled run of this plan can take. */
    public Duration cleanUp(Plan plan) {
        return cleanUp.multipliedBy(PlanCalls.cleanUps(plan, plans));
    }

    /** The time in which every cancelled run of a saved plan cleans up and ends. */
    Duration longestCleanUp() {
        Duration longest = cleanUp.multipliedBy(mostCleanUps).plus(MARGIN);
        return longest.compareTo(MIN_CLEAN_UP) > 0 ? longest : MIN_CLEAN_UP;
    }

    /** All verbs that need a connector. */
    public Verbs verbs() {
        return verbs;
    }

    /** Cancels every run, waits for their end, and stops everything in reverse order. Idempotent. Blocks. */
    @Override
    public void close() {
        closeSequence.close();
    }

    private void connect(Project project) throws InterruptedException {
        connectors.putAll(Waiting.got(verbs.open()));
        closeSequence.add(
                "connectors",
                () -> Futures.whenAllEnd(connectors.values().stream().map(Connector::close)));
        for (Plan plan : project.plans().values()) {
            programs.put(plan.name(), Program.prepare(plan, connectors, programs::get));
        }
    }

    private static Verbs verbs(List<SourceConfig> sources, Project project, Resources resources) {
        var problems = new Problems();
        var verbs = new Verbs(sources, resources, project.configuration().dir(), project.longestRun(), problems);
        problems.throwIfAny();
        return verbs;
    }
}
