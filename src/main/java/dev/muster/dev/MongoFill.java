package dev.muster.dev;

import com.mongodb.ConnectionString;
import com.mongodb.MongoException;
import com.mongodb.reactivestreams.client.MongoClient;
import com.mongodb.reactivestreams.client.MongoClients;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.muster.config.Mapping;
import dev.muster.config.Node;
import dev.muster.config.Position;
import dev.muster.config.Problem;
import dev.muster.config.Problems;
import dev.muster.config.ProblemsException;
import dev.muster.config.Sequence;
import dev.muster.config.Yaml;
import dev.muster.json.Json;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.bson.BsonDocument;
import reactor.core.publisher.Flux;

/** Initial documents of a Mongo database, from a file {@code {collection: [documents in extended JSON]}}. */
final class MongoFill implements EmbeddedDatabases.Fill {
    private static final Yaml.Limits LIMITS = new Yaml.Limits(64 << 20, 100, 0);
    private static final long MAX_SECONDS = 60;

    private final Map<String, List<BsonDocument>> collections = new LinkedHashMap<>();
    private final Position at;

    private MongoFill(Position at) {
        this.at = at;
    }

    /** Reads a JSON file of at most 64 MiB. */
    static MongoFill read(Path path) throws ProblemsException {
        Node root = Yaml.read(path, LIMITS);
        var fill = new MongoFill(root.at());
        var problems = new Problems();
        if (root instanceof Mapping mapping) {
            mapping.entries().forEach(entry -> fill.collection(entry, problems));
        } else {
            problems.add(root.at(), "must be a map of collections, each a list of documents, not " + root.describe());
        }
        problems.throwIfAny();
        return fill;
    }

    @Override
    public void run(Vertx vertx, String uri) throws InterruptedException {
        var address = new ConnectionString(uri);
        try (MongoClient client = MongoClients.create(address)) {
            MongoDatabase database = client.getDatabase(Objects.requireNonNull(address.getDatabase()));
            for (Map.Entry<String, List<BsonDocument>> collection : collections.entrySet()) {
                Flux.from(database.getCollection(collection.getKey(), BsonDocument.class)
                                .insertMany(collection.getValue()))
                        .then()
                        .toFuture()
                        .get(MAX_SECONDS, TimeUnit.SECONDS);
            }
        } catch (ExecutionException | TimeoutException | MongoException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new ProblemsException(List.of(new Problem(at, String.valueOf(cause.getMessage()))));
        }
    }

    private void collection(Mapping.Entry entry, Problems problems) {
        if (!(entry.value() instanceof Sequence documents)) {
            problems.add(
                    entry.value().at(),
                    "the collection " + entry.name() + " must be a list of documents, not "
                            + entry.value().describe());
            return;
        }
        List<BsonDocument> read = new ArrayList<>();
        for (Node document : documents.items()) {
            try {
                if (document instanceof Mapping) {
                    read.add(BsonDocument.parse(Json.write(document.toValue())));
                } else {
                    problems.add(document.at(), "a document must be a map, not " + document.describe());
                }
            } catch (RuntimeException e) {
                problems.add(document.at(), "not extended JSON: " + e.getMessage());
            }
        }
        if (!read.isEmpty()) {
            collections.put(entry.name(), read);
        }
    }
}
