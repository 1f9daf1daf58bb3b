package dev.muster.connect.mongo;

import com.mongodb.ServerAddress;
import dev.muster.loop.Loop;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The end of a command that runs on a server: finds the user's own operations with the command's comment and kills them, again
 * and again until the command has ended.
 *
 * <p>An operation's number belongs to one command only, so a late kill cannot hit another command. If the search for operations
 * fails, it is not repeated; the command's own end is then awaited within {@link ServerActivity#GRACE}.
 */
final class KillOp {
    /** Delay before the first look: a short command ends by itself in that time. */
    private static final Duration FIRST = Duration.ofMillis(5);

    private static final Duration AGAIN = Duration.ofMillis(100);

    private final MongoSource source;
    private final ServerAddress address;
    private final ServerActivity server;
    private final Loop loop;
    private final String comment;

    KillOp(MongoSource source, ServerAddress address, ServerActivity server, Loop loop, String comment) {
        this.source = source;
        this.address = address;
        this.server = server;
        this.loop = loop;
        this.comment = comment;
    }

    /** Starts. Runs on the loop. */
    void begin() {
        lookIn(FIRST);
    }

    private void lookIn(Duration time) {
        loop.schedule(time, () -> {
            if (server.isBusy()) {
                try {
                    source.threads().execute(this::look);
                } catch (RejectedExecutionException e) {
                    // The node is closing, connections included.
                }
            }
        });
    }

    private void look() {
        run(operations(), (answer, failure) -> {
            if (failure != null || answer == null || !server.isBusy()) {
                return;
            }
            BsonDocument cursor = answer.getDocument("cursor", new BsonDocument());
            BsonArray found = cursor.getArray("firstBatch", new BsonArray());
            for (BsonValue operation : found) {
                kill(operation.asDocument().get("opid"));
            }
            server.onLoop(() -> lookIn(AGAIN));
        });
    }

    private void kill(@Nullable BsonValue operation) {
        if (operation != null) {
            server.killBegins();
            run(
                    new BsonDocument("killOp", new BsonInt32(1)).append("op", operation),
                    (answer, failure) -> server.killEnds());
        }
    }

    /**
     * The command that lists the user's own operations, which any user may see and kill. Operations of a cursor keep the
     * comment of the command that opened it.
     */
    private BsonDocument operations() {
        var text = new BsonString(comment);
        var either = new BsonArray(List.of(
                new BsonDocument("command.comment", text),
                new BsonDocument("cursor.originatingCommand.comment", text)));
        var pipeline = new BsonArray(List.of(
                new BsonDocument("$currentOp", new BsonDocument()),
                new BsonDocument("$match", new BsonDocument("$or", either)),
                new BsonDocument("$project", new BsonDocument("opid", new BsonInt32(1)))));
        return new BsonDocument("aggregate", new BsonInt32(1))
                .append("pipeline", pipeline)
                .append("cursor", new BsonDocument());
    }

    private void run(BsonDocument command, BiConsumer<@Nullable BsonDocument, @Nullable Throwable> end) {
        try {
            var unused = Mono.from(MongoSource.bounded(source.control(address), Optional.of(ServerActivity.GRACE))
                            .runCommand(command, BsonDocument.class))
                    .toFuture()
                    .whenComplete(end);
        } catch (RuntimeException e) {
            end.accept(null, e);
        }
    }
}
