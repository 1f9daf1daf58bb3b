package dev.muster.connect.mongo;

import dev.muster.config.SourceConfig;
import dev.muster.connect.ConnectionLimiter;
import dev.muster.connect.Connector;
import dev.muster.connect.Operation;
import dev.muster.connect.Receipts;
import dev.muster.connect.SourceKind;
import dev.muster.plan.VerbCall;
import dev.muster.plan.VerbSpec;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.jspecify.annotations.Nullable;

/**
 * The connector of the verb {@code mongo}. Each source has a client, opened at first use; all clients share a few threads of
 * their own.
 *
 * <p>Safe on any thread. Everything that a step waits for completes on its loop. BSON is encoded and decoded on the connector's
 * threads, so that no document, however large, blocks a loop.
 */
public final class MongoConnector implements Connector {
    /** The kind of these sources. */
    public static final SourceKind KIND = new SourceKind(MongoSettings.KIND, MongoConnector::open);

    private static final int MAX_THREADS = 4;

    private final DriverThreads threads =
            new DriverThreads(Math.min(MAX_THREADS, Runtime.getRuntime().availableProcessors()));
    private final Map<String, MongoSource> sources = new LinkedHashMap<>();
    private final VerbSpec words = MongoOptions.of();

    /** Creates the connector of the sources. Opens no connection and starts no thread. */
    public MongoConnector(Collection<MongoSettings> settings) {
        settings.forEach(source -> sources.put(source.name(), new MongoSource(source, threads)));
    }

    private static Connector open(List<SourceConfig> sources, SourceKind.Context context) {
        return new MongoConnector(sources.stream()
                .map(source -> MongoSettings.read(source.name(), context.fields(source)))
                .toList());
    }

    /** Returns the words of {@code mongo}. */
    public static VerbSpec verbWords() {
        return MongoOptions.of();
    }

    @Override
    public VerbSpec words() {
        return words;
    }

    @Override
    public Operation prepare(VerbCall call) {
        MongoSource source = sources.get(call.target());
        if (source == null) {
            throw new IllegalArgumentException(call.at() + ": there is no mongo source " + call.target());
        }
        return new MongoOperation(call, source);
    }

    /** {@inheritDoc} A server of the source must respond to a ping. */
    @Override
    public Future<@Nullable Void> ready(Scope scope, String name) {
        MongoSource source = sources.get(name);
        if (source == null) {
            throw new IllegalArgumentException("there is no mongo source " + name);
        }
        return source.slots()
                .acquire(scope)
                .compose(slot -> new DriverCall(
                                source,
                                new ServerActivity(source, scope.loop(), "muster/ping", name + ": ping"),
                                name + ": ping",
                                false,
                                () -> source.within(scope.remaining().map(MongoConnector::most)),
                                left -> MongoSource.bounded(source.database(), left)
                                        .runCommand(new BsonDocument("ping", new BsonInt32(1)), BsonDocument.class))
                        .fetch(scope, 2)
                        .onComplete(ended -> slot.release())
                        .mapEmpty());
    }

    /** Nine tenths of the remaining time. The driver then gives up before the deadline, and only the driver knows the reason. */
    private static Duration most(Duration left) {
        return left.multipliedBy(9).dividedBy(10);
    }

    @Override
    public Map<String, Statistics> statistics() {
        var statistics = new LinkedHashMap<String, Statistics>();
        sources.forEach((name, source) -> statistics.put(name, source.statistics()));
        return statistics;
    }

    @Override
    public Future<Void> close() {
        return threads.close(() -> sources.values().forEach(MongoSource::close));
    }

    /**
     * Statistics of a source.
     *
     * @param slots statistics of its connection limiter
     * @param commands number of commands sent for steps
     * @param openCommands number of these without a response yet
     * @param openCursors number of cursors open on the server
     * @param unconfirmed number of cancels that the server did not confirm in time, so that the connection was closed
     * @param cancels outcomes of cancels
     */
    public record Statistics(
            ConnectionLimiter.Statistics slots,
            long commands,
            int openCommands,
            int openCursors,
            long unconfirmed,
            Receipts.Statistics cancels) {}
}
