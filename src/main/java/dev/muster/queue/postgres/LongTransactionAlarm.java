package dev.muster.queue.postgres;

import dev.muster.config.Durations;
import dev.muster.loop.Loop;
import dev.muster.loop.Timer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The alarm for old transactions, prepared transactions and replication slots. While one of them exists, the dead rows of
 * finished jobs stay in the tables, and each take reads over more of them. Checks once a minute and warns at most every 30
 * minutes. {@link #held} is safe on any thread.
 */
final class LongTransactionAlarm {
    private static final Logger LOG = LoggerFactory.getLogger("dev.muster.queue.postgres");

    private static final Duration EVERY = Duration.ofMinutes(1);

    /** The number of checks between two warnings of the same alarm. */
    private static final int QUIET_LOOKS = 30;

    private final Loop loop;
    private final StorePool pool;
    private final String source;
    private final Duration alarm;
    private volatile @Nullable Held held;
    private @Nullable Timer timer;
    private int looksSinceWarning;
    private boolean ended;

    /**
     * The oldest holder of dead rows.
     *
     * @param who the process, prepared transaction or slot
     * @param since age of the holder
     */
    record Held(String who, Duration since) {}

    LongTransactionAlarm(Loop loop, StorePool pool, String source, Duration alarm) {
        this.loop = loop;
        this.pool = pool;
        this.source = source;
        this.alarm = alarm;
    }

    Optional<Held> held() {
        return Optional.ofNullable(held);
    }

    void start() {
        loop.execute(this::look);
    }

    private void look() {
        if (ended) {
            return;
        }
        pool.repeat(loop, Statement.HELD, again -> Tuple.tuple()).onComplete((rows, failure) -> {
            if (failure == null) {
                seen(oldest(rows));
            }
            if (!ended) {
                timer = loop.schedule(EVERY, this::look);
            }
        });
    }

    private static @Nullable Held oldest(RowSet<Row> rows) {
        Iterator<Row> found = rows.iterator();
        if (!found.hasNext()) {
            return null;
        }
        Row first = found.next();
        return new Held(first.getString(0), Duration.ofSeconds(first.getLong(1)));
    }

    private void seen(@Nullable Held oldest) {
        if (oldest == null || oldest.since().compareTo(alarm) < 0) {
            held = null;
            looksSinceWarning = 0;
            return;
        }
        held = oldest;
        if (looksSinceWarning % QUIET_LOOKS == 0) {
            LOG.warn(
                    "source {}: {} has held its snapshot for {}: rows of finished jobs cannot be removed, and takes become slow;"
                            + " end that transaction",
                    source,
                    oldest.who(),
                    Durations.format(oldest.since()));
        }
        looksSinceWarning++;
    }

    void end() {
        loop.execute(() -> {
            ended = true;
            if (timer != null) {
                timer.cancel();
            }
        });
    }
}
