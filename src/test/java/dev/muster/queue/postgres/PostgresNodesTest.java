package dev.muster.queue.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.connect.Rig;
import dev.muster.queue.HeardHints;
import dev.muster.queue.Job;
import dev.muster.queue.JobStore;
import dev.muster.queue.NewJob;
import dev.muster.queue.PutResult;
import dev.muster.queue.QueueSettings;
import dev.muster.queue.Settle;
import dev.muster.queue.Settled;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Several nodes on one database. */
class PostgresNodesTest {
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

    private static List<PostgresFixture> stores(QueueSettings queue, HeardHints... told) {
        return IntStream.range(0, nodes.size())
                .mapToObj(i -> database.open(nodes.get(i), queue, told.length > i ? told[i] : new HeardHints()))
                .toList();
    }

    private static List<PutResult> put(PostgresFixture store, NewJob... jobs) {
        return store.call(to -> to.put(List.of(jobs)));
    }

    private static NewJob[] jobs(int count, int keys) {
        return IntStream.range(0, count)
                .mapToObj(i -> NewJob.of(Integer.toString(i)).withKey(keys == 0 ? null : "k" + i % keys))
                .toArray(NewJob[]::new);
    }

    private static Settle ack(Job job) {
        return new Settle.Ack(job.id(), job.lease(), null);
    }

    @Test
    void racingTakes_neverGiveAJobTwice_norMoreThanAskedFor() {
        for (int seed = 0; seed < 30; seed++) {
            var random = new Random(seed);
            var stores = stores(JobsDatabase.queue());
            put(stores.get(0), jobs(100, 0));
            List<Job> taken = new ArrayList<>();
            while (taken.size() < 100) {
                List<Future<List<Job>>> takes = new ArrayList<>();
                List<Integer> asked = new ArrayList<>();
                for (int i = 0; i < 6; i++) {
                    int most = 1 + random.nextInt(20);
                    asked.add(most);
                    takes.add(stores.get(random.nextInt(2)).begin(from -> from.take(most)));
                }
                for (int i = 0; i < 6; i++) {
                    List<Job> got = Rig.await(takes.get(i));
                    assertThat(got).as("seed " + seed).hasSizeLessThanOrEqualTo(asked.get(i));
                    taken.addAll(got);
                }
            }
            assertThat(taken).as("seed " + seed).extracting(Job::id).doesNotHaveDuplicates();
            assertThat(taken).as("seed " + seed).extracting(Job::lease).doesNotHaveDuplicates();
            stores.forEach(PostgresFixture::end);
        }
    }

    @Test
    void perKey_overTwoNodes_isNeverExceeded() {
        for (int seed = 0; seed < 15; seed++) {
            var random = new Random(seed);
            int perKey = 1 + seed % 3;
            var stores = stores(JobsDatabase.queue().withKeys(OptionalInt.of(perKey), null));
            put(stores.get(0), jobs(120, 7));
            Map<String, Integer> leased = new HashMap<>();
            List<Job> held = new ArrayList<>();
            int done = 0;
            while (done < 120) {
                List<Future<List<Job>>> takes = new ArrayList<>();
                for (int i = 0; i < 6; i++) {
                    int most = 1 + random.nextInt(10);
                    takes.add(stores.get(random.nextInt(2)).begin(from -> from.take(most)));
                }
                takes.forEach(take -> held.addAll(Rig.await(take)));
                leased.clear();
                held.forEach(job -> leased.merge(job.key(), 1, Integer::sum));
                assertThat(leased.values()).as("seed " + seed).allMatch(count -> count <= perKey);
                List<Job> over =
                        held.stream().filter(job -> random.nextBoolean()).toList();
                held.removeAll(over);
                done += over.size();
                List<Settle> acks = over.stream().map(PostgresNodesTest::ack).toList();
                stores.get(random.nextInt(2)).settle(acks);
            }
            stores.forEach(PostgresFixture::end);
        }
    }

    @Test
    void keyRate_overTwoNodes_isNeverExceeded() {
        var rate = new QueueSettings.KeyRate(3, Duration.ofHours(1));
        var stores = stores(JobsDatabase.queue().withKeys(OptionalInt.empty(), rate));
        put(stores.get(0), jobs(100, 4));
        List<Future<List<Job>>> takes = new ArrayList<>();
        IntStream.range(0, 20).forEach(i -> takes.add(stores.get(i % 2).begin(from -> from.take(1 + i % 5))));
        List<Job> taken = new ArrayList<>();
        takes.forEach(take -> taken.addAll(Rig.await(take)));

        assertThat(taken).hasSize(12);
        stores.forEach(PostgresFixture::end);
    }

    @Test
    void heldBackJobsBehindWhichOthersStand_areSteppedOver() {
        var stores = stores(JobsDatabase.queue().withKeys(OptionalInt.of(1), null));
        var store = stores.get(0);
        put(store, jobs(1_000, 1));
        put(store, jobs(1_000, 2));
        put(store, NewJob.of("1").withKey("late"), NewJob.of("2"), NewJob.of("3"));
        List<Job> taken = store.take(20);

        assertThat(taken).extracting(Job::key).containsExactly("k0", "k1", "late", null, null);
        assertThat(store.take(20)).isEmpty();
        stores.forEach(PostgresFixture::end);
    }

    @Test
    void racingPutsOfAUniqueWord_areOneJob() {
        for (int seed = 0; seed < 20; seed++) {
            var random = new Random(seed);
            var stores = stores(JobsDatabase.queue());
            List<Future<List<PutResult>>> puts = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                List<NewJob> batch = random.ints(5, 0, 6)
                        .mapToObj(word -> NewJob.of("1").withUnique("u" + word))
                        .toList();
                puts.add(stores.get(random.nextInt(2)).begin(to -> to.put(batch)));
            }
            List<PutResult> results = new ArrayList<>();
            puts.forEach(put -> results.addAll(Rig.await(put)));
            List<Job> taken = stores.get(0).take(100);

            assertThat(results).as("seed " + seed).noneMatch(result -> result.id() == null);
            assertThat(taken).as("seed " + seed).hasSizeLessThanOrEqualTo(6);
            assertThat(results.stream().map(PutResult::id).distinct())
                    .as("seed " + seed)
                    .containsExactlyInAnyOrderElementsOf(
                            taken.stream().map(Job::id).toList());
            stores.forEach(PostgresFixture::end);
        }
    }

    @Test
    void sizeOverTwoNodes_isExceededByABatchOfEachAtMost() {
        var stores = stores(JobsDatabase.queue().withSize(50));
        List<Future<List<PutResult>>> puts = new ArrayList<>();
        IntStream.range(0, 20).forEach(i -> puts.add(stores.get(i % 2).begin(to -> to.put(List.of(jobs(10, 0))))));
        puts.forEach(Rig::await);
        long ready = stores.get(1).call(JobStore::status).counts().ready();

        assertThat(ready).isBetween(50L, 50L + PostgresStores.CONNECTIONS * 2 * 10L);
        assertThat(put(stores.get(1), NewJob.of("1"))).containsExactly(PutResult.FULL);
        stores.forEach(PostgresFixture::end);
    }

    @Test
    void whatOneNodeDoes_theOtherIsTold() {
        var told = new HeardHints();
        var stores = stores(JobsDatabase.queue().withSize(1), new HeardHints(), told);
        var here = stores.get(0);
        var there = stores.get(1);
        there.until("it listens", () -> nodes.get(1).statistics().listened() > 0);

        put(here, NewJob.of("1"));
        there.until("jobs are ready", () -> told.ready > 0);
        put(there, NewJob.of("2"));
        Job job = here.take(1).get(0);
        there.until("there is room", () -> told.room > 0);
        there.call(to -> to.cancel(List.of(job.id())));
        there.until("the cancel is told", () -> told.cancels.contains(job.id() + " " + job.fence()));
        here.settle(List.of(ack(job)));
        there.until("the queue is idle", () -> told.idle > 0);
        stores.forEach(PostgresFixture::end);
    }

    @Test
    void nodeThatIsGone_itsJobsAreTakenByTheOther_onceTheLeaseRanOut() {
        var stores = stores(JobsDatabase.queue().withRetries(1, new QueueSettings.Backoff(ms(1), ms(1))));
        put(stores.get(0), NewJob.of("1"));
        Job job = stores.get(0).take(1).get(0);
        stores.get(0).end();
        stores.get(1).advance(Duration.ofSeconds(31));
        Job again = stores.get(1).take(1).get(0);

        assertThat(again.id()).isEqualTo(job.id());
        assertThat(again.fence()).isGreaterThan(job.fence());
        assertThat(stores.get(1).settle(List.of(ack(job)))).containsExactly(Settled.STALE);
        stores.get(1).end();
    }

    @Test
    void counts_areThoseOfTheJobs_afterManyChangesAtOnce() {
        var stores = stores(JobsDatabase.queue());
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            var store = stores.get(i % 2);
            all.add(store.begin(to -> to.put(List.of(jobs(7, 0)))
                    .compose(put -> to.take(5))
                    .compose(jobs -> to.settle(jobs.stream()
                            .map(job -> Long.parseLong(job.id()) % 3 == 0
                                    ? new Settle.Release(job.id(), job.lease())
                                    : ack(job))
                            .toList()))));
        }
        all.forEach(Rig::await);
        var counts = stores.get(0).call(JobStore::status).counts();

        int queue = stores.get(0).store.number();
        String in = "select count(*) from muster.job where queue = " + queue + " and state = ";
        assertThat(counts.ready()).isEqualTo(database.number(in + "'ready'"));
        assertThat(counts.done()).isEqualTo(database.number(in + "'done'"));
        assertThat(counts.unfinished() + counts.done()).isEqualTo(280);
        stores.forEach(PostgresFixture::end);
    }

    private static Duration ms(long millis) {
        return Duration.ofMillis(millis);
    }
}
