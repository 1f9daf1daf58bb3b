package dev.muster.queue.postgres;

import dev.muster.connect.postgres.PgSocket;
import dev.muster.connect.postgres.PostgresSettings;
import dev.muster.loop.Loop;
import dev.muster.loop.Timer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection on which a node listens to the notifications of the queues of a source. If it is lost, it reconnects, and every
 * store checks its queue because it can have missed some. Runs on a loop of its own; {@link #add} and {@link #remove} are safe on
 * any thread.
 */
final class NotificationListener {
    private static final Logger LOG = LoggerFactory.getLogger("dev.muster.queue.postgres");

    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    /** The period of the heartbeat, and the time for its response: a silent connection can be a dead one. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(10);

    private final Vertx vertx;
    private final PostgresSettings settings;
    private final String source;
    private final Duration connectTimeout;
    private final Loop loop;
    private final Map<Integer, List<PostgresStore>> stores = new HashMap<>();
    private final LongAdder heard = new LongAdder();
    private final LongAdder connected = new LongAdder();
    private @Nullable PgConnection connection;
    private @Nullable Timer timer;
    private Duration pause = SHORTEST_PAUSE;
    private boolean ended;

    NotificationListener(Vertx vertx, PostgresSettings settings) {
        this.vertx = vertx;
        this.settings = settings;
        this.source = settings.common().name();
        this.connectTimeout = settings.common().connectTimeout();
        this.loop = Loop.of(vertx);
    }

    void start() {
        loop.execute(this::connect);
    }

    void add(PostgresStore store) {
        loop.execute(() -> stores.computeIfAbsent(store.number(), none -> new ArrayList<>())
                .add(store));
    }

    void remove(PostgresStore store) {
        loop.execute(() -> stores.computeIfPresent(store.number(), (number, ofQueue) -> {
            ofQueue.remove(store);
            return ofQueue.isEmpty() ? null : ofQueue;
        }));
    }

    /** Returns the number of notifications received. */
    long heard() {
        return heard.sum();
    }

    /** Returns the number of connections made. */
    long connected() {
        return connected.sum();
    }

    private void connect() {
        if (ended) {
            return;
        }
        Future<PgConnection> coming = settings.start()
                .login(() -> PgConnection.connect(vertx, StorePool.options(settings)))
                .onSuccess(PgSocket::watch);
        var attempt = new Object() {
            boolean isOver;
        };
        timer = loop.schedule(connectTimeout, () -> {
            attempt.isOver = true;
            connectLater("no answer");
        });
        coming.onComplete((opened, failure) -> StorePool.onLoop(loop, () -> {
            if (attempt.isOver || ended) {
                close(opened);
                return;
            }
            stopTimer();
            if (failure != null) {
                connectLater(String.valueOf(failure.getMessage()));
            } else {
                listen(opened);
            }
        }));
    }

    private void listen(PgConnection opened) {
        connection = opened;
        opened.notificationHandler(notice -> StorePool.onLoop(loop, () -> hear(notice.getPayload())));
        opened.exceptionHandler(broken -> LOG.debug("{}: {}", source, broken.toString()));
        opened.closeHandler(closed -> StorePool.onLoop(loop, () -> lost(opened)));
        answered(opened, Statement.LISTEN, () -> {
            connected.increment();
            pause = SHORTEST_PAUSE;
            stores.values()
                    .forEach(ofQueue -> ofQueue.forEach(store -> store.loop().execute(store::missed)));
            beatLater(opened);
        });
    }

    private void beatLater(PgConnection opened) {
        timer = loop.schedule(HEARTBEAT, () -> answered(opened, Statement.ALIVE, () -> beatLater(opened)));
    }

    /** Sends a statement that must complete within {@link #HEARTBEAT}; otherwise the connection is cut. */
    private void answered(PgConnection opened, Statement call, Runnable then) {
        timer = loop.schedule(HEARTBEAT, () -> StorePool.cut(opened));
        opened.query(call.sql())
                .execute()
                .onComplete((rows, failure) -> StorePool.onLoop(loop, () -> {
                    if (connection != opened) {
                        return;
                    }
                    stopTimer();
                    if (failure == null) {
                        then.run();
                    } else {
                        StorePool.cut(opened);
                    }
                }));
    }

    private void lost(PgConnection which) {
        if (connection == which) {
            connection = null;
            stopTimer();
            connectLater("the connection was lost");
        }
    }

    private void connectLater(String why) {
        LOG.debug("{}: no notifications: {}", source, why);
        long nanos = pause.toNanos();
        pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        timer = loop.schedule(nanos / 2 + ThreadLocalRandom.current().nextLong(nanos / 2), this::connect);
    }

    private void hear(String payload) {
        heard.increment();
        List<String> words = Arrays.asList(payload.split(" ", -1));
        boolean isOurs = words.size() >= 2 && words.size() <= 4;
        int number = isOurs ? (int) StoreRows.number(words.get(1)) : 0;
        List<String> more = new ArrayList<>(isOurs ? words.subList(2, words.size()) : List.of());
        while (more.size() < 2) {
            more.add("");
        }
        stores.getOrDefault(number, List.of())
                .forEach(store -> store.loop().execute(() -> store.heard(words.get(0), more)));
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    private static void close(@Nullable PgConnection opened) {
        if (opened != null) {
            opened.close();
        }
    }

    /** Stops listening. Safe on any thread. */
    void end() {
        loop.execute(() -> {
            ended = true;
            stopTimer();
            PgConnection open = connection;
            connection = null;
            close(open);
        });
    }
}
