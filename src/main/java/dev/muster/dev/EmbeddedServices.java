package dev.muster.dev;

import dev.muster.config.SourceConfig;
import dev.muster.node.Embedding;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** All kinds of embedded services, which start concurrently. */
final class EmbeddedServices implements Embedding {
    private final List<Embedding> kinds;

    EmbeddedServices(List<Embedding> kinds) {
        this.kinds = List.copyOf(kinds);
    }

    /**
     * The embedded services of this jar.
     *
     * @param lasting the folder that keeps the data of databases; if empty, data is removed with the process
     */
    static EmbeddedServices all(Optional<Path> lasting) {
        return new EmbeddedServices(List.of(
                new EmbeddedUpstreams(),
                new EmbeddedDatabases("postgres", "Postgres", progress -> DatabaseServer.postgres(lasting, progress)),
                new EmbeddedDatabases("mysql", "MariaDB", progress -> DatabaseServer.mysql(lasting, progress)),
                new EmbeddedDatabases("mongo", "a Mongo-wire server", progress -> DatabaseServer.mongo())));
    }

    @Override
    public Set<String> kinds() {
        var all = new LinkedHashSet<String>();
        kinds.forEach(kind -> all.addAll(kind.kinds()));
        return all;
    }

    @Override
    public String placeholder(SourceConfig source) {
        return kinds.stream()
                .filter(kind -> kind.kinds().contains(source.kind()))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no embedded server for " + source.kind()))
                .placeholder(source);
    }

    @Override
    public Map<String, String> start(List<SourceConfig> sources, Consumer<String> progress)
            throws InterruptedException {
        List<Callable<Map<String, String>>> starts = kinds.stream()
                .map(kind -> Map.entry(kind, of(kind, sources)))
                .filter(kind -> !kind.getValue().isEmpty())
                .<Callable<Map<String, String>>>map(kind -> () -> kind.getKey().start(kind.getValue(), progress))
                .toList();
        try {
            var addresses = new LinkedHashMap<String, String>();
            concurrently("embed", starts).forEach(addresses::putAll);
            return addresses;
        } catch (InterruptedException | RuntimeException e) {
            close();
            throw e;
        }
    }

    @Override
    public void close() {
        kinds.forEach(Embedding::close);
    }

    @Override
    public void kill() {
        kinds.forEach(Embedding::kill);
    }

    private static List<SourceConfig> of(Embedding kind, List<SourceConfig> sources) {
        return sources.stream()
                .filter(source -> kind.kinds().contains(source.kind()))
                .toList();
    }

    /** Creates a Vert.x instance with one event loop and no files on disk, for upstreams and for setting up databases. */
    static Vertx oneLoop() {
        return Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setUseDaemonThread(true)
                .setFileSystemOptions(new FileSystemOptions()
                        .setClassPathResolvingEnabled(false)
                        .setFileCachingEnabled(false)));
    }

    /**
     * Runs blocking tasks concurrently, each on a separate thread, and waits for their end. After a failure or an interrupt the
     * others are interrupted and waited for. The first failure is thrown.
     *
     * @return the results, in the order of the tasks
     */
    static <T> List<T> concurrently(String what, List<Callable<T>> tasks) throws InterruptedException {
        if (tasks.isEmpty()) {
            return List.of();
        }
        ExecutorService threads = Executors.newFixedThreadPool(tasks.size(), task -> {
            var thread = new Thread(task, "muster-" + what);
            thread.setDaemon(true);
            return thread;
        });
        try {
            var ended = new ExecutorCompletionService<T>(threads);
            List<Future<T>> started = tasks.stream().map(ended::submit).toList();
            for (int i = 0; i < started.size(); i++) {
                ended.take().get();
            }
            List<T> results = new ArrayList<>();
            for (Future<T> task : started) {
                results.add(task.get());
            }
            return results;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
        } finally {
            end(threads);
        }
    }

    /** Waits for the end of all threads, even if interrupted. Every task has a time limit and ends soon after its interrupt. */
    private static void end(ExecutorService threads) {
        boolean interrupted = false;
        threads.shutdownNow();
        while (!threads.isTerminated()) {
            try {
                threads.awaitTermination(1, TimeUnit.HOURS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for a future, at most this long. */
    static <T> T await(io.vertx.core.Future<T> future, long seconds)
            throws ExecutionException, InterruptedException, TimeoutException {
        return future.toCompletionStage().toCompletableFuture().get(seconds, TimeUnit.SECONDS);
    }
}
