package dev.muster.connect.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.TestServers;
import dev.muster.connect.Receipts;
import dev.muster.connect.Rig;
import dev.muster.connect.mongo.Tap.Act;
import dev.muster.connect.mongo.Tap.Seen;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.task.Body;
import dev.muster.task.CancelReason;
import dev.muster.task.CancelledException;
import dev.muster.task.Items;
import dev.muster.task.Task;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What goes over the wire when a step is cancelled, seen by a tap between driver and server. */
class MongoCancelTest {
    private static final long SLACK = Receipts.SERVER_SLACK.toMillis();
    private static final String LIMITED = "insert: x\ndocuments: {_id: 1}";

    private Tap tap;
    private MongoRig db;

    @BeforeEach
    void open() throws IOException {
        tap = new Tap(TestServers.mongo().freshDatabase());
        db = new MongoRig("mongo: '" + tap.uri() + "'\npool: 2");
    }

    @AfterEach
    void close() throws IOException {
        assertThat(db.statistics().openCommands()).isZero();
        assertThat(db.statistics().openCursors()).isZero();
        assertThat(db.statistics().slots().inUse()).isZero();
        db.close();
        tap.close();
    }

    private void thousand() {
        db.run("insert: x\ndocuments: \"= lists.range(1000).map(i, {'_id': i})\"");
    }

    private static CancelReason left() {
        return CancelReason.of("caller left");
    }

    @Test
    void everyCommand_carriesCommentAndTheTimeThatIsLeft() {
        for (String words : List.of(
                "find: x",
                "aggregate: x\npipeline: [{$match: {a: 1}}]",
                "count: x",
                LIMITED,
                "update: x\nfilter: {}\nchanges: {$set: {a: 1}}",
                "update: x\nfilter: {}\nreplacement: {a: 1}",
                "delete: x\nfilter: {a: 1}")) {
            Object done = db.rig.run(scope -> scope.timeout(Duration.ofSeconds(8), "limited", db.body(words, null)));

            assertThat(done).isNotNull();
        }

        List<String> comments = new ArrayList<>();
        for (String name : List.of("find", "aggregate", "aggregate", "insert", "update", "update", "delete")) {
            Seen command = tap.await(name);
            assertThat(command.body().getNumber("maxTimeMS").longValue())
                    .as(name + ": the node's own deadline comes first")
                    .isBetween(5_000L, 8_000 + SLACK);
            comments.add(command.body().getString("comment").getValue());
        }
        assertThat(comments)
                .allMatch(comment -> comment.matches("muster/run1/t/s/\\d+"))
                .doesNotHaveDuplicates();
    }

    private static long time(Seen command) {
        return command.body().getNumber("maxTimeMS").longValue();
    }

    private <T> T within(Duration limit, Body<T> body) {
        return db.rig.run(scope -> scope.timeout(limit, "limited", body));
    }

    @Test
    void flowThatWaitsForItsPlace_getsTheTimeThatIsLeftThen() {
        thousand();
        tap.script(command -> command.name().equals("find") ? Act.HOLD : Act.PASS);
        List<Task<@Nullable Object>> busy = List.of(db.start("find: x"), db.start("find: x"));
        List<Seen> holding = List.of(tap.await("find"), tap.await("find"));
        tap.script(command -> Act.PASS);

        long began = System.nanoTime();
        within(
                Duration.ofSeconds(50),
                scope -> db.opening("find: x").run(scope).compose(items -> {
                    Future<Optional<Object>> first = items.next();
                    db.rig.loop.schedule(
                            Duration.ofMillis(300), () -> holding.forEach(find -> find.answer(error(1, "Over"))));
                    return first;
                }));

        assertThat(time(tap.await("find")))
                .isLessThanOrEqualTo(50_000 - 300 + SLACK)
                .isGreaterThan(
                        50_000 - Duration.ofNanos(System.nanoTime() - began).toMillis() - 1);
        busy.forEach(task -> assertThat(Rig.causeOf(task.future())).isInstanceOf(MusterException.class));
    }

    @Test
    void pageOfACursor_hasTheTimeOfItsBeginning_asServersRefuseAnother() {
        thousand();
        Object all = within(Duration.ofSeconds(8), db.body("find: x\nbatchSize: 100", null));

        assertThat((List<?>) all).hasSize(1_000);
        assertThat(time(tap.await("find"))).isBetween(1L, 8_000 + SLACK);
        assertThat(tap.await("getMore").body()).doesNotContainKey("maxTimeMS");
    }

    @Test
    void pageOfACursorThatWaits_hasATimeOfItsOwn() {
        var pages = new AtomicInteger();
        tap.script(command -> {
            switch (command.name()) {
                case "aggregate" -> command.answer(page("firstBatch", 4711));
                case "getMore" -> command.answer(page("nextBatch", pages.incrementAndGet() < 3 ? 4711 : 0));
                default -> {
                    return Act.PASS;
                }
            }
            return Act.HOLD;
        });

        within(Duration.ofSeconds(50), db.body("aggregate: x\npipeline: [{$changeStream: {}}]", null));
        within(Duration.ofMillis(900), db.body("aggregate: x\npipeline: [{$changeStream: {}}]", null));

        assertThat(time(tap.await("aggregate"))).isBetween(40_000L, 50_000 + SLACK);
        assertThat(time(tap.await("getMore"))).isEqualTo(1_000);
        assertThat(time(tap.await("aggregate"))).isBetween(1L, 900 + SLACK);
        assertThat(time(tap.await("getMore"))).isBetween(1L, 899 + SLACK);
    }

    private static BsonDocument page(String name, long cursor) {
        return Tap.ok()
                .append(
                        "cursor",
                        new BsonDocument(name, new BsonArray())
                                .append("id", new BsonInt64(cursor))
                                .append("ns", new BsonString("t.x")));
    }

    @Test
    void ping_hasTheTimeOfWhoeverAsks() {
        within(Duration.ofSeconds(8), scope -> db.connector.ready(scope, MongoRig.SOURCE));

        assertThat(time(tap.await("ping"))).isBetween(1L, 7_200 + SLACK);
    }

    @Test
    void timeOfTheAddress_countsWhereItIsLess() {
        try (var other = new MongoRig("mongo: '" + tap.uri() + "?timeoutMS=7000'\npool: 2")) {
            for (String words : List.of("find: x", "count: x", LIMITED, "delete: x\nfilter: {a: 1}")) {
                other.rig.run(scope -> scope.timeout(Duration.ofSeconds(50), "limited", other.body(words, null)));
                other.rig.run(scope -> scope.timeout(
                        Duration.ofSeconds(5), "limited", other.body(words.replace("_id: 1", "_id: 2"), null)));
            }
            for (String name : List.of("find", "aggregate", "insert", "delete")) {
                assertThat(time(tap.await(name))).as(name + ", the address's").isBetween(5_001 + SLACK, 7_000L);
                assertThat(time(tap.await(name))).as(name + ", the step's").isBetween(1L, 5_000 + SLACK);
            }
        }
    }

    @Test
    void cancelOfARunningFind_killsItsOperation() {
        var find = new CompletableFuture<Seen>();
        tap.script(command -> {
            switch (command.name()) {
                case "find" -> find.complete(command);
                case "killOp" -> {
                    find.join().answer(error(11601, "Interrupted"));
                    command.answer(Tap.ok());
                }
                case "aggregate" -> command.answer(operations(command, find.join()));
                default -> {
                    return Act.PASS;
                }
            }
            return Act.HOLD;
        });
        Task<@Nullable Object> task = db.start("find: x");
        tap.await("find");

        task.cancel(left());

        assertThat(Rig.causeOf(task.future())).isInstanceOf(CancelledException.class);
        Seen kill = tap.await("killOp");
        assertThat(kill.body().getInt32("op").getValue()).isEqualTo(77);
        assertThat(time(kill)).isBetween(1L, 2_000L);
        assertThat(db.statistics().cancels()).isEqualTo(new Receipts.Statistics(1, 0, 0));
        assertThat(db.statistics().unconfirmed()).isZero();
        tap.script(command -> Act.PASS);
        assertThat(db.run("count: x")).isEqualTo(0L);
    }

    /** The operations with the comment that a command asks for. */
    private static BsonDocument operations(Seen asked, Seen running) {
        String wanted = asked.body().toString();
        String comment = running.body().getString("comment").getValue();
        var found = new BsonArray();
        if (wanted.contains(comment) && wanted.contains("$currentOp")) {
            found.add(new BsonDocument("opid", new BsonInt32(77)));
        }
        return Tap.ok()
                .append(
                        "cursor",
                        new BsonDocument("firstBatch", found)
                                .append("id", new BsonInt64(0))
                                .append("ns", new BsonString("admin.$cmd.aggregate")));
    }

    private static BsonDocument error(int code, String name) {
        return new BsonDocument("ok", new BsonDouble(0))
                .append("errmsg", new BsonString("operation was interrupted"))
                .append("code", new BsonInt32(code))
                .append("codeName", new BsonString(name));
    }

    @Test
    void cancelOfAnOpenCursor_killsIt() {
        thousand();
        Promise<Items<Object>> opened = Promise.promise();
        Task<Object> task = db.rig.start(scope -> db.opening("find: x")
                .run(scope)
                .compose(items -> items.next().compose(first -> {
                    opened.complete(items);
                    return scope.await("its reader", Promise.promise().future());
                })));
        Rig.await(opened.future());
        assertThat(db.statistics().openCursors()).isOne();

        task.cancel(left());

        assertThat(Rig.causeOf(task.future())).isInstanceOf(CancelledException.class);
        assertThat(tap.names()).endsWith("killCursors");
        assertThat(db.statistics().unconfirmed()).isZero();
    }

    @Test
    void cancelBetweenTwoBatches_killsTheCursorToo() {
        thousand();
        Task<@Nullable Object> task = db.start("find: x\nbatchSize: 10");
        tap.script(command -> {
            if (command.name().equals("getMore")) {
                // The answer and the cancel arrive in the same moment; whichever is first, the cursor goes.
                db.rig.loop.execute(() -> task.cancel(left()));
            }
            return Act.PASS;
        });

        assertThat(Rig.causeOf(task.future())).isInstanceOf(CancelledException.class);
        assertThat(db.statistics().openCursors()).isZero();
        assertThat(db.statistics().unconfirmed()).isZero();
    }

    @Test
    void cancelWhileThePageIsOnItsWay_killsTheCursorThatItBrings() {
        thousand();
        var find = new CompletableFuture<Seen>();
        tap.script(command -> command.name().equals("find") && find.complete(command) ? Act.HOLD : Act.PASS);
        Task<@Nullable Object> task = db.start("find: x\nbatchSize: 10");
        tap.await("find");

        task.cancel(left());
        find.join()
                .answer(Tap.ok()
                        .append(
                                "cursor",
                                new BsonDocument("firstBatch", new BsonArray())
                                        .append("id", new BsonInt64(4711))
                                        .append("ns", new BsonString("t.x"))));

        assertThat(Rig.causeOf(task.future())).isInstanceOf(CancelledException.class);
        assertThat(tap.await("killCursors").body().getArray("cursors")).containsExactly(new BsonInt64(4711));
        assertThat(db.statistics().unconfirmed()).isZero();
        // Where a getMore had found no cursor the task was over before this; its answer follows what was seen on the
        // wire.
        for (int asked = 0; asked < 1_000 && db.statistics().openCommands() > 0; asked++) {
            db.run("count: x");
        }
    }

    @Test
    void cancelThatNobodyConfirms_closesTheConnectionAlone() {
        tap.script(command -> command.name().equals("find") ? Act.HOLD : Act.PASS);
        Task<@Nullable Object> task = db.start("find: x");
        Seen find = tap.await("find");

        task.cancel(left());

        assertThat(Rig.causeOf(task.future())).isInstanceOf(CancelledException.class);
        assertThat(db.statistics().unconfirmed()).isOne();
        assertThat(db.statistics().cancels()).isEqualTo(new Receipts.Statistics(0, 1, 0));
        assertThat(tap.isClosed(find)).isTrue();
        tap.script(command -> Act.PASS);
        assertThat(db.run("find: x")).isEqualTo(List.of());
    }

    @Test
    void cancelWhoseConnectionBreaksBeforeTheAnswer_isNotConfirmed() {
        tap.script(command -> switch (command.name()) {
            case "find" -> Act.HOLD;
            case "aggregate" -> {
                tap.breakAll();
                yield Act.HOLD;
            }
            default -> Act.PASS;
        });
        Task<@Nullable Object> task = db.start("find: x");
        tap.await("find");

        task.cancel(left());

        assertThat(Rig.causeOf(task.future())).isInstanceOf(CancelledException.class);
        assertThat(db.statistics().cancels()).isEqualTo(new Receipts.Statistics(0, 1, 0));
        assertThat(db.statistics().unconfirmed()).isZero();
        tap.script(command -> Act.PASS);
        assertThat(db.run("find: x")).isEqualTo(List.of());
    }

    @Test
    void cancelWhileWaitingForAPlace_endsAtOnceAndSendsNothing() {
        tap.script(command -> command.name().equals("find") ? Act.HOLD : Act.PASS);
        List<Task<@Nullable Object>> busy = List.of(db.start("find: x"), db.start("find: x"));
        Seen first = tap.await("find");
        Seen second = tap.await("find");
        Task<@Nullable Object> waiting = db.start("count: x");
        Rig.await(db.rig.tasks.start("turn", scope -> scope.yieldNow()).future());

        waiting.cancel(left());

        assertThat(Rig.causeOf(waiting.future())).isInstanceOf(CancelledException.class);
        assertThat(tap.names()).doesNotContain("aggregate");
        List.of(first, second).forEach(find -> find.answer(error(1, "Over")));
        busy.forEach(task -> assertThat(Rig.causeOf(task.future())).isInstanceOf(MusterException.class));
    }

    @Test
    void insertThatIsCancelledBeforeItIsSent_isNeverSent() {
        tap.script(command -> command.name().equals("find") ? Act.HOLD : Act.PASS);
        Task<@Nullable Object> other = db.start("find: x");
        Seen find = tap.await("find");
        tap.holdGreetings(true);
        Task<@Nullable Object> task = db.start(LIMITED);
        tap.awaitGreeting();
        int connections = tap.connections();

        task.cancel(left());

        assertThat(Rig.causeOf(task.future())).isInstanceOf(CancelledException.class);
        tap.holdGreetings(false);
        // The other connection is busy, so this one comes after whatever becomes of the insert.
        assertThat(db.run("count: x")).isEqualTo(0L);
        assertThat(tap.names()).doesNotContain("insert");
        assertThat(tap.connections()).as("the connection is as good as before").isEqualTo(connections);
        find.answer(error(1, "Over"));
        assertThat(Rig.causeOf(other.future())).isInstanceOf(MusterException.class);
    }

    @Test
    void serverThatDiesInMidQuery_isUnavailableAndThePoolIsHealthyAfterwards() {
        tap.script(command -> command.name().equals("find") ? Act.BREAK : Act.PASS);

        MusterException error = db.failure("find: x");

        assertThat(error.type()).isEqualTo(ErrorType.UNAVAILABLE);
        assertThat(error.detail()).startsWith("db: find x: 127.0.0.1:");
        tap.script(command -> Act.PASS);
        assertThat(db.run("find: x")).isEqualTo(List.of());
        tap.breakAll();
        assertThat(db.run("find: x")).isEqualTo(List.of());
    }

    @Test
    void serverThatSaysTimeIsOver_isATimeout() {
        tap.script(command -> {
            if (command.name().equals("find")) {
                command.answer(error(50, "MaxTimeMSExpired"));
                return Act.HOLD;
            }
            return Act.PASS;
        });

        assertThat(db.failure("find: x").type()).isEqualTo(ErrorType.TIMEOUT);
    }

    @Test
    void oneItemOfManyIsFetched_ratherThanAll() {
        thousand();

        Object first = db.rig.run(
                scope -> db.opening("find: x\nsort: {_id: 1}").run(scope).compose(Items::next));

        assertThat(((Optional<?>) first).isPresent()).isTrue();
        assertThat(tap.await("find").body().getNumber("batchSize").intValue()).isLessThan(100);
        assertThat(tap.names()).doesNotContain("getMore").endsWith("killCursors");
    }
}
