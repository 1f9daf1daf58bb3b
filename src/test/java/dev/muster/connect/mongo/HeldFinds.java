package dev.muster.connect.mongo;

import static dev.muster.Soon.soon;

import dev.muster.TestServers;
import dev.muster.connect.mongo.Tap.Act;
import dev.muster.connect.mongo.Tap.Seen;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonString;

/**
 * A MongoDB that holds each {@code find} by a number as its {@code _id}: it lists them as operations, ends one that is killed, and
 * answers one when a test says so. The embedded server behind it does all else. Safe on every thread.
 */
public final class HeldFinds implements AutoCloseable {

    private final Tap tap;
    private final Map<Long, Held> held = new ConcurrentHashMap<>();

    private static final class Held {
        final CompletableFuture<Seen> arrived = new CompletableFuture<>();
        volatile boolean killed;
    }

    public HeldFinds() throws IOException {
        tap = new Tap(TestServers.mongo().freshDatabase());
        tap.script(this::act);
    }

    public String uri() {
        return tap.uri();
    }

    /** Waits until the find of this number is under way. */
    public void await(long id) {
        soon(at(id).arrived);
    }

    /** Whether it is under way: it has been neither killed nor answered, and whoever asked is there. */
    public boolean isOpen(long id) {
        Held here = held.get(id);
        return here != null
                && here.arrived.isDone()
                && !here.killed
                && !soon(here.arrived).from().isClosed();
    }

    /** Answers it with one document of that number. */
    public void release(long id) {
        var document = new BsonDocument("_id", new BsonInt64(id));
        held.remove(id).arrived.thenAccept(find -> find.answer(cursor(new BsonArray(List.of(document)))));
    }

    @Override
    public void close() throws IOException {
        tap.close();
    }

    private Held at(long id) {
        return held.computeIfAbsent(id, it -> new Held());
    }

    private Act act(Seen command) {
        switch (command.name()) {
            case "find" ->
                at(command.body().getDocument("filter").getNumber("_id").longValue())
                        .arrived
                        .complete(command);
            case "aggregate" -> command.answer(cursor(operations(command)));
            case "killOp" -> {
                kill(command.body().getNumber("op").longValue());
                command.answer(Tap.ok());
            }
            default -> {
                return Act.PASS;
            }
        }
        return Act.HOLD;
    }

    private void kill(long id) {
        Held here = at(id);
        here.killed = true;
        here.arrived.thenAccept(find -> find.answer(new BsonDocument("ok", new BsonDouble(0))
                .append("errmsg", new BsonString("operation was interrupted"))
                .append("code", new BsonInt32(11601))
                .append("codeName", new BsonString("Interrupted"))));
    }

    /** The finds whose comment the command asks for, by their numbers. */
    private BsonArray operations(Seen asked) {
        String wanted = asked.body().toJson();
        var found = new BsonArray();
        held.forEach((id, here) -> {
            if (isOpen(id)
                    && wanted.contains(
                            '"' + soon(here.arrived).body().getString("comment").getValue() + '"')) {
                found.add(new BsonDocument("opid", new BsonInt64(id)));
            }
        });
        return found;
    }

    static BsonDocument cursor(BsonArray documents) {
        return Tap.ok()
                .append(
                        "cursor",
                        new BsonDocument("firstBatch", documents)
                                .append("id", new BsonInt64(0))
                                .append("ns", new BsonString("t.work")));
    }
}
