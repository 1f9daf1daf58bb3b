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

/** The reading operations: {@code find}, {@code aggregate} and {@code count}. */
final class ReadCommands {
    private ReadCommands() {}

    /** Reads the documents that match a filter. */
    static final class Find implements DriverRequest {
        @Override
        public Publisher<?> publisher(
                MongoDatabase database, CommandArguments given, String comment, Optional<Duration> left) {
            FindPublisher<ResultDocument> find = database.getCollection(given.collection(), ResultDocument.class)
                    .find(given.map(MongoOptions.FILTER, ParseMode.FILTER))
                    .comment(comment);
            given.map(MongoOptions.PROJECTION, ParseMode.EXPRESSION, find::projection);
            given.map(MongoOptions.SORT, ParseMode.DATA, find::sort);
            given.map(MongoOptions.LET, ParseMode.EXPRESSION, find::let);
            given.count(MongoOptions.SKIP, find::skip);
            given.count(MongoOptions.LIMIT, find::limit);
            given.hint(find::hintString, find::hint);
            given.collation(find::collation);
            given.batchSize().ifPresent(find::batchSize);
            if (given.has(MongoOptions.ALLOW_DISK_USE)) {
                find.allowDiskUse(given.isTrue(MongoOptions.ALLOW_DISK_USE, false));
            }
            left.ifPresent(time -> find.maxTime(DriverRequest.millis(time), TimeUnit.MILLISECONDS));
            return find;
        }

        @Override
        public Object result(List<Object> items) {
            return items;
        }
    }

    /** Reads the documents of a pipeline; none if it writes them into a collection. */
    static final class Aggregate implements DriverRequest {
        /** The default wait of servers for new documents. */
        private static final Duration USUAL_WAIT = Duration.ofSeconds(1);

        private final boolean writesOut;
        private final boolean awaits;

        /**
         * Creates an aggregation.
         *
         * @param writesOut whether it writes its documents into a collection
         * @param awaits whether it waits for future documents
         */
        Aggregate(boolean writesOut, boolean awaits) {
            this.writesOut = writesOut;
            this.awaits = awaits;
        }

        @Override
        public Publisher<?> publisher(
                MongoDatabase database, CommandArguments given, String comment, Optional<Duration> left) {
            AggregatePublisher<ResultDocument> aggregate = database.getCollection(
                            given.collection(), ResultDocument.class)
                    .aggregate(given.maps(MongoOptions.PIPELINE, ParseMode.EXPRESSION))
                    .comment(comment);
            given.map(MongoOptions.LET, ParseMode.EXPRESSION, aggregate::let);
            given.hint(aggregate::hintString, aggregate::hint);
            given.collation(aggregate::collation);
            given.batchSize().ifPresent(aggregate::batchSize);
            if (given.has(MongoOptions.ALLOW_DISK_USE)) {
                aggregate.allowDiskUse(given.isTrue(MongoOptions.ALLOW_DISK_USE, false));
            }
            left.ifPresent(time -> aggregate.maxTime(DriverRequest.millis(time), TimeUnit.MILLISECONDS));
            if (awaits) {
                // Each getMore of a waiting cursor has a time limit of its own; the commands of any other cursor share
                // one
                // limit.
                left.ifPresent(time -> aggregate.maxAwaitTime(wait(time), TimeUnit.MILLISECONDS));
            }
            return writesOut ? aggregate.toCollection() : aggregate;
        }

        /** The wait of one getMore in milliseconds. The driver requires it to be less than the whole time. */
        private static long wait(Duration left) {
            return Math.max(1, Math.min(USUAL_WAIT.toMillis(), DriverRequest.millis(left) - 1));
        }

        @Override
        public Object result(List<Object> items) {
            return items;
        }
    }

    /** Counts the documents that match a filter. */
    static final class Count implements DriverRequest {
        @Override
        public Publisher<?> publisher(
                MongoDatabase database, CommandArguments given, String comment, Optional<Duration> left) {
            var options = new CountOptions().comment(comment);
            given.count(MongoOptions.SKIP, options::skip);
            given.count(MongoOptions.LIMIT, options::limit);
            given.hint(options::hintString, options::hint);
            given.collation(options::collation);
            left.ifPresent(time -> options.maxTime(DriverRequest.millis(time), TimeUnit.MILLISECONDS));
            return database.getCollection(given.collection())
                    .countDocuments(given.map(MongoOptions.FILTER, ParseMode.FILTER), options);
        }

        @Override
        public @Nullable Object result(List<Object> items) {
            return items.isEmpty() ? null : items.get(0);
        }
    }
}
