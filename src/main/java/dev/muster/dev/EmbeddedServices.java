package dev.muster.dev;

import dev.muster.config.SourceConfig;
import dev.muster.node.Embedding;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
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
                new EmbeddedDatabases("postgres", "Postgres", progress -> DatabaseServers.postgres(lasting, progress)),
                new EmbeddedDatabases("mysql", "MariaDB", progress -> DatabaseServers.mysql(lasting, progress)),
                new EmbeddedDatabases("mongo", "a Mongo-wire server", progress -> DatabaseServers.mongo())));
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
            SideBySide.all("embed", starts).forEach(addresses::putAll);
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
}
