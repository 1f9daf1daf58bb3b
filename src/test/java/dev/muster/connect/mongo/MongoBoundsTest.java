package dev.muster.connect.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.TestServers;
import dev.muster.connect.Rig;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.task.Items;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MongoBoundsTest {
    private final String uri = TestServers.mongo().freshDatabase();

    private MongoRig rig(String more) {
        return new MongoRig("mongo: '" + uri + "'\n" + more);
    }

    private static void fill(MongoRig db, int documents) {
        db.run("insert: x\ndocuments: \"= lists.range(" + documents + ").map(i, {'_id': i, 'v': 'some text'})\"");
    }

    private static void nothingIsLeft(MongoRig db) {
        assertThat(db.statistics().openCommands()).isZero();
        assertThat(db.statistics().openCursors()).isZero();
        assertThat(db.statistics().slots().inUse()).isZero();
        assertThat(db.statistics().unconfirmed()).isZero();
    }

    @Test
    void moreDocumentsThanMayBe_areALimitAndNoMoreAreRead() {
        try (MongoRig db = rig("maxRows: 99\nfetch: 50")) {
            fill(db, 90);
            assertThat((List<?>) db.run("find: x")).hasSize(90);
            db.run("insert: x\ndocuments: \"= lists.range(99).map(i, {'_id': i + 1000})\"");
            long before = db.statistics().commands();

            MusterException error = db.failure("find: x");

            assertThat(error.type()).isEqualTo(ErrorType.LIMIT);
            assertThat(error.detail())
                    .isEqualTo("db: find x returns more than 99 documents (maxRows of source db);"
                            + " set limit, or stream them into an each");
            assertThat(db.statistics().commands() - before).isLessThanOrEqualTo(3);
            nothingIsLeft(db);
            assertThat((List<?>) db.run("find: x\nlimit: 99")).hasSize(99);
        }
    }

    @Test
    void moreBytesThanMayBe_areALimitAndTheCursorIsClosed() {
        try (MongoRig db = rig("maxResponse: 4KiB\nfetch: 10")) {
            fill(db, 500);

            MusterException error = db.failure("find: x");

            assertThat(error.type()).isEqualTo(ErrorType.LIMIT);
            assertThat(error.detail()).contains("more than 4KiB (maxResponse of source db)");
            nothingIsLeft(db);
        }
    }

    @Test
    void documentThatIsTooLargeForMongo_isALimit() {
        try (MongoRig db = rig("")) {
            MusterException error = db.failure("insert: x\ndocuments: {v: = input.a}", "x".repeat(17 << 20));

            assertThat(error.type()).isEqualTo(ErrorType.LIMIT);
            assertThat(error.detail()).contains("16 MiB").hasSizeLessThan(1_000);
            assertThat(db.run("count: x")).isEqualTo(0L);
        }
    }

    @Test
    void flow_givesEverythingInOrderAndHoldsAPlaceOnlyWhileItFetches() {
        try (MongoRig db = rig("pool: 1\nmaxRows: 10\nfetch: 100")) {
            db.rig.run(scope -> seeded(db, scope));

            List<Object> all = db.rig.run(scope -> db.opening("find: x\nsort: {_id: 1}")
                    .run(scope)
                    .compose(items -> counted(db, items, new ArrayList<>())));

            assertThat(all).hasSize(1_000).startsWith(Map.of("_id", 0L)).endsWith(Map.of("_id", 999L));
            nothingIsLeft(db);
        }
    }

    private static Future<@Nullable Object> seeded(MongoRig db, Scope scope) throws Exception {
        Future<@Nullable Object> all = Future.succeededFuture();
        for (int at = 0; at < 1_000; at += 10) {
            String words = "insert: x\ndocuments: \"= lists.range(10).map(i, {'_id': i + " + at + "})\"";
            all = all.compose(done -> run(db, scope, words));
        }
        return all;
    }

    private static Future<@Nullable Object> run(MongoRig db, Scope scope, String words) {
        try {
            return db.body(words, null).run(scope);
        } catch (Exception e) {
            return Future.failedFuture(e);
        }
    }

    private static Future<List<Object>> counted(MongoRig db, Items<Object> items, List<Object> read) {
        return items.next().compose(next -> {
            assertThat(db.statistics().slots().inUse()).isZero();
            next.ifPresent(read::add);
            return next.isPresent() ? counted(db, items, read) : Future.succeededFuture(read);
        });
    }

    @Test
    void flowThatIsLeftInTheMiddle_closesItsCursor() {
        try (MongoRig db = rig("fetch: 10")) {
            fill(db, 200);

            var open = new AtomicLong();
            Object first = db.rig.run(scope -> db.opening("find: x")
                    .run(scope)
                    .compose(items -> items.next()
                            .onSuccess(item -> open.set(db.statistics().openCursors()))));

            assertThat(first).isNotNull();
            assertThat(open).hasValue(1);
            nothingIsLeft(db);
        }
    }

    @Test
    void serverThatIsNotThere_isUnavailableWithinTheTimeAndSaysWhy() throws IOException {
        int port;
        try (var free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        try (MongoRig db = new MongoRig(
                "mongo: 'mongodb://user:s3cr3t@127.0.0.1:" + port + "/d'\nserverSelectionTimeout: 300ms")) {
            MusterException error = db.failure("find: x");

            assertThat(error.type()).isEqualTo(ErrorType.UNAVAILABLE);
            assertThat(error.detail())
                    .isEqualTo("db: find x: no server of source db within 300ms (serverSelectionTimeout); 127.0.0.1:"
                            + port + ": connection refused");
            var write = (MusterException) db.rig.failureOf(scope ->
                    scope.timeout(Duration.ofSeconds(9), "limited", db.body("insert: x\ndocuments: {a: 1}", null)));
            assertThat(write.type()).isEqualTo(ErrorType.UNAVAILABLE);
            assertThat(write.detail()).contains("serverSelectionTimeout").contains("connection refused");
        }
    }

    @Test
    void timeOfTheAddressThatIsSpentOnFindingAServer_isNamed() {
        try (MongoRig db = new MongoRig("mongo: 'mongodb://127.0.0.1:1/d?timeoutMS=200'")) {
            assertThat(db.failure("find: x").detail())
                    .startsWith("db: find x: no server of source db within 200ms (timeoutMS of its address); ");
        }
    }

    @Test
    void searchForAServerThatIsShorterThanTheTimeOfTheAddress_isNamed() {
        try (MongoRig db =
                new MongoRig("mongo: 'mongodb://127.0.0.1:1/d?timeoutMS=60000'\nserverSelectionTimeout: 200ms")) {
            assertThat(db.failure("find: x").detail())
                    .startsWith("db: find x: no server of source db within 200ms (serverSelectionTimeout); ");
        }
    }

    @Test
    void readinessOfAServerThatIsNotThere_saysWhyBeforeTheTimeIsOver() {
        try (MongoRig db = new MongoRig("mongo: 'mongodb://127.0.0.1:1/d'")) {
            var error = (MusterException) db.rig.failureOf(scope ->
                    scope.timeout(Duration.ofSeconds(1), "limited", limited -> db.connector.ready(limited, "db")));

            assertThat(error.type()).isEqualTo(ErrorType.UNAVAILABLE);
            assertThat(error.detail())
                    .contains(" (the time that was left); ")
                    .contains("127.0.0.1:1: connection refused");
        }
    }

    @Test
    void loginThatIsRefused_isUnavailableWithoutThePassword() {
        if (!TestServers.mongo().isEmbedded()) {
            return;
        }
        String address = uri.replace("mongodb://", "mongodb://user:s3cr3t@");
        try (MongoRig db = new MongoRig("mongo: '" + address + "'\nserverSelectionTimeout: 300ms")) {
            MusterException error = db.failure("find: x");

            assertThat(error.type()).isEqualTo(ErrorType.UNAVAILABLE);
            assertThat(error.detail()).contains("login").doesNotContain("s3cr3t");
        }
    }

    @Test
    void wrongCommand_isAQueryErrorWithItsCode() {
        try (MongoRig db = rig("")) {
            db.run("insert: x\ndocuments: {a: 1}");

            MusterException error = db.failure("find: x\nfilter: {a: {$nonsense: 1}}");

            assertThat(error.type()).isEqualTo(ErrorType.QUERY);
            assertThat(error.more()).containsEntry("code", 2L).containsEntry("codeName", "BadValue");
        }
    }

    @Test
    void closedSource_isUnavailable() {
        try (MongoRig db = rig("")) {
            Rig.await(db.connector.close());

            assertThat(db.failure("find: x").type()).isEqualTo(ErrorType.UNAVAILABLE);
        }
    }

    @Test
    void clientsAndThreads_areGoneAfterTheClose() {
        MongoRig db = rig("");
        db.run("count: x");
        assertThat(threads()).isNotEmpty();

        db.close();

        assertThat(threads()).isEmpty();
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("muster-mongo"))
                .toList();
    }
}
