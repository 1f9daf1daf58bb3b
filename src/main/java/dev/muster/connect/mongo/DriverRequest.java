package dev.muster.connect.mongo;

import com.mongodb.reactivestreams.client.MongoDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

/** What one operation of the verb asks the driver for, and what its answer becomes. */
interface DriverRequest {

    /**
     * Makes the driver's command; on one of its threads.
     *
     * @param comment what it is found by on the server
     * @param left the time that is left for it
     * @throws dev.muster.plan.MusterException if the words do not fit
     */
    Publisher<?> publisher(MongoDatabase database, Given given, String comment, Optional<Duration> left);

    /** The result of the step. */
    @Nullable
    Object result(List<Object> items);

    /** Milliseconds, one at least: none would mean no bound. */
    static long millis(Duration left) {
        return Math.max(1, left.toMillis());
    }

    /** The database with a bound for commands that have no word for it. */
    static MongoDatabase bounded(MongoDatabase database, Optional<Duration> left) {
        return left.map(time -> database.withTimeout(millis(time), TimeUnit.MILLISECONDS))
                .orElse(database);
    }
}
