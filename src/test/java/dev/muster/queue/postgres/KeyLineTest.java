package dev.muster.queue.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.connect.Rig;
import dev.muster.queue.HeardHints;
import dev.muster.queue.Job;
import dev.muster.queue.JobState;
import dev.muster.queue.NewJob;
import dev.muster.queue.QueueSettings;
import dev.muster.queue.Settle;
import io.vertx.core.Future;
import io.vertx.pgclient.PgConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The line of keys is what the jobs say, whatever two nodes did with them. */
class KeyLineTest {
    /** Longer than any lease or delay, which do not end in between. */
    private static final Duration LATER = Duration.ofHours(2);

    private static JobsDatabase database;
    private static List<PostgresStores> nodes;

    @BeforeAll
    static void openNodes() {
        database = new JobsDatabase();
        nodes = List.of(database.node(), database.node());
    }

    @AfterAll
    static void closeNodes() {
        database.close();
    }

    private static PostgresFixture open(int node, QueueSettings queue) {
        return database.open(nodes.get(node), queue, new HeardHints());
    }

    /** The keys in line, each with the job that it stands for. */
    private static List<String> line(PostgresFixture store) {
        // The stores look by themselves too, and what one look has in hand the other leaves to it.
        while (store.call(any -> store.store.look()).getInteger(0) > 0
                || database.number("select count(*) from muster.key_news where queue = $1", store.store.number())
                        > 0) {}
        return lines("select key, id from muster.key_line where queue = $1 order by key", store);
    }

    /** The keys that have a ready job and less leased ones than they may, each with its first job. */
    private static List<String> wanted(PostgresFixture store) {
        return lines(
                "select j.key, (array_agg(j.id order by j.priority desc, j.due, j.id))[1]"
                        + " from muster.job j join muster.queue q on q.id = j.queue"
                        + " where j.queue = $1 and j.state = 'ready' and j.key <> '' group by j.key, q.per_key"
                        + " having q.per_key is null or q.per_key > (select count(*) from muster.job l"
                        + " where l.queue = $1 and l.key = j.key and l.state = 'leased') order by j.key",
                store);
    }

    /** How many jobs can be taken where there is no rate. */
    private static long takeable(PostgresFixture store) {
        return database.number(
                "select coalesce(sum(case when key = '' or q.per_key is null then ready"
                        + " else greatest(0, least(ready, q.per_key - leased)) end), 0)"
                        + " from (select queue, key, count(*) filter (where state = 'ready') as ready,"
                        + "   count(*) filter (where state = 'leased') as leased from muster.job group by queue, key) k"
                        + " join muster.queue q on q.id = k.queue where k.queue = $1",
                store.store.number());
    }

    private static List<String> lines(String sql, PostgresFixture store) {
        var lines = new ArrayList<String>();
        database.sql(sql, store.store.number()).forEach(row -> lines.add(row.getString(0) + " " + row.getLong(1)));
        return lines;
    }

    @Test
    void afterWhateverHappened_theLineIsWhatTheJobsSay_andATakeGetsAllThatItMay() {
        for (int seed = 0; seed < 12; seed++) {
            var random = new Random(seed);
            QueueSettings queue = JobsDatabase.queue()
                    .withLease(Duration.ofHours(1))
                    .withRetries(2, new QueueSettings.Backoff(Duration.ZERO, Duration.ZERO));
            var bounded = queue.withKeys(OptionalInt.of(1 + seed % 3), null);
            var stores = List.of(open(0, bounded), open(1, bounded));
            var held = new ArrayList<Job>();
            for (int round = 0; round < 12; round++) {
                List<Future<?>> all = new ArrayList<>();
                IntStream.range(0, 5).forEach(i -> all.add(something(stores.get(random.nextInt(2)), held, random)));
                all.forEach(one -> Rig.await(one.otherwiseEmpty()));
                if (random.nextInt(6) == 0) {
                    stores.get(0).advance(LATER);
                }
                assertThat(line(stores.get(round % 2)))
                        .as("seed %d, round %d", seed, round)
                        .isEqualTo(wanted(stores.get(0)));
            }
            long takeable = takeable(stores.get(0));
            assertThat(stores.get(1).take(1_000)).as("seed %d", seed).hasSize((int) takeable);
            assertThat(line(stores.get(0))).as("seed %d", seed).isEmpty();
            stores.forEach(PostgresFixture::end);
        }
    }

    private static Future<?> something(PostgresFixture store, List<Job> held, Random random) {
        switch (random.nextInt(8)) {
            case 0, 1, 2 -> {
                List<NewJob> jobs = IntStream.range(0, 1 + random.nextInt(6))
                        .mapToObj(i -> new NewJob(
                                "1",
                                random.nextInt(5) == 0 ? null : "k" + random.nextInt(6),
                                null,
                                Duration.ofHours(random.nextInt(4) == 0 ? 1 : 0),
                                random.nextInt(3)))
                        .toList();
                return store.begin(to -> to.put(jobs));
            }
            case 3, 4 -> {
                int most = 1 + random.nextInt(5);
                return store.begin(from -> from.take(most)).onSuccess(jobs -> {
                    synchronized (held) {
                        held.addAll(jobs);
                    }
                });
            }
            case 5, 6 -> {
                List<Settle> settles;
                synchronized (held) {
                    settles = held.stream().map(job -> settle(job, random)).toList();
                    held.clear();
                }
                return store.begin(to -> to.settle(settles));
            }
            default -> {
                var state = JobState.values()[random.nextInt(3)];
                if (random.nextInt(4) == 0) {
                    return store.begin(to -> to.redrive(2));
                }
                return store.begin(to -> to.list(state, null, 2)
                        .compose(jobs ->
                                to.cancel(jobs.stream().map(Job.View::id).toList())));
            }
        }
    }

    private static Settle settle(Job job, Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> new Settle.Release(job.id(), job.lease());
            case 1 -> new Settle.Fail(job.id(), job.lease(), "1", null, random.nextBoolean());
            default -> new Settle.Ack(job.id(), job.lease(), null);
        };
    }

    @Test
    void otherBounds_areFollowedAtOnce() {
        QueueSettings queue = JobsDatabase.queue();
        var store = open(0, queue.withKeys(OptionalInt.of(1), null));
        for (int i = 0; i < 4; i++) {
            store.put(NewJob.of("1").withKey("a"), NewJob.of("1").withKey("b"));
        }
        assertThat(store.take(9)).hasSize(2);

        var wider = open(1, queue.withKeys(OptionalInt.of(2), null));
        assertThat(store.take(9)).hasSize(2);
        var rated = open(1, queue.withKeys(OptionalInt.empty(), new QueueSettings.KeyRate(1, Duration.ofHours(1))));
        assertThat(store.take(9)).hasSize(2);
        var free = open(1, queue);
        store.put(NewJob.of("1").withKey("c"), NewJob.of("1").withKey("c"));
        line(store);
        var bounded = open(1, queue.withKeys(OptionalInt.of(1), null));
        assertThat(store.take(9)).extracting(Job::key).containsExactly("c");
        List.of(store, wider, rated, free, bounded).forEach(PostgresFixture::end);
    }

    @Test
    void transactionThatStaysOpen_holdsUpNobody_andItsJobIsTakenOnceItCommits() {
        QueueSettings queue = JobsDatabase.queue().withKeys(OptionalInt.of(1), null);
        var store = open(0, queue);
        PgConnection other = Rig.await(PgConnection.connect(database.vertx, database.settings.connect()));
        Rig.await(other.query("begin; select muster.enqueue('" + queue.name() + "', '7', key => 'a')")
                .execute());
        store.put(NewJob.of("1").withKey("a"));
        Job first = store.take(5).get(0);
        store.settle(List.of(new Settle.Ack(first.id(), first.lease(), null)));
        assertThat(store.take(5)).isEmpty();
        Rig.await(other.query("commit").execute());

        assertThat(store.take(5)).extracting(Job::body).containsExactly("7");
        Rig.await(other.close());
        store.end();
    }

    @Test
    void keysThatAreBusy_areNotInLine_howeverManyJobsTheyHave() {
        var store = open(0, JobsDatabase.queue().withKeys(OptionalInt.of(1), null));
        for (int batch = 0; batch < 3; batch++) {
            store.put(IntStream.range(0, 500)
                    .mapToObj(i -> NewJob.of("1").withKey("k" + i))
                    .toArray(NewJob[]::new));
        }
        List<Job> taken = store.take(1_000);
        assertThat(taken).hasSize(500);
        assertThat(line(store)).isEmpty();
        Job one = taken.get(77);
        store.settle(List.of(new Settle.Ack(one.id(), one.lease(), null)));

        assertThat(line(store)).singleElement().asString().startsWith(one.key() + " ");
        assertThat(store.take(10)).extracting(Job::key).containsExactly(one.key());
        store.end();
    }

    @Test
    void keyThatItsRateHoldsBack_isInLineForLater() {
        var rate = new QueueSettings.KeyRate(1, Duration.ofMinutes(1));
        var store = open(0, JobsDatabase.queue().withKeys(OptionalInt.empty(), rate));
        store.put(NewJob.of("1").withKey("a"), NewJob.of("2").withKey("a"), NewJob.of("3"));
        List<Job> taken = store.take(5);
        assertThat(taken).extracting(Job::body).containsExactly("1", "3");
        store.settle(taken.stream()
                .<Settle>map(job -> new Settle.Ack(job.id(), job.lease(), null))
                .toList());
        assertThat(store.take(5)).isEmpty();
        store.advance(Duration.ofSeconds(61));

        assertThat(store.take(5)).extracting(Job::body).containsExactly("2");
        store.end();
    }
}
