package dev.muster.dev;

import dev.muster.config.Durations;
import dev.muster.config.ProblemsException;
import dev.muster.config.SourceConfig;
import dev.muster.node.Embedding;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One embedded server for all sources of one kind with the address {@code embedded}. Each source has a database of its name. A new
 * database is filled from {@code dev/SOURCE.sql} or {@code dev/SOURCE.json} beside {@code muster.yaml}.
 */
final class EmbeddedDatabases implements Embedding {
    private final String kind;
    private final String name;
    private final Starter starter;
    private volatile @Nullable DatabaseServer server;

    /**
     * Creates the embedding of one kind.
     *
     * @param kind the kind's word in a source
     * @param name the name for people
     * @param starter starts the server
     */
    EmbeddedDatabases(String kind, String name, Starter starter) {
        this.kind = kind;
        this.name = name;
        this.starter = starter;
    }

    /** Starts a server, with a progress line for people if it takes seconds. */
    @FunctionalInterface
    interface Starter {
        DatabaseServer start(Consumer<String> progress) throws InterruptedException;
    }

    @Override
    public Set<String> kinds() {
        return Set.of(kind);
    }

    /** Reads the file that fills the database, so that a check reports its problems. */
    @Override
    public String placeholder(SourceConfig source) throws ProblemsException {
        fill(source);
        return (kind.equals("mongo") ? "mongodb" : kind) + "://embedded.invalid/" + source.name();
    }

    @Override
    public Map<String, String> start(List<SourceConfig> sources, Consumer<String> progress)
            throws InterruptedException {
        if (server != null) {
            throw new IllegalStateException("already started");
        }
        Map<SourceConfig, Fill> fills = new LinkedHashMap<>();
        for (SourceConfig source : sources) {
            fills.put(source, fill(source));
        }
        progress.accept("embedded: starting " + name);
        long began = System.nanoTime();
        DatabaseServer started = starter.start(line -> progress.accept("embedded: " + line));
        server = started;
        try {
            progress.accept("embedded: " + name + " is up after " + human(began));
            return filled(started, fills, progress);
        } catch (InterruptedException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private static Map<String, String> filled(
            DatabaseServer server, Map<SourceConfig, Fill> fills, Consumer<String> progress)
            throws InterruptedException {
        Vertx vertx = EmbeddedServices.oneLoop();
        try {
            List<Callable<String>> works = fills.entrySet().stream()
                    .<Callable<String>>map(source ->
                            () -> database(vertx, server, source.getKey().name(), source.getValue(), progress))
                    .toList();
            List<String> addresses = EmbeddedServices.concurrently("fill", works);
            Map<String, String> byName = new LinkedHashMap<>();
            for (SourceConfig source : fills.keySet()) {
                byName.put(source.name(), addresses.get(byName.size()));
            }
            return byName;
        } finally {
            vertx.close();
        }
    }

    private static String database(
            Vertx vertx, DatabaseServer server, String name, Fill fill, Consumer<String> progress)
            throws InterruptedException {
        String uri = server.uri(name);
        if (!server.create(name)) {
            progress.accept("embedded: " + name + " " + uri + ", with its previous data");
            return uri;
        }
        long began = System.nanoTime();
        fill.run(vertx, uri);
        server.keep(name);
        progress.accept(
                "embedded: " + name + " " + uri + (fill == Fill.NONE ? ", empty" : ", filled in " + human(began)));
        return uri;
    }

    @Override
    public void close() {
        DatabaseServer running = server;
        server = null;
        if (running != null) {
            running.close();
        }
    }

    @Override
    public void kill() {
        DatabaseServer running = server;
        if (running != null) {
            running.kill();
        }
    }

    private Fill fill(SourceConfig source) throws ProblemsException {
        Path folder = Path.of(source.at().file()).resolveSibling("dev");
        Path file = folder.resolve(source.name() + (kind.equals("mongo") ? ".json" : ".sql"));
        if (!Files.exists(file)) {
            return Fill.NONE;
        }
        return kind.equals("mongo") ? MongoFill.read(file) : SqlFill.read(file, kind.equals("postgres"));
    }

    private static String human(long began) {
        return Durations.human(Duration.ofNanos(System.nanoTime() - began));
    }

    /** The initial content of a new embedded database. */
    interface Fill {

        /** No content. */
        Fill NONE = (vertx, uri) -> {};

        /**
         * Writes the content into the database at this address. Blocks.
         *
         * @throws ProblemsException if the database rejects the content, with the position in the file
         */
        void run(Vertx vertx, String uri) throws InterruptedException;
    }
}
