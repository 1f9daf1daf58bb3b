package dev.muster.connect.mongo;

import com.mongodb.client.model.CountOptions;
import com.mongodb.reactivestreams.client.AggregatePublisher;
import com.mongodb.reactivestreams.client.FindPublisher;
import com.mongodb.reactivestreams.client.MongoDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

/** The operations that read: {@code find}, {@code aggregate} and {@code count}. */
final class ReadCommands {
    private ReadCommands() {}

    /** Documents that match a filter. */
    static final class Find implements DriverRequest {
        @Override
        public Publisher<?> publisher(MongoDatabase database, Given given, String comment, Optional<Duration> left) {
            FindPublisher<ResultDocument> find = database.getCollection(given.collection(), ResultDocument.class)
                    .find(given.map(MongoWords.FILTER, Mode.FILTER))
                    .comment(comment);
            given.map(MongoWords.PROJECTION, Mode.EXPRESSION, find::projection);
            given.map(MongoWords.SORT, Mode.DATA, find::sort);
            given.map(MongoWords.LET, Mode.EXPRESSION, find::let);
            given.count(MongoWords.SKIP, find::skip);
            given.count(MongoWords.LIMIT, find::limit);
            given.hint(find::hintString, find::hint);
            given.collation(find::collation);
            given.batchSize().ifPresent(find::batchSize);
            if (given.has(MongoWords.ALLOW_DISK_USE)) {
                find.allowDiskUse(given.isTrue(MongoWords.ALLOW_DISK_USE, false));
            }
            left.ifPresent(time -> find.maxTime(DriverRequest.millis(time), TimeUnit.MILLISECONDS));
            return find;
        }

        @Override
        public Object result(List<Object> items) {
            return items;
        }
    }

    /** Documents that a pipeline gives; none where it writes them into a collection. */
    static final class Aggregate implements DriverRequest {
        /** As long as servers wait for news by themselves. */
        private static final Duration USUAL_WAIT = Duration.ofSeconds(1);

        private final boolean writesOut;
        private final boolean awaits;

        /**
         * @param writesOut whether it writes its documents into a collection
         * @param awaits whether it waits for documents that are still to come
         */
        Aggregate(boolean writesOut, boolean awaits) {
            this.writesOut = writesOut;
            this.awaits = awaits;
        }

        @Override
        public Publisher<?> publisher(MongoDatabase database, Given given, String comment, Optional<Duration> left) {
            AggregatePublisher<ResultDocument> aggregate = database.getCollection(
                            given.collection(), ResultDocument.class)
                    .aggregate(given.maps(MongoWords.PIPELINE, Mode.EXPRESSION))
                    .comment(comment);
            given.map(MongoWords.LET, Mode.EXPRESSION, aggregate::let);
            given.hint(aggregate::hintString, aggregate::hint);
            given.collation(aggregate::collation);
            given.batchSize().ifPresent(aggregate::batchSize);
            if (given.has(MongoWords.ALLOW_DISK_USE)) {
                aggregate.allowDiskUse(given.isTrue(MongoWords.ALLOW_DISK_USE, false));
            }
            left.ifPresent(time -> aggregate.maxTime(DriverRequest.millis(time), TimeUnit.MILLISECONDS));
            if (awaits) {
                // Of a cursor that waits, each getMore has a time of its own; of others, all have that of the
                // beginning.
                left.ifPresent(time -> aggregate.maxAwaitTime(wait(time), TimeUnit.MILLISECONDS));
            }
            return writesOut ? aggregate.toCollection() : aggregate;
        }

        /** The driver wants it to be less than the whole time. */
        private static long wait(Duration left) {
            return Math.max(1, Math.min(USUAL_WAIT.toMillis(), DriverRequest.millis(left) - 1));
        }

        @Override
        public Object result(List<Object> items) {
            return items;
        }
    }

    /** How many documents match a filter. */
    static final class Count implements DriverRequest {
        @Override
        public Publisher<?> publisher(MongoDatabase database, Given given, String comment, Optional<Duration> left) {
            var options = new CountOptions().comment(comment);
            given.count(MongoWords.SKIP, options::skip);
            given.count(MongoWords.LIMIT, options::limit);
            given.hint(options::hintString, options::hint);
            given.collation(options::collation);
            left.ifPresent(time -> options.maxTime(DriverRequest.millis(time), TimeUnit.MILLISECONDS));
            return database.getCollection(given.collection())
                    .countDocuments(given.map(MongoWords.FILTER, Mode.FILTER), options);
        }

        @Override
        public @Nullable Object result(List<Object> items) {
            return items.isEmpty() ? null : items.get(0);
        }
    }
}
