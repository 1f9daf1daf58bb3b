package dev.muster.app;

import dev.muster.config.Problems;
import dev.muster.config.SourceConfig;
import dev.muster.connect.Connector;
import dev.muster.loop.Loop;
import dev.muster.plan.Plan;
import dev.muster.run.Program;
import dev.muster.run.Runner;
import dev.muster.task.Tasks;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/**
 * Everything that runs plans, started. In this order, and stopped in the opposite one:
 *
 * <ol>
 *   <li>Vert.x;
 *   <li>the pools for work off the loop;
 *   <li>embedded servers;
 *   <li>the queues that plans put into;
 *   <li>the connectors of all verbs, which connect when a step asks for it;
 *   <li>the programs of the plans, and the runner;
 *   <li>the task trees, one a loop: closing them cancels every run and waits for its end.
 * </ol>
 *
 * <p>Safe on every thread; {@link #start} and {@link #close} block and are never called on an event loop.
 */
public final class Engine implements AutoCloseable {

    private final Resources resources;
    private final Closings closings = new Closings();
    private final Map<String, Connector> connectors = new LinkedHashMap<>();
    private final Map<String, Program> programs = new LinkedHashMap<>();
    private final Runner runner;
    private final Duration cleanUp;
    private final Map<String, Plan> plans;
    private Verbs verbs;

    private Engine(Project project, Resources resources) {
        this.resources = resources;
        this.cleanUp = project.limits().cleanUp();
        this.plans = project.plans();
        this.verbs = verbs(project.sources(), project, resources);
        this.runner = new Runner(
                project.limits().run(),
                (scope, work) -> resources.cpu().submit(scope, "an expression", stop -> work.get()));
    }

    /**
     * Starts it, or leaves nothing running.
     *
     * @param project what to run
     * @param embedded the embedded sources to start; the others have no address
     * @param resources become the engine's, also where this fails
     * @param progress takes a line for people
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
        engine.closings.add("Vert.x", () -> resources.vertx().close());
        engine.closings.add("pools", resources::closePools);
        try {
            engine.embed(project, embedded, embedding, progress);
            engine.closings.add("queues", resources.queues()::close);
            resources.queues().open(project.queuesInUse(), engine.verbs.postgres(), QueueVerticle.Addresses.NONE);
            engine.connect(project);
        } catch (RuntimeException | InterruptedException e) {
            engine.close();
            throw e;
        }
        return engine;
    }

    /**
     * Starts what runs a project's plans on resources that stay somebody else's.
     *
     * @param sources with addresses in place
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

    /** Names from now on the runs that hold an event loop for long. */
    void watchLoops() {
        BlockedLoops.watch(resources.vertx());
    }

    /** The node's own: Vert.x and pools. */
    public Resources resources() {
        return resources;
    }

    /** The plans that can be run, by name. */
    public Map<String, Program> programs() {
        return Map.copyOf(programs);
    }

    /** The connectors of all verbs, by verb. */
    Map<String, Connector> connectors() {
        return Map.copyOf(connectors);
    }

    /** What starts runs. */
    public Runner runner() {
        return runner;
    }

    /** Task trees on a loop, closed with the engine. */
    public Tasks tasks(Loop loop, Tasks.Options options) {
        var tasks = Tasks.on(loop, options.cleanUpBudget(cleanUp));
        closings.add("tasks", tasks::close);
        return tasks;
    }

    /** How long the clean-up of a cancelled run of this plan may take, all in all. */
    Duration cleanUp(Plan plan) {
        return cleanUp.multipliedBy(PlanCalls.cleanUps(plan, plans));
    }

    /** All verbs that need something to execute them. */
    Verbs verbs() {
        return verbs;
    }

    /** Cancels every run, waits for its end, and stops what was started. A second call does nothing. */
    @Override
    public void close() {
        closings.close();
    }

    private void embed(Project project, List<SourceConfig> embedded, Embedding embedding, Consumer<String> progress)
            throws InterruptedException {
        if (embedded.isEmpty()) {
            return;
        }
        closings.add("embedded servers", () -> {
            embedding.close();
            return Future.succeededFuture();
        });
        Map<String, String> addresses = embedding.start(embedded, progress);
        verbs = verbs(Embedded.started(project.sources(), addresses), project, resources);
    }

    private void connect(Project project) throws InterruptedException {
        connectors.putAll(opened(verbs));
        closings.add("connectors", () -> closed(new ArrayList<>(connectors.values())));
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

    private static Map<String, Connector> opened(Verbs verbs) throws InterruptedException {
        try {
            return verbs.open().toCompletionStage().toCompletableFuture().get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        }
    }

    private static Future<?> closed(List<Connector> connectors) {
        Future<Void> all = Future.succeededFuture();
        for (Connector connector : connectors) {
            Future<Void> one = connector.close();
            all = all.eventually(() -> one);
        }
        return all;
    }
}
