package dev.muster.node;

import dev.muster.config.Configuration;
import dev.muster.config.ProblemsException;
import dev.muster.expr.Expressions;
import dev.muster.loop.OutOfMemory;
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
 * The entry point for embedding: starts the plans of one configuration folder inside another Java process and runs them
 * until it is closed.
 *
 * <p>Runs are spread over the event loops, one loop a core. Safe on any thread. {@link #start} and {@link #close}
 * block; never call them on an event loop.
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
     * Reads a configuration with its plans and starts the engine. Blocks. Connects to no source yet.
     *
     * @param conf the configuration's folder
     * @throws ProblemsException with every problem of every file; nothing is left running then
     */
    public static Muster start(Path conf) throws ProblemsException, InterruptedException {
        int loops = Runtime.getRuntime().availableProcessors();
        var opened = Resources.open(loops);
        CloseSequence closeSequence = opened.closeSequence();
        try {
            var configuration = Configuration.load(conf, true, Verbs.SOURCE_KINDS, System::getenv);
            Limits limits = Limits.read(configuration);
            Resources sized = opened.sized(limits);
            var embedded = new Embedded(Embedding.NONE);
            Project project = Project.read(
                    configuration, limits, embedded, sized, new Expressions(limits.expressions()), List.of(), true);
            Embedded.require(Embedding.NONE, project.embedded());
            Engine engine = Engine.start(project, List.of(), sized, Embedding.NONE, line -> {});
            engine.watchLoops();
            return new Muster(engine, loops);
        } catch (RuntimeException | InterruptedException e) {
            closeSequence.close();
            throw e;
        }
    }

    /** The version of Muster, or {@code (not from a jar)}. */
    public static String version() {
        String version = Muster.class.getPackage().getImplementationVersion();
        return version == null ? "(not from a jar)" : version;
    }

    /** The names of the plans, sorted. */
    public Set<String> plans() {
        return new TreeSet<>(engine.programs().keySet());
    }

    /**
     * Runs a plan and returns its output.
     *
     * @param input a JSON value as {@link dev.muster.json.Json} reads it, usually a map; null stands for an empty map
     * @return the plan's output as a JSON value, once everything that the run started has ended; or a
     *     {@link MusterException}: {@code notFound} for an unknown plan, {@code badInput}, or the error of the run
     */
    public Future<@Nullable Object> run(String plan, @Nullable Object input) {
        return begin(plan, input, event -> {}).compose(Run::end).compose(end -> {
            var failure = end.failure();
            return failure == null ? Future.succeededFuture(end.output()) : Future.failedFuture(failure.error());
        });
    }

    /**
     * Starts a run that can be cancelled and that reports its events.
     *
     * @param events receives each event on the run's loop; must not block
     * @return the started run, or a {@link MusterException} as in {@link #run}
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
            } catch (RuntimeException | Error e) {
                OutOfMemory.check(e);
                begun.fail(e);
            }
        });
        return begun.future();
    }

    /** Cancels every run, waits for the runs and their clean-up to end, and stops the engine. Idempotent. Blocks. */
    @Override
    public void close() {
        engine.close();
    }
}
