package dev.muster.connect.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.connect.Rig;
import dev.muster.loop.Loop;
import dev.muster.task.CancelReason;
import dev.muster.task.CancelledException;
import dev.muster.task.Repeat;
import dev.muster.task.Scope;
import dev.muster.task.Task;
import dev.muster.task.Tasks;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Work that is cancelled at random moments shares a pool with work that must never notice: no neighbour is cancelled, gets a
 * wrong value, loses its connection or what it has written. {@code -Dmuster.stress.cancels=10000} for as many as you like,
 * {@code -Dmuster.seed} for others.
 */
@Timeout(value = 900, unit = TimeUnit.SECONDS)
public abstract class NeighboursContract {
    private static final int CANCELS = Integer.getInteger("muster.stress.cancels", 400);
    private static final long SEED = Long.getLong("muster.seed", System.nanoTime());
    private static final int LANES = 4;
    private static final int ROWS = 200;
    private static final int MAX_NANOS = 5_000_000;

    /** Everything in the words of a database. */
    protected abstract String server();

    /** A source over a new database. */
    protected abstract SqlBench bench(String... words);

    /** A query that gives its one parameter, a whole number, after so many seconds. */
    protected abstract String valueAfter(String seconds);

    /** A query of so many rows with one column {@code seq} that counts from 1. */
    protected abstract String rows(int count);

    /** The words for the first and the second parameter of a statement. */
    protected abstract List<String> places();

    /** How many connections so many cancels may cost; never those of neighbours. */
    protected abstract int mostClosed(int cancels);

    private enum Kind {
        VALUE,
        ROWS,
        STREAM,
        TRANSACTION,
        SHARED_ROW
    }

    private final Queue<String> hit = new ConcurrentLinkedQueue<>();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private final Map<Kind, AtomicInteger> finished = counters();
    private final Map<Kind, AtomicInteger> cancelled = counters();
    private final AtomicLong asked = new AtomicLong();
    private volatile boolean over;

    @Test
    void randomCancels_hitNoNeighbour() {
        try (SqlBench db = bench("pool: 7", "waitTimeout: 1m", "fetch: 20")) {
            db.all(
                    "create table kept (who integer, n integer)",
                    "create table lost (n integer)",
                    "create table hot (id integer primary key, n integer)",
                    "insert into hot values (1, 0)");
            Tasks second = Tasks.on(Loop.of(db.rig.vertx));
            List<Tasks> trees = List.of(db.rig.tasks, second);
            List<Task<Long>> neighbours = new ArrayList<>();
            for (int i = 0; i < Kind.values().length; i++) {
                Kind kind = Kind.values()[i];
                int who = i;
                neighbours.add(trees.get(i % 2).start("neighbour", scope -> neighbour(db, scope, kind, who)));
            }
            List<Task<Void>> lanes = new ArrayList<>();
            for (int lane = 0; lane < LANES; lane++) {
                var random = new Random(SEED + lane);
                int[] left = {CANCELS / LANES};
                lanes.add(trees.get(lane % 2)
                        .start(
                                "lane",
                                scope -> Repeat.whileTrue(
                                        scope, () -> victim(db, scope, random).map(ended -> --left[0] > 0))));
            }
            lanes.forEach(lane -> await(lane.future()));
            over = true;
            List<Long> rounds =
                    neighbours.stream().map(task -> await(task.future())).toList();

            assertThat(hit).as("neighbours that were hit, seed %d", SEED).isEmpty();
            assertThat(wrong)
                    .as("cancelled work that ended in another way, seed %d", SEED)
                    .isEmpty();
            assertThat(rounds).as("rounds of each neighbour").allMatch(done -> done > 0);
            assertKept(db, rounds);
            assertThat(db.statistics().closed())
                    .as("connections closed, seed %d", SEED)
                    .isLessThanOrEqualTo(mostClosed(CANCELS));
            assertThat(db.statistics().cancelled())
                    .as("cancels that reached the server, seed %d", SEED)
                    .isGreaterThan(CANCELS / 20);
            System.out.printf(
                    "stress: %s: %d cancels, %d at the server, beside %d rounds of neighbours; 0 of them hit, %d connections closed"
                            + " (seed %d)%n",
                    server(),
                    CANCELS,
                    db.statistics().cancelled(),
                    asked.get(),
                    db.statistics().closed(),
                    SEED);
            Rig.await(second.close());
        }
    }

    /** What was written is what those who wrote it were told; who was cancelled may have written, unless in a transaction. */
    private void assertKept(SqlBench db, List<Long> rounds) {
        assertThat(number(db.value("select count(*) from kept")))
                .as("rows that neighbours have committed")
                .isEqualTo(rounds.get(Kind.TRANSACTION.ordinal()));
        long lost = number(db.value("select count(*) from lost"));
        assertThat(lost)
                .as("rows of transactions")
                .isBetween((long) finished.get(Kind.TRANSACTION).get(), transactions());
        long own = rounds.get(Kind.SHARED_ROW.ordinal())
                + finished.get(Kind.SHARED_ROW).get();
        assertThat(number(db.value("select n from hot")))
                .as("writes to the shared row")
                .isBetween(own, own + cancelled.get(Kind.SHARED_ROW).get());
    }

    private long transactions() {
        return finished.get(Kind.TRANSACTION).get()
                + cancelled.get(Kind.TRANSACTION).get();
    }

    /** Does its kind of work again and again; whatever goes wrong is noted, and it goes on. Gives how often it was done. */
    private Future<Long> neighbour(SqlBench db, Scope scope, Kind kind, int who) {
        long[] done = {0};
        return Repeat.whileTrue(
                        scope,
                        () -> round(db, scope, kind, who, done[0]).transform((value, failure) -> {
                            if (failure != null) {
                                hit.add(kind + ": " + failure);
                            } else {
                                done[0]++;
                                asked.incrementAndGet();
                            }
                            return Future.succeededFuture(!over && hit.size() < 10);
                        }))
                .map(ended -> done[0]);
    }

    private Future<Object> round(SqlBench db, Scope scope, Kind kind, int who, long round) {
        return switch (kind) {
            case VALUE -> db.run(scope, "value", valueAfter("0.0005"), round).onSuccess(value -> same(round, value));
            case ROWS -> db.run(scope, "many", rows(ROWS)).onSuccess(all -> same(ROWS, ((List<?>) all).size()));
            case STREAM -> {
                Task<Object> reader = scope.start("reader", own -> readAll(db, own));
                yield scope.join(reader).onSuccess(count -> same(ROWS, count));
            }
            case TRANSACTION ->
                db.inTransaction(
                        scope,
                        "",
                        (inner, session) -> db.run(inner, session, "none", insertKept(), (long) who, round)
                                .compose(inserted -> db.run(inner, session, "value", valueAfter("0.0005"), round))
                                .onSuccess(value -> same(round, value)));
            case SHARED_ROW -> db.run(scope, "none", "update hot set n = n + 1 where id = 1");
        };
    }

    /** Starts work of some kind and cancels it at some moment; completes when it has ended. */
    private Future<Void> victim(SqlBench db, Scope scope, Random random) {
        Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
        Task<Object> victim = scope.start("victim", own -> toBeCancelled(db, own, kind));
        return scope.sleep(Duration.ofNanos(random.nextInt(MAX_NANOS)))
                .compose(slept -> {
                    victim.cancel(CancelReason.of("at random"));
                    return victim.future();
                })
                .transform((value, failure) -> {
                    if (failure == null) {
                        finished.get(kind).incrementAndGet();
                    } else if (failure instanceof CancelledException) {
                        cancelled.get(kind).incrementAndGet();
                    } else {
                        wrong.add(kind + ": " + failure);
                    }
                    return Future.succeededFuture();
                });
    }

    private Future<Object> toBeCancelled(SqlBench db, Scope scope, Kind kind) {
        return switch (kind) {
            case VALUE -> db.run(scope, "value", valueAfter("0.004"), 1L);
            case ROWS -> db.run(scope, "many", rows(10 * ROWS));
            case STREAM -> readAll(db, scope);
            case TRANSACTION ->
                db.inTransaction(
                        scope,
                        "",
                        (inner, session) -> db.run(inner, session, "none", "insert into lost values (1)")
                                .compose(inserted -> db.run(inner, session, "value", valueAfter("0.001"), 1L)));
            case SHARED_ROW -> db.run(scope, "none", "update hot set n = n + 1 where id = 1");
        };
    }

    private Future<Object> readAll(SqlBench db, Scope scope) {
        long[] read = {0};
        return db.open(scope, rows(ROWS))
                .compose(items -> Repeat.whileTrue(
                        scope,
                        () -> items.next().map(row -> {
                            row.ifPresent(one -> same(++read[0], ((Map<?, ?>) one).get("seq")));
                            return row.isPresent();
                        })))
                .map(done -> (Object) read[0]);
    }

    private String insertKept() {
        return "insert into kept values (" + places().get(0) + ", " + places().get(1) + ")";
    }

    private static void same(long expected, Object value) {
        if (number(value) != expected) {
            throw new IllegalStateException("a wrong value: " + value + ", not " + expected);
        }
    }

    private static long number(Object value) {
        return ((Number) value).longValue();
    }

    private static <T> T await(Future<T> future) {
        return future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(600, TimeUnit.SECONDS)
                .join();
    }

    private static Map<Kind, AtomicInteger> counters() {
        var counters = new EnumMap<Kind, AtomicInteger>(Kind.class);
        for (Kind kind : Kind.values()) {
            counters.put(kind, new AtomicInteger());
        }
        return counters;
    }
}
