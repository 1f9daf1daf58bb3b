package dev.muster.app;

import dev.muster.config.Configuration;
import dev.muster.config.ProblemsException;
import dev.muster.expr.Expressions;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.run.Program;
import dev.muster.run.Run;
import dev.muster.run.RunListener;
import dev.muster.run.RunOptions;
import dev.muster.task.Tasks;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Plans in a process of one's own: a configuration's folder, started; its plans run until it is closed.
 *
 * <p>Runs are spread over the event loops, one a core. Safe on every thread; {@link #start} and {@link #close} block, so
 * never on an event loop.
 */
public final class Muster implements AutoCloseable {

    private final Engine engine;
    private final List<Tasks> trees;
    private final AtomicInteger turn = new AtomicInteger();

    private Muster(Engine engine, int loops) {
        this.engine = engine;
        this.trees = Stream.generate(() -> engine.resources().loop())
                .limit(loops)
                .map(loop -> engine.tasks(loop, Tasks.Options.defaults()))
                .toList();
    }

    /**
     * Reads a configuration with its plans and starts what runs them. Blocks; no source is asked yet.
     *
     * @param conf the folder
     * @throws ProblemsException with everything that is wrong in any of its files; nothing is left running then
     */
    public static Muster start(Path conf) throws ProblemsException, InterruptedException {
        int loops = Runtime.getRuntime().availableProcessors();
        var opened = Resources.open(loops);
        var closings = new Closings();
        closings.add("Vert.x", () -> opened.vertx().close());
        try {
            var configuration = Configuration.load(conf, true, Verbs.SOURCE_KINDS, System::getenv);
            Limits limits = Limits.read(configuration);
            Resources sized = opened.sized(limits);
            var embedded = new Embedded(Edition.PRODUCTION);
            Project project = Project.read(
                    configuration, limits, embedded, sized, new Expressions(limits.expressions()), List.of(), true);
            Embedded.require(Edition.PRODUCTION, project.embedded());
            Engine engine = Engine.start(project, List.of(), sized, Embedding.NONE, line -> {});
            engine.watchLoops();
            return new Muster(engine, loops);
        } catch (RuntimeException | InterruptedException e) {
            closings.close();
            throw e;
        }
    }

    /** The names of its plans. */
    public Set<String> plans() {
        return new TreeSet<>(engine.programs().keySet());
    }

    /**
     * Runs a plan.
     *
     * @param input a JSON value, as {@link dev.muster.json.Json} reads it: usually a map; null for none
     * @return its output as a JSON value, after everything that it started has ended; or a {@link MusterException}:
     *     {@code notFound} where there is no such plan, {@code badInput}, or why it failed
     */
    public Future<@Nullable Object> run(String plan, @Nullable Object input) {
        return begin(plan, input, event -> {}).compose(Run::end).compose(end -> {
            var failure = end.failure();
            return failure == null ? Future.succeededFuture(end.output()) : Future.failedFuture(failure.error());
        });
    }

    /**
     * Begins to run a plan: what comes can be cancelled, and tells its events.
     *
     * @param events told of each event, on the run's loop, which it must not hold
     * @return the run, or a {@link MusterException} as {@link #run} has it
     */
    public Future<Run> begin(String plan, @Nullable Object input, RunListener events) {
        Program program = engine.programs().get(plan);
        if (program == null) {
            return Future.failedFuture(new MusterException(
                    ErrorType.NOT_FOUND, "there is no plan " + plan + "; there are " + String.join(", ", plans())));
        }
        Tasks tasks = trees.get(Math.floorMod(turn.getAndIncrement(), trees.size()));
        Object given = input == null ? Map.of() : input;
        Promise<Run> begun = Promise.promise();
        tasks.loop().execute(() -> {
            try {
                begun.complete(engine.runner().start(tasks, program, given, RunOptions.of(events)));
            } catch (RuntimeException e) {
                begun.fail(e);
            }
        });
        return begun.future();
    }

    /** Cancels every run, waits for its end with its clean-up, and stops what was started. A second call does nothing. */
    @Override
    public void close() {
        engine.close();
    }
}
