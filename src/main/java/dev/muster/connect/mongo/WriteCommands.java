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

/** The writing operations: {@code insert}, {@code update} and {@code delete}. */
final class WriteCommands {
    private WriteCommands() {}

    /** Inserts documents. */
    static final class Insert implements DriverRequest {
        private final MongoSource source;

        Insert(MongoSource source) {
            this.source = source;
        }

        @Override
        public Publisher<?> publisher(
                MongoDatabase database, CommandArguments given, String comment, Optional<Duration> left) {
            List<BsonDocument> documents = given.maps(MongoOptions.DOCUMENTS, ParseMode.DATA);
            if (documents.isEmpty()) {
                return subscriber -> subscriber.onSubscribe(new EmptyPublisher(subscriber));
            }
            if (documents.size() > source.settings().maxRows()) {
                throw new MusterException(
                        ErrorType.LIMIT,
                        source.name() + ": insert " + given.collection() + ": " + documents.size()
                                + " documents, more than " + source.settings().maxRows() + " (maxRows of source "
                                + source.name() + ")");
            }
            var options = new InsertManyOptions().comment(comment).ordered(given.isTrue(MongoOptions.ORDERED, true));
            return collection(database, given, left).insertMany(documents, options);
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
    static final class Update implements DriverRequest {
        private final MongoSource source;

        Update(MongoSource source) {
            this.source = source;
        }

        @Override
        public Publisher<?> publisher(
                MongoDatabase database, CommandArguments given, String comment, Optional<Duration> left) {
            MongoCollection<BsonDocument> collection = collection(database, given, left);
            BsonDocument filter = given.map(MongoOptions.FILTER, ParseMode.FILTER);
            boolean upsert = given.isTrue(MongoOptions.UPSERT, false);
            if (given.has(MongoOptions.REPLACEMENT)) {
                var options = new ReplaceOptions().comment(comment).upsert(upsert);
                given.hint(options::hintString, options::hint);
                given.collation(options::collation);
                given.map(MongoOptions.LET, ParseMode.EXPRESSION, options::let);
                return collection.replaceOne(filter, given.map(MongoOptions.REPLACEMENT, ParseMode.DATA), options);
            }
            var options = new UpdateOptions().comment(comment).upsert(upsert);
            given.hint(options::hintString, options::hint);
            given.collation(options::collation);
            given.map(MongoOptions.LET, ParseMode.EXPRESSION, options::let);
            if (given.has(MongoOptions.ARRAY_FILTERS)) {
                options.arrayFilters(given.maps(MongoOptions.ARRAY_FILTERS, ParseMode.FILTER));
            }
            boolean many = given.isTrue(MongoOptions.MANY, false);
            if (given.has(MongoOptions.PIPELINE)) {
                List<BsonDocument> stages = given.maps(MongoOptions.PIPELINE, ParseMode.EXPRESSION);
                return many
                        ? collection.updateMany(filter, stages, options)
                        : collection.updateOne(filter, stages, options);
            }
            BsonDocument changes = given.map(MongoOptions.CHANGES, ParseMode.DATA);
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
    static final class Delete implements DriverRequest {
        @Override
        public Publisher<?> publisher(
                MongoDatabase database, CommandArguments given, String comment, Optional<Duration> left) {
            var options = new DeleteOptions().comment(comment);
            given.hint(options::hintString, options::hint);
            given.collation(options::collation);
            given.map(MongoOptions.LET, ParseMode.EXPRESSION, options::let);
            MongoCollection<BsonDocument> collection = collection(database, given, left);
            BsonDocument filter = given.map(MongoOptions.FILTER, ParseMode.FILTER);
            return given.isTrue(MongoOptions.MANY, false)
                    ? collection.deleteMany(filter, options)
                    : collection.deleteOne(filter, options);
        }

        @Override
        public Object result(List<Object> items) {
            return Map.of("deleted", ((DeleteResult) items.get(0)).getDeletedCount());
        }
    }

    private static MongoCollection<BsonDocument> collection(
            MongoDatabase database, CommandArguments given, Optional<Duration> left) {
        return DriverRequest.bounded(database, left).getCollection(given.collection(), BsonDocument.class);
    }

    /** An id as a JSON value. */
    private static @Nullable Object plain(BsonValue id, MongoSource source) {
        var reader = new BsonDocumentReader(new BsonDocument("id", id));
        return new FromBson(source.uuids()).document(reader).get("id");
    }
}
