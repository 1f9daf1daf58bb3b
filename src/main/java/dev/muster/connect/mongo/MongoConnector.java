package dev.muster.connect.mongo;

import dev.muster.connect.ConnectionLimiter;
import dev.muster.connect.Connector;
import dev.muster.connect.Operation;
import dev.muster.connect.Receipts;
import dev.muster.plan.VerbCall;
import dev.muster.plan.VerbSpec;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
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
    private static final int MAX_THREADS = 4;

    private final DriverThreads threads =
            new DriverThreads(Math.min(MAX_THREADS, Runtime.getRuntime().availableProcessors()));
    private final Map<String, MongoSource> sources = new LinkedHashMap<>();
    private final VerbSpec words = MongoOptions.of();

    /** Creates the connector of the sources. Opens no connection and starts no thread. */
    public MongoConnector(Collection<MongoSettings> settings) {
        settings.forEach(source -> sources.put(source.name(), new MongoSource(source, threads)));
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

    /**
     * Checks that a source is ready. Completes when a server of the source has responded to a ping; fails with the reason. Runs
     * on the scope's loop.
     *
     * @throws IllegalArgumentException if there is no such source
     */
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

    /** Returns the statistics of each source. Safe on any thread. */
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
