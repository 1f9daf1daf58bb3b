package dev.muster.queue.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.connect.Rig;
import dev.muster.dev.CrashingPostgres;
import dev.muster.loop.Loop;
import dev.muster.queue.HeardHints;
import dev.muster.queue.Job;
import dev.muster.queue.JobState;
import dev.muster.queue.JobStore;
import dev.muster.queue.NewJob;
import dev.muster.queue.PutResult;
import dev.muster.queue.QueueSettings;
import dev.muster.queue.Settle;
import dev.muster.queue.StoreFixture;
import dev.muster.queue.postgres.StoreHistory.Asked;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Three nodes do what comes to their minds, their connections are cut and delayed, nodes and Postgres are restarted, and the history of
 * each job is one that the state machine allows. {@code -Dmuster.history.operations=100000} for full size, {@code
 * -Dmuster.history.seed} for others.
 */
@Timeout(1_800)
class PostgresHistoryTest {
    private static final int OPERATIONS = Integer.getInteger("muster.history.operations", 2_500);
    private static final long SEED = Long.getLong("muster.history.seed", 1L);
    private static final int NODES = 3;
    private static final int AT_ONCE = 24;
    private static final int FAULTS_EVERY = 12;
    private static final int PER_KEY = 2;
    private static final int WORDS = 40;
    private static final Duration LEASE = Duration.ofMillis(300);

    private final Random random = new Random(SEED);
    private final Vertx vertx = Vertx.vertx();
    private final StoreHistory history = new StoreHistory();
    private final Semaphore room = new Semaphore(AT_ONCE);
    private final List<QueueSettings> queues = List.of(
            queue("plain"),
            queue("keyed").withKeys(OptionalInt.of(PER_KEY), null),
            queue("small").withSize(20));
    private final List<Known> known = List.of(new Known(), new Known(), new Known());
    private final List<Node> nodes = new ArrayList<>();
    private CrashingPostgres database;
    private PgConnection beside;
    private int bodies;
    private int restarts;
    private int crashes;

    private static QueueSettings queue(String name) {
        return QueueSettings.durable(name, "db")
                .withLease(LEASE)
                .withRetries(2, new QueueSettings.Backoff(Duration.ofMillis(1), Duration.ofMillis(200)));
    }

    /** What the test has heard of a queue; under its own lock. */
    private static final class Known {
        final List<Job> held = new ArrayList<>();
        final List<String> ids = new ArrayList<>();
        boolean isTurning;

        synchronized void taken(List<Job> jobs) {
            held.addAll(jobs);
        }

        synchronized void put(List<PutResult> results) {
            results.stream()
                    .filter(result -> result.verdict() == PutResult.Verdict.ACCEPTED)
                    .forEach(result -> ids.add(result.id()));
        }

        synchronized List<String> some(Random random, int most) {
            return ids.isEmpty()
                    ? List.of()
                    : random.ints(1 + random.nextInt(most), Math.max(0, ids.size() - 60), ids.size())
                            .distinct()
                            .mapToObj(ids::get)
                            .toList();
        }

        /** One job once; some stay, and something more is said of them later. */
        synchronized List<Job> someHeld(Random random) {
            Map<String, Job> jobs = new HashMap<>();
            for (int i = 1 + random.nextInt(4); i > 0 && !held.isEmpty(); i--) {
                int at = random.nextInt(held.size());
                Job job = random.nextInt(4) == 0 ? held.get(at) : held.remove(at);
                jobs.putIfAbsent(job.id(), job);
            }
            return List.copyOf(jobs.values());
        }

        synchronized boolean mayTurn() {
            boolean may = !isTurning;
            isTurning = true;
            return may;
        }

        synchronized void turned() {
            isTurning = false;
        }
    }

    /** A node, which ends and is another one then. */
    private final class Node {
        final CuttingRelay relay = new CuttingRelay(database.uri());
        private final int place;
        private String name = "";
        private PostgresStores stores;
        private Loop loop;
        private List<JobStore> open = List.of();

        Node(int place) {
            this.place = place;
            start();
        }

        void start() {
            name = "node" + place + "." + restarts;
            loop = Loop.of(vertx);
            stores = again(() -> PostgresStores.open(vertx, JobsDatabase.settings(relay.address())));
            open = queues.stream()
                    .map(queue -> again(() -> stores.store(loop, queue)))
                    .toList();
            open.forEach(store -> on(() -> {
                store.listen(new HeardHints());
                return Future.succeededFuture();
            }));
        }

        /** As a process ends: whatever is on its way fails. */
        void restart() {
            Rig.await(stores.close());
            restarts++;
            start();
        }

        private <T> T again(java.util.function.Supplier<Future<T>> opening) {
            for (int tried = 1; ; tried++) {
                try {
                    return Rig.await(opening.get());
                } catch (RuntimeException e) {
                    assertThat(tried)
                            .as("tries to open, the last of which failed with %s", e)
                            .isLessThan(100);
                }
            }
        }

        private <T> Future<T> on(java.util.function.Supplier<Future<T>> step) {
            Promise<T> end = Promise.promise();
            loop.execute(() -> step.get().onComplete(end));
            return end.future();
        }

        <T> Future<T> ask(int queue, Asked asked, Function<JobStore, Future<T>> operation) {
            JobStore store = open.get(queue);
            return history.note(queue, name, asked, () -> on(() -> operation.apply(store)));
        }
    }

    @Test
    void randomOperationsOfThreeNodes_underFaults_haveHistoriesThatTheStateMachineAllows() throws Exception {
        try (var server = new CrashingPostgres()) {
            database = server;
            besideAgain();
            nodes.add(new Node(0));
            List.of(JobChanges.TABLE, JobChanges.FUNCTION, JobChanges.TRIGGER).forEach(this::sql);
            IntStream.range(1, NODES).forEach(place -> nodes.add(new Node(place)));
            operate();
            Map<Integer, Integer> numbers = drain();
            check(numbers);
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("seed " + SEED, e);
        } finally {
            nodes.forEach(node -> Rig.await(node.stores.close()));
            nodes.forEach(node -> node.relay.close());
            Rig.await(vertx.close());
        }
    }

    private void operate() throws Exception {
        int crashEvery = Math.max(1_250, OPERATIONS / 20);
        for (int i = 1; i <= OPERATIONS; i++) {
            assertThat(room.tryAcquire(60, TimeUnit.SECONDS))
                    .as("an operation ends")
                    .isTrue();
            step(nodes.get(random.nextInt(NODES)), random.nextInt(queues.size()))
                    .onComplete(end -> room.release());
            if (i % FAULTS_EVERY == 0) {
                CuttingRelay.Fault[] all = CuttingRelay.Fault.values();
                nodes.get(random.nextInt(NODES))
                        .relay
                        .fault(all[random.nextInt(all.length)], random.nextInt(20) == 0, random);
            }
            if (i % 500 == 250) {
                nodes.get(random.nextInt(NODES)).restart();
            }
            if (i % crashEvery == 0) {
                crashes++;
                database.crash();
                besideAgain();
            }
        }
        assertThat(room.tryAcquire(AT_ONCE, 120, TimeUnit.SECONDS))
                .as("all operations end")
                .isTrue();
    }

    private Future<?> step(Node node, int queue) {
        Known here = known.get(queue);
        switch (random.nextInt(24)) {
            case 0, 1, 2, 3, 4 -> {
                List<NewJob> jobs = IntStream.range(0, random.nextInt(3) == 0 ? 1 + random.nextInt(8) : 1)
                        .mapToObj(i -> randomJob())
                        .toList();
                return node.ask(queue, new Asked.Put(jobs), to -> to.put(jobs)).onSuccess(here::put);
            }
            case 5, 6, 7, 8, 9 -> {
                int max = 1 + random.nextInt(6);
                return node.ask(queue, new Asked.Take(max), from -> from.take(max))
                        .onSuccess(here::taken);
            }
            case 10, 11, 12, 13, 14, 15, 16 -> {
                List<Settle> settles =
                        here.someHeld(random).stream().map(this::randomSettle).toList();
                return node.ask(queue, new Asked.Says(settles), to -> to.settle(settles));
            }
            case 17, 18 -> {
                List<String> ids = here.some(random, 3);
                return node.ask(queue, new Asked.Cancel(ids), in -> in.cancel(ids));
            }
            case 19 -> {
                int max = 1 + random.nextInt(20);
                return node.ask(queue, new Asked.Redrive(max), in -> in.redrive(max));
            }
            case 20 -> {
                return here.some(random, 1).stream()
                        .<Future<?>>map(id -> node.ask(queue, new Asked.RedriveOne(id), in -> in.redrive(id)))
                        .findFirst()
                        .orElse(Future.succeededFuture());
            }
            case 21 -> {
                return here.some(random, 1).stream()
                        .<Future<?>>map(id -> node.ask(queue, new Asked.Find(id), in -> in.find(id)))
                        .findFirst()
                        .orElse(Future.succeededFuture());
            }
            case 22 -> {
                return node.ask(queue, new Asked.Status(), JobStore::status);
            }
            default -> {
                if (!here.mayTurn()) {
                    return Future.succeededFuture();
                }
                StoreFixture.Switch which =
                        random.nextBoolean() ? StoreFixture.Switch.PAUSED : StoreFixture.Switch.CLOSED;
                boolean on = random.nextInt(4) == 0;
                return node.ask(queue, new Asked.Turn(which, on), in -> which.turn(in, on))
                        .onComplete(end -> here.turned());
            }
        }
    }

    private NewJob randomJob() {
        return new NewJob(
                Integer.toString(++bodies),
                random.nextInt(3) == 0 ? null : "k" + random.nextInt(6),
                random.nextInt(3) == 0 ? "u" + random.nextInt(WORDS) : null,
                Duration.ofMillis(random.nextInt(4) == 0 ? random.nextInt(200) : 0),
                random.nextInt(3) - 1);
    }

    private Settle randomSettle(Job job) {
        String lease = random.nextInt(40) == 0 ? "00000000-0000-4000-8000-000000000000" : job.lease();
        return switch (random.nextInt(8)) {
            case 0, 1, 2 -> new Settle.Ack(job.id(), lease, "1");
            case 3 -> new Settle.Release(job.id(), lease);
            case 4 -> new Settle.Extend(job.id(), lease, Duration.ofMillis(1 + random.nextInt(600)));
            case 5 -> new Settle.Checkpoint(job.id(), lease, Integer.toString(random.nextInt(100)));
            case 6 -> new Settle.Fail(job.id(), lease, "1", Duration.ofMillis(random.nextInt(100)), false);
            default -> new Settle.Fail(job.id(), lease, "1", null, random.nextInt(3) == 0);
        };
    }

    /** All that is left is worked on, without faults; the numbers of the queues, with their retries. */
    private Map<Integer, Integer> drain() {
        Map<Integer, Integer> retries = new HashMap<>();
        Node node = nodes.get(0);
        node.restart();
        for (int queue = 0; queue < queues.size(); queue++) {
            int place = queue;
            for (StoreFixture.Switch which : StoreFixture.Switch.values()) {
                Rig.await(node.ask(place, new Asked.Turn(which, false), in -> which.turn(in, false)));
            }
            long left = Long.MAX_VALUE;
            for (int round = 0; left > 0; round++) {
                assertThat(round).as("rounds, with %s jobs left", left).isLessThan(2_000);
                List<Job> jobs = Rig.await(node.ask(place, new Asked.Take(100), from -> from.take(100)));
                List<Settle> acks = jobs.stream()
                        .<Settle>map(job -> new Settle.Ack(job.id(), job.lease(), null))
                        .toList();
                Rig.await(node.ask(place, new Asked.Says(acks), to -> to.settle(acks)));
                left = Rig.await(node.ask(place, new Asked.Status(), JobStore::status))
                        .counts()
                        .unfinished();
                sql("select pg_sleep(0.01)");
            }
            retries.put(
                    ((PostgresStore) node.open.get(place)).number(),
                    queues.get(place).retries());
        }
        return retries;
    }

    private void check(Map<Integer, Integer> numbers) {
        List<JobChanges.Change> changes = new ArrayList<>();
        sql(JobChanges.ALL).forEach(row -> changes.add(JobChanges.of(row)));
        var check = new HistoryCheck(history.operations(), changes, numbers);
        check.check();
        numbers.forEach((number, retries) -> counts(number));
        int keyed = ((PostgresStore) nodes.get(0).open.get(1)).number();
        assertThat(check.mostLeasedOfAKey(keyed)).as("leased of one key").isBetween(1, PER_KEY);
        long unanswered =
                history.operations().stream().filter(one -> !one.isAnswered()).count();
        System.out.printf(
                "%d operations of %d nodes, %d not answered, %d restarts of nodes, %d of Postgres, %d changes (seed %d): %d answers"
                        + " and changes agree%n",
                OPERATIONS, NODES, unanswered, restarts, crashes, changes.size(), SEED, check.questions());
    }

    /** The counters say what the jobs say. */
    private void counts(int queue) {
        for (JobState state : JobState.values()) {
            assertThat(number("select sum(" + state.word() + ") from muster.tally where queue = " + queue))
                    .as("the counter of jobs that are %s", state)
                    .isEqualTo(number("select count(*) from muster.job where queue = " + queue + " and state = '"
                            + state.word() + "'"));
        }
    }

    private void besideAgain() {
        beside = Rig.await(PgConnection.connect(
                vertx, JobsDatabase.settings(database.uri()).connect()));
        beside.exceptionHandler(killed -> {});
    }

    private RowSet<Row> sql(String text) {
        return Rig.await(beside.query(text).execute());
    }

    private long number(String text) {
        return sql(text).iterator().next().getLong(0);
    }
}
