package dev.muster.node;

import dev.muster.access.Caller;
import dev.muster.access.Callers;
import dev.muster.config.SourceConfig;
import dev.muster.connect.Connector;
import dev.muster.connect.cpu.CpuConnector;
import dev.muster.connect.postgres.PostgresSettings;
import dev.muster.loop.Loop;
import dev.muster.plan.MusterException;
import dev.muster.run.Program;
import dev.muster.run.Runner;
import dev.muster.service.Deployment;
import dev.muster.task.Scope;
import dev.muster.task.Tasks;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A deployment: the plans, sources and callers of one reading of the configuration. A reload retires it; it is closed
 * once the last run that uses it has ended. Safe on any thread.
 */
final class LiveDeployment implements Deployment {

    private static final Logger LOG = LoggerFactory.getLogger(LiveDeployment.class);

    /** A plan with typical expressions: a path, a conditional, a macro, function calls, a map. */
    private static final String WARM_UP = """
            plan: warm-up
            output:
              path: = run.id
              choice: "= size(run.id) > 0 && has(run.plan) ? [1, 2].map(x, x + 1) : []"
              text: "= {'json': json(1.5), 'sum': 1 + 2 * 3, 'text': 'a' + string(2)}"
            """;

    private final Project project;
    private final Engine engine;
    private final Callers callers;
    private final Adhoc adhoc;
    private final Map<String, Program> programs;
    private final Map<String, Connector> connectors;
    private final Map<String, Boolean> needed = new LinkedHashMap<>();
    private final Map<Loop, Tasks> tasks = new ConcurrentHashMap<>();
    private final AtomicInteger uses = new AtomicInteger(1);
    private final Promise<Void> unused = Promise.promise();

    private LiveDeployment(Project project, Engine engine, Callers callers) {
        this.project = project;
        this.engine = engine;
        this.callers = callers;
        this.adhoc = Adhoc.of(project, CpuConnector.installed());
        this.programs = engine.programs();
        this.connectors = engine.connectors();
        project.sources().forEach(source -> needed.put(source.name(), !isOptional(source)));
    }

    /**
     * Prepares a project to run. Blocks. Connects to no source for steps, but starts the background recovery of what
     * dead nodes left running at its sources.
     *
     * @param addresses the addresses of embedded sources, by source name
     * @param resources borrowed; closing the deployment leaves them open
     */
    static LiveDeployment open(Project project, Map<String, String> addresses, Callers callers, Resources resources)
            throws InterruptedException {
        List<SourceConfig> sources = Embedded.started(project.sources(), addresses);
        Engine engine = Engine.over(project, sources, resources);
        engine.verbs().start();
        return new LiveDeployment(project, engine, callers);
    }

    /**
     * Parses a small ad-hoc plan and drops the result, so that the first caller with an ad-hoc plan does not wait for
     * the classes of expressions to load. No failure if the plan exceeds the configured bounds of plans. Blocks.
     */
    void warmUp() {
        try {
            Program.prepare(adhoc.read(WARM_UP, Caller.everyone(), timeout -> {}), connectors, programs::get);
        } catch (MusterException e) {
            LOG.debug("the warm-up plan is rejected", e);
        }
    }

    Project project() {
        return project;
    }

    @Override
    public Map<String, Program> programs() {
        return programs;
    }

    @Override
    public Callers callers() {
        return callers;
    }

    @Override
    public Runner runner() {
        return engine.runner();
    }

    @Override
    public Tasks tasks(Loop loop) {
        Tasks known = tasks.get(loop);
        return known != null ? known : tasks.computeIfAbsent(loop, one -> engine.tasks(one, Tasks.Options.defaults()));
    }

    @Override
    public Duration runTime() {
        return project.limits().run().runTime();
    }

    @Override
    public Future<Program> adhoc(Object written, Caller caller, Loop loop, Future<?> gone) {
        if (!tryEnter()) {
            return Future.failedFuture(Deployment.replaced());
        }
        try {
            return engine.resources()
                    .adhoc()
                    .read(
                            tasks(loop),
                            written,
                            runTime(),
                            goesOn -> Program.prepare(adhoc.read(written, caller, goesOn), connectors, programs::get),
                            gone,
                            this::left);
        } catch (RuntimeException | Error e) {
            left();
            throw e;
        }
    }

    @Override
    public Map<String, Boolean> needed() {
        return needed;
    }

    @Override
    public Future<@Nullable Void> ready(Scope scope, String source) {
        return engine.verbs()
                .ready(scope, source)
                .compose(ready -> scope.await(
                        "the queues of " + source, engine.resources().queues().ready(source)));
    }

    /** The settings of the Postgres sources, by source name. */
    Map<String, PostgresSettings> postgres() {
        return engine.verbs().postgres();
    }

    @Override
    public boolean tryEnter() {
        return uses.getAndUpdate(now -> now == 0 ? 0 : now + 1) > 0;
    }

    @Override
    public void left() {
        if (uses.decrementAndGet() == 0) {
            unused.complete();
        }
    }

    /**
     * Retires the deployment. The returned future completes, on any thread, when the last run has ended; then the
     * deployment can be closed.
     */
    Future<Void> retire() {
        left();
        return unused.future();
    }

    /** The time in which every cancelled run of a saved plan cleans up and ends. */
    Duration longestCleanUp() {
        return engine.longestCleanUp();
    }

    /** Cancels the remaining runs, closes the sources in order, and releases the callers. Blocks. */
    void close() {
        engine.close();
        callers.close();
    }

    private static boolean isOptional(SourceConfig source) {
        return Boolean.TRUE.equals(source.mapping().toValue().get("optional"));
    }
}
