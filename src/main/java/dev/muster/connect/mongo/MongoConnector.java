package dev.muster.connect.mongo;

import dev.muster.connect.Connector;
import dev.muster.connect.Operation;
import dev.muster.plan.VerbCall;
import dev.muster.plan.VerbWords;
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
 * The verb {@code mongo}: one client a source, opened at its first use, on a few threads of their own.
 *
 * <p>Safe on every thread. Everything a step waits for comes back on its loop; reading and making of BSON is done on the
 * threads, so that no document, however large, holds a loop.
 */
public final class MongoConnector implements Connector {
    private static final int MOST_THREADS = 4;

    private final DriverThreads threads =
            new DriverThreads(Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors()));
    private final Map<String, MongoSource> sources = new LinkedHashMap<>();
    private final VerbWords words = MongoWords.of();

    /** Of sources. Nothing is opened and no thread is started yet. */
    public MongoConnector(Collection<MongoSettings> settings) {
        settings.forEach(source -> sources.put(source.name(), new MongoSource(source, threads)));
    }

    /** The words of {@code mongo}. */
    public static VerbWords verbWords() {
        return MongoWords.of();
    }

    @Override
    public VerbWords words() {
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

    /** Completes when a server of the source has answered a ping; fails with what is wrong. */
    public Future<@Nullable Void> ready(Scope scope, String name) {
        MongoSource source = sources.get(name);
        if (source == null) {
            throw new IllegalArgumentException("there is no mongo source " + name);
        }
        return source.slots()
                .acquire(scope)
                .compose(slot -> new DriverCall(
                                source,
                                new OnServer(source, scope.loop(), "muster/ping", name + ": ping"),
                                name + ": ping",
                                Bounds.list(source.settings()),
                                () -> DriverRequest.bounded(
                                                source.database(),
                                                source.within(scope.remaining().map(MongoConnector::most)))
                                        .runCommand(new BsonDocument("ping", new BsonInt32(1)), BsonDocument.class))
                        .fetch(scope, 2)
                        .onComplete(ended -> slot.release())
                        .mapEmpty());
    }

    /** Nine tenths: the driver gives up before whoever asks does, as it alone can tell why. */
    private static Duration most(Duration left) {
        return left.multipliedBy(9).dividedBy(10);
    }

    /** What can be told of each source at this moment. From any thread. */
    public Map<String, MongoStatistics> statistics() {
        var statistics = new LinkedHashMap<String, MongoStatistics>();
        sources.forEach((name, source) -> statistics.put(name, source.statistics()));
        return statistics;
    }

    @Override
    public Future<Void> close() {
        return threads.close(() -> sources.values().forEach(MongoSource::close));
    }
}
