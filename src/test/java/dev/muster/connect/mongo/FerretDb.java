package dev.muster.connect.mongo;

import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.mongodb.reactivestreams.client.MongoClients;
import dev.muster.TestServers;
import java.util.EnumSet;
import java.util.Set;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonType;
import reactor.core.publisher.Mono;

/** What FerretDB, the second server that the tests run on, has not: a test that needs it is left out there alone. */
final class FerretDb {
    private static final boolean IS_TESTED =
            !TestServers.mongo().isEmbedded() && isAt(TestServers.mongo().uri());

    private FerretDb() {}

    /** Leaves the rest of a test out on it. */
    static void lacks(String what) {
        assumeFalse(IS_TESTED, "FerretDB has no " + what);
    }

    /** Whether it keeps such a value. It closes the connection at types that it does not know. */
    static boolean keeps(BsonType type, String written) {
        Set<BsonType> unknown = EnumSet.of(
                BsonType.DECIMAL128,
                BsonType.MIN_KEY,
                BsonType.MAX_KEY,
                BsonType.UNDEFINED,
                BsonType.SYMBOL,
                BsonType.JAVASCRIPT,
                BsonType.JAVASCRIPT_WITH_SCOPE,
                BsonType.DB_POINTER);
        boolean isInfiniteOrNaN = type == BsonType.DOUBLE && (written.contains("NaN") || written.contains("Infinity"));
        boolean isArrayInArray = written.equals("[1, [], null]");
        return !IS_TESTED || !unknown.contains(type) && !isInfiniteOrNaN && !isArrayInArray;
    }

    private static boolean isAt(String uri) {
        try (var client = MongoClients.create(uri)) {
            var info = Mono.from(client.getDatabase("admin")
                            .runCommand(new BsonDocument("buildInfo", new BsonInt32(1)), BsonDocument.class))
                    .block();
            return info != null && info.keySet().stream().anyMatch(key -> key.startsWith("ferretdb"));
        }
    }
}
