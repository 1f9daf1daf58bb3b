package dev.muster.connect.mongo;

import com.mongodb.reactivestreams.client.MongoDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

/** The command of one operation of the verb, and the conversion of its response. */
interface DriverRequest {

    /**
     * Creates the driver's command. Runs on a thread of the driver.
     *
     * @param comment the comment by which the command is found on the server
     * @param left the time that is left for the command
     * @throws dev.muster.plan.MusterException if the words are not valid
     */
    Publisher<?> publisher(MongoDatabase database, CommandArguments given, String comment, Optional<Duration> left);

    /** The result of the step. */
    @Nullable
    Object result(List<Object> items);

    /** A duration in milliseconds, at least 1, because 0 would mean no limit. */
    static long millis(Duration left) {
        return Math.max(1, left.toMillis());
    }

    /** The database with a time limit, for commands that have no time option of their own. */
    static MongoDatabase bounded(MongoDatabase database, Optional<Duration> left) {
        return left.map(time -> database.withTimeout(millis(time), TimeUnit.MILLISECONDS))
                .orElse(database);
    }
}
