package dev.muster.connect.mongo;

import com.mongodb.client.model.DeleteOptions;
import com.mongodb.client.model.InsertManyOptions;
import com.mongodb.client.model.ReplaceOptions;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.result.DeleteResult;
import com.mongodb.client.result.InsertManyResult;
import com.mongodb.client.result.UpdateResult;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.muster.connect.mongo.ToBson.ParseMode;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.bson.BsonDocument;
import org.bson.BsonDocumentReader;
import org.bson.BsonValue;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/** The writing operations: {@code insert}, {@code update} and {@code delete}. */
final class WriteCommands {
    private WriteCommands() {}

    /** Inserts documents. */
    static final class Insert implements MongoOperation.Command {
        private final MongoSource source;

        Insert(MongoSource source) {
            this.source = source;
        }

        @Override
        public Publisher<?> publisher(
                MongoDatabase database, CommandArguments arguments, String comment, Optional<Duration> left) {
            List<BsonDocument> documents = arguments.maps(MongoOptions.DOCUMENTS, ParseMode.DATA);
            if (documents.isEmpty()) {
                return Mono.empty();
            }
            if (documents.size() > source.settings().maxRows()) {
                throw new MusterException(
                        ErrorType.LIMIT,
                        source.name() + ": insert " + arguments.collection() + ": " + documents.size()
                                + " documents, more than " + source.settings().maxRows() + " (maxRows of source "
                                + source.name() + ")");
            }
            var options =
                    new InsertManyOptions().comment(comment).ordered(arguments.isTrue(MongoOptions.ORDERED, true));
            return collection(database, arguments, left).insertMany(documents, options);
        }

        @Override
        public Object result(List<Object> items) {
            Map<Integer, BsonValue> byIndex =
                    items.isEmpty() ? Map.of() : new TreeMap<>(((InsertManyResult) items.get(0)).getInsertedIds());
            var ids = new ArrayList<@Nullable Object>(byIndex.size());
            byIndex.values().forEach(id -> ids.add(plain(id, source)));
            var result = new LinkedHashMap<String, Object>();
            result.put("inserted", (long) ids.size());
            result.put("ids", ids);
            return result;
        }
    }

    /** Changes documents, or replaces one. */
    static final class Update implements MongoOperation.Command {
        private final MongoSource source;

        Update(MongoSource source) {
            this.source = source;
        }

        @Override
        public Publisher<?> publisher(
                MongoDatabase database, CommandArguments arguments, String comment, Optional<Duration> left) {
            MongoCollection<BsonDocument> collection = collection(database, arguments, left);
            BsonDocument filter = arguments.map(MongoOptions.FILTER, ParseMode.FILTER);
            boolean upsert = arguments.isTrue(MongoOptions.UPSERT, false);
            if (arguments.has(MongoOptions.REPLACEMENT)) {
                var options = new ReplaceOptions().comment(comment).upsert(upsert);
                arguments.hint(options::hintString, options::hint);
                arguments.collation(options::collation);
                arguments.map(MongoOptions.LET, ParseMode.EXPRESSION, options::let);
                return collection.replaceOne(filter, arguments.map(MongoOptions.REPLACEMENT, ParseMode.DATA), options);
            }
            var options = new UpdateOptions().comment(comment).upsert(upsert);
            arguments.hint(options::hintString, options::hint);
            arguments.collation(options::collation);
            arguments.map(MongoOptions.LET, ParseMode.EXPRESSION, options::let);
            if (arguments.has(MongoOptions.ARRAY_FILTERS)) {
                options.arrayFilters(arguments.maps(MongoOptions.ARRAY_FILTERS, ParseMode.FILTER));
            }
            boolean many = arguments.isTrue(MongoOptions.MANY, false);
            if (arguments.has(MongoOptions.PIPELINE)) {
                List<BsonDocument> stages = arguments.maps(MongoOptions.PIPELINE, ParseMode.EXPRESSION);
                return many
                        ? collection.updateMany(filter, stages, options)
                        : collection.updateOne(filter, stages, options);
            }
            BsonDocument changes = arguments.map(MongoOptions.CHANGES, ParseMode.DATA);
            return many
                    ? collection.updateMany(filter, changes, options)
                    : collection.updateOne(filter, changes, options);
        }

        @Override
        public Object result(List<Object> items) {
            var done = (UpdateResult) items.get(0);
            BsonValue upserted = done.getUpsertedId();
            var result = new LinkedHashMap<String, @Nullable Object>();
            result.put("matched", done.getMatchedCount());
            result.put("modified", done.getModifiedCount());
            result.put("upsertedId", upserted == null ? null : plain(upserted, source));
            return result;
        }
    }

    /** Deletes documents. */
    static final class Delete implements MongoOperation.Command {
        @Override
        public Publisher<?> publisher(
                MongoDatabase database, CommandArguments arguments, String comment, Optional<Duration> left) {
            var options = new DeleteOptions().comment(comment);
            arguments.hint(options::hintString, options::hint);
            arguments.collation(options::collation);
            arguments.map(MongoOptions.LET, ParseMode.EXPRESSION, options::let);
            MongoCollection<BsonDocument> collection = collection(database, arguments, left);
            BsonDocument filter = arguments.map(MongoOptions.FILTER, ParseMode.FILTER);
            return arguments.isTrue(MongoOptions.MANY, false)
                    ? collection.deleteMany(filter, options)
                    : collection.deleteOne(filter, options);
        }

        @Override
        public Object result(List<Object> items) {
            return Map.of("deleted", ((DeleteResult) items.get(0)).getDeletedCount());
        }
    }

    private static MongoCollection<BsonDocument> collection(
            MongoDatabase database, CommandArguments arguments, Optional<Duration> left) {
        return MongoSource.bounded(database, left).getCollection(arguments.collection(), BsonDocument.class);
    }

    /** An id as a JSON value. */
    private static @Nullable Object plain(BsonValue id, MongoSource source) {
        var reader = new BsonDocumentReader(new BsonDocument("id", id));
        return new FromBson(source.uuids()).document(reader).get("id");
    }
}
