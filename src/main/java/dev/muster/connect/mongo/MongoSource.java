package dev.muster.connect.mongo;

import com.mongodb.MongoClientSettings;
import com.mongodb.ServerAddress;
import com.mongodb.connection.ClusterConnectionMode;
import com.mongodb.connection.ClusterDescription;
import com.mongodb.event.ClusterDescriptionChangedEvent;
import com.mongodb.event.ClusterListener;
import com.mongodb.reactivestreams.client.MongoClient;
import com.mongodb.reactivestreams.client.MongoClients;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.muster.connect.ConnectionLimiter;
import dev.muster.connect.Receipts;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.bson.UuidRepresentation;
import org.bson.codecs.configuration.CodecRegistries;
import org.jspecify.annotations.Nullable;

/**
 * One source: its settings, its connection limiter, and its clients, opened at first use. Safe on any thread; methods that open
 * a client take time and are for the driver's threads only.
 */
final class MongoSource {
    private static final int CONTROL_CONNECTIONS = 2;
    private static final int CONTROL_IDLE_SECONDS = 60;

    private final MongoSettings settings;
    private final DriverThreads threads;
    private final ConnectionLimiter slots;
    private final Receipts receipts;
    private final LongAdder commands = new LongAdder();
    private final LongAdder unconfirmed = new LongAdder();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger cursors = new AtomicInteger();
    private final Map<ServerAddress, MongoClient> controls = new HashMap<>();
    private volatile @Nullable MongoClient client;
    private volatile @Nullable ClusterDescription cluster;
    private volatile boolean closed;

    MongoSource(MongoSettings settings, DriverThreads threads) {
        this.settings = settings;
        this.threads = threads;
        this.receipts = new Receipts(settings.name());
        this.slots =
                new ConnectionLimiter(settings.name(), settings.pool(), settings.maxWaiting(), settings.waitTimeout());
    }

    String name() {
        return settings.name();
    }

    MongoSettings settings() {
        return settings;
    }

    DriverThreads threads() {
        return threads;
    }

    ConnectionLimiter slots() {
        return slots;
    }

    /** The receipts of the source's cancels. */
    Receipts receipts() {
        return receipts;
    }

    /** The representation of UUIDs as binary values. */
    UuidRepresentation uuids() {
        UuidRepresentation configured = settings.uri().getUuidRepresentation();
        return configured == null ? UuidRepresentation.UNSPECIFIED : configured;
    }

    boolean isClosed() {
        return closed;
    }

    /** The servers as last seen; null before the first look. */
    @Nullable
    ClusterDescription cluster() {
        return cluster;
    }

    /**
     * Opens the client, if this is the first use of the source.
     *
     * @throws IllegalStateException if the source is closed
     */
    void open() {
        if (client == null) {
            database();
        }
    }

    /**
     * The database. Opens the client at first use.
     *
     * @throws IllegalStateException if the source is closed
     */
    synchronized MongoDatabase database() {
        refuseIfClosed();
        MongoClient opened = client;
        if (opened == null) {
            var events = new CommandEvents();
            opened = MongoClients.create(driver().contextProvider(events)
                    .addCommandListener(events)
                    .applyToClusterSettings(servers -> servers.addClusterListener(new Watch()))
                    .build());
            client = opened;
        }
        return opened.getDatabase(settings.database());
    }

    /**
     * The database for one command. If the address sets {@code timeoutMS}, the driver limits each command by it and ignores
     * every other limit. The smaller of both limits is then set in its place.
     *
     * @param left the limit as {@link #within} returns it
     */
    MongoDatabase database(Optional<Duration> left) {
        return addressed().isEmpty() ? database() : bounded(database(), left);
    }

    /** A duration in milliseconds, at least 1, because 0 would mean no limit. */
    static long millis(Duration left) {
        return Math.max(1, left.toMillis());
    }

    /** The database with a time limit, for commands that have no time option of their own. */
    static MongoDatabase bounded(MongoDatabase database, Optional<Duration> left) {
        return left.map(time -> database.withTimeout(millis(time), TimeUnit.MILLISECONDS))
                .orElse(database);
    }

    /** The limit of a command: the given time or, if shorter, {@code timeoutMS} of the address. */
    Optional<Duration> within(Optional<Duration> left) {
        Optional<Duration> addressed = addressed();
        return left.isPresent()
                ? left.map(
                        time -> addressed.filter(own -> own.compareTo(time) < 0).orElse(time))
                : addressed;
    }

    /** The time limit {@code timeoutMS} of the address. */
    Optional<Duration> addressed() {
        return Optional.ofNullable(settings.uri().getTimeout())
                .filter(millis -> millis > 0)
                .map(Duration::ofMillis);
    }

    /**
     * The administrative database of one server, on connections outside the pool, so that commands can be killed while the pool
     * is full.
     */
    synchronized MongoDatabase control(ServerAddress server) {
        refuseIfClosed();
        return controls.computeIfAbsent(
                        server,
                        address -> MongoClients.create(
                                driver().applyToClusterSettings(servers -> servers.mode(ClusterConnectionMode.SINGLE)
                                                .hosts(List.of(address))
                                                .requiredReplicaSetName(null)
                                                .serverSelectionTimeout(2, TimeUnit.SECONDS))
                                        .applyToConnectionPoolSettings(connections -> connections
                                                .maxSize(CONTROL_CONNECTIONS)
                                                .maxConnectionIdleTime(CONTROL_IDLE_SECONDS, TimeUnit.SECONDS))
                                        .retryReads(false)
                                        .build()))
                .getDatabase("admin");
    }

    /** Closes the clients. Blocks for a moment, so not to be called on a loop. */
    synchronized void close() {
        closed = true;
        if (client != null) {
            client.close();
        }
        controls.values().forEach(MongoClient::close);
        controls.clear();
        client = null;
    }

    void commandBegins() {
        commands.increment();
        open.incrementAndGet();
    }

    void commandEnds() {
        open.decrementAndGet();
    }

    void cursorsChange(int delta) {
        cursors.addAndGet(delta);
    }

    void unconfirmed() {
        unconfirmed.increment();
    }

    MongoConnector.Statistics statistics() {
        return new MongoConnector.Statistics(
                slots.statistics(),
                commands.sum(),
                open.get(),
                cursors.get(),
                unconfirmed.sum(),
                receipts.statistics());
    }

    private MongoClientSettings.Builder driver() {
        MongoClientSettings.Builder driver = settings.driver()
                .codecRegistry(CodecRegistries.fromRegistries(
                        CodecRegistries.fromCodecs(new FromBson(uuids())),
                        MongoClientSettings.getDefaultCodecRegistry()));
        threads.carry(driver);
        return driver;
    }

    private void refuseIfClosed() {
        if (closed) {
            throw new IllegalStateException("source " + name() + " is closed");
        }
    }

    private final class Watch implements ClusterListener {
        @Override
        public void clusterDescriptionChanged(ClusterDescriptionChangedEvent event) {
            cluster = event.getNewDescription();
        }
    }
}
