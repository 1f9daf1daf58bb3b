package dev.muster.connect.mongo;

import com.mongodb.client.model.CountOptions;
import com.mongodb.reactivestreams.client.AggregatePublisher;
import com.mongodb.reactivestreams.client.FindPublisher;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.muster.connect.mongo.FromBson.ResultDocument;
import dev.muster.connect.mongo.ToBson.ParseMode;
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
    static final class Find implements MongoOperation.Command {
        @Override
        public Publisher<?> publisher(
                MongoDatabase database, CommandArguments arguments, String comment, Optional<Duration> left) {
            FindPublisher<ResultDocument> find = database.getCollection(arguments.collection(), ResultDocument.class)
                    .find(arguments.map(MongoOptions.FILTER, ParseMode.FILTER))
                    .comment(comment);
            arguments.map(MongoOptions.PROJECTION, ParseMode.EXPRESSION, find::projection);
            arguments.map(MongoOptions.SORT, ParseMode.DATA, find::sort);
            arguments.map(MongoOptions.LET, ParseMode.EXPRESSION, find::let);
            arguments.count(MongoOptions.SKIP, find::skip);
            arguments.count(MongoOptions.LIMIT, find::limit);
            arguments.hint(find::hintString, find::hint);
            arguments.collation(find::collation);
            arguments.batchSize().ifPresent(find::batchSize);
            if (arguments.has(MongoOptions.ALLOW_DISK_USE)) {
                find.allowDiskUse(arguments.isTrue(MongoOptions.ALLOW_DISK_USE, false));
            }
            left.ifPresent(time -> find.maxTime(MongoSource.millis(time), TimeUnit.MILLISECONDS));
            return find;
        }

        @Override
        public Object result(List<Object> items) {
            return items;
        }
    }

    /** Reads the documents of a pipeline; none if it writes them into a collection. */
    static final class Aggregate implements MongoOperation.Command {
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
                MongoDatabase database, CommandArguments arguments, String comment, Optional<Duration> left) {
            AggregatePublisher<ResultDocument> aggregate = database.getCollection(
                            arguments.collection(), ResultDocument.class)
                    .aggregate(arguments.maps(MongoOptions.PIPELINE, ParseMode.EXPRESSION))
                    .comment(comment);
            arguments.map(MongoOptions.LET, ParseMode.EXPRESSION, aggregate::let);
            arguments.hint(aggregate::hintString, aggregate::hint);
            arguments.collation(aggregate::collation);
            arguments.batchSize().ifPresent(aggregate::batchSize);
            if (arguments.has(MongoOptions.ALLOW_DISK_USE)) {
                aggregate.allowDiskUse(arguments.isTrue(MongoOptions.ALLOW_DISK_USE, false));
            }
            left.ifPresent(time -> aggregate.maxTime(MongoSource.millis(time), TimeUnit.MILLISECONDS));
            if (awaits) {
                // Each getMore of a waiting cursor has a time limit of its own; the commands of any other cursor share
                // one limit.
                left.ifPresent(time -> aggregate.maxAwaitTime(wait(time), TimeUnit.MILLISECONDS));
            }
            return writesOut ? aggregate.toCollection() : aggregate;
        }

        /** The wait of one getMore in milliseconds. The driver requires it to be less than the whole time. */
        private static long wait(Duration left) {
            return Math.max(1, Math.min(USUAL_WAIT.toMillis(), MongoSource.millis(left) - 1));
        }

        @Override
        public Object result(List<Object> items) {
            return items;
        }
    }

    /** Counts the documents that match a filter. */
    static final class Count implements MongoOperation.Command {
        @Override
        public Publisher<?> publisher(
                MongoDatabase database, CommandArguments arguments, String comment, Optional<Duration> left) {
            var options = new CountOptions().comment(comment);
            arguments.count(MongoOptions.SKIP, options::skip);
            arguments.count(MongoOptions.LIMIT, options::limit);
            arguments.hint(options::hintString, options::hint);
            arguments.collation(options::collation);
            left.ifPresent(time -> options.maxTime(MongoSource.millis(time), TimeUnit.MILLISECONDS));
            return database.getCollection(arguments.collection())
                    .countDocuments(arguments.map(MongoOptions.FILTER, ParseMode.FILTER), options);
        }

        @Override
        public @Nullable Object result(List<Object> items) {
            return items.isEmpty() ? null : items.get(0);
        }
    }
}
