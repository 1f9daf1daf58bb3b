package dev.muster.dev;

import dev.muster.config.Problem;
import dev.muster.config.ProblemsException;
import dev.muster.config.SourceConfig;
import dev.muster.node.Embedding;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Embeds an {@link Upstream} for each HTTP source with the address {@code embedded}. Its routes are in {@code dev/SOURCE.yaml},
 * {@code .yml} or {@code .json} beside {@code muster.yaml}.
 *
 * <p>The upstreams run on a separate loop, so that their load does not slow down the loops of plans.
 */
final class EmbeddedUpstreams implements Embedding {
    private static final String KIND = "http";
    private static final List<String> ENDINGS = List.of(".yaml", ".yml", ".json");
    private static final long MAX_WAIT_SECONDS = 10;

    private @Nullable Vertx vertx;

    @Override
    public Set<String> kinds() {
        return Set.of(KIND);
    }

    /** Reads the routes, so that a check reports their problems. */
    @Override
    public String placeholder(SourceConfig source) throws ProblemsException {
        Routes.read(file(source));
        return "http://127.0.0.1:9";
    }

    @Override
    public synchronized Map<String, String> start(List<SourceConfig> sources, Consumer<String> progress)
            throws InterruptedException {
        if (vertx != null) {
            throw new IllegalStateException("already started");
        }
        Map<String, Routes> routes = new LinkedHashMap<>();
        for (SourceConfig source : sources) {
            routes.put(source.name(), Routes.read(file(source)));
        }
        vertx = EmbeddedServices.oneLoop();
        Map<String, String> addresses = new LinkedHashMap<>();
        try {
            for (Map.Entry<String, Routes> source : routes.entrySet()) {
                addresses.put(source.getKey(), listening(source.getKey(), new Upstream(vertx, source.getValue())));
            }
            progress.accept("embedded: "
                    + addresses.entrySet().stream()
                            .map(source -> source.getKey() + " " + source.getValue())
                            .collect(Collectors.joining(", ")));
        } catch (InterruptedException | RuntimeException e) {
            close();
            throw e;
        }
        return addresses;
    }

    private static String listening(String source, Upstream upstream) throws InterruptedException {
        try {
            return EmbeddedServices.await(upstream.listen(), MAX_WAIT_SECONDS).address();
        } catch (ExecutionException | TimeoutException e) {
            throw new MusterException(
                    ErrorType.UNAVAILABLE, "the upstream of " + source + " cannot listen on a loopback port: " + e, e);
        }
    }

    @Override
    public synchronized void close() {
        if (vertx == null) {
            return;
        }
        Future<Void> closed = vertx.close();
        vertx = null;
        try {
            EmbeddedServices.await(closed, MAX_WAIT_SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // Its daemon threads end with the process; nothing else can be done.
            return;
        }
    }

    /** Does nothing, because there are no processes to end. */
    @Override
    public void kill() {}

    private static Path file(SourceConfig source) throws ProblemsException {
        Path folder = Path.of(source.at().file()).resolveSibling("dev");
        for (String ending : ENDINGS) {
            Path file = folder.resolve(source.name() + ending);
            if (Files.exists(file)) {
                return file;
            }
        }
        throw new ProblemsException(List.of(new Problem(
                source.at(),
                "the source \"" + source.name() + "\" is embedded and needs its routes in "
                        + folder.resolve(source.name() + ENDINGS.get(0)))));
    }
}
