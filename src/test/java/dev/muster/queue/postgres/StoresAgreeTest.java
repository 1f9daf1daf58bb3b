package dev.muster.queue.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.queue.HeardHints;
import dev.muster.queue.Job;
import dev.muster.queue.JobState;
import dev.muster.queue.JobStore;
import dev.muster.queue.MemoryFixture;
import dev.muster.queue.NewJob;
import dev.muster.queue.PutResult;
import dev.muster.queue.QueueSettings;
import dev.muster.queue.QueueStatus;
import dev.muster.queue.Settle;
import dev.muster.queue.Settled;
import dev.muster.queue.StoreFixture;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The store in memory and the one in Postgres are told the same, and say the same: each answer, each job, each count. {@code
 * -Dmuster.agree.operations=100000} for full size, {@code -Dmuster.agree.seed} for others.
 */
@Timeout(1_800)
class StoresAgreeTest {
    private static final int OPERATIONS = Integer.getInteger("muster.agree.operations", 800);
    private static final long SEED = Long.getLong("muster.agree.seed", 1L);
    private static final int IN_A_HISTORY = 100;

    /** A job as both stores gave it. */
    private record Taken(Job here, Job there) {}

    /** Two stores, told the same. */
    private static final class Pair {
        private final MemoryFixture memory;
        private final PostgresFixture postgres;
        private final long base;
        private final List<Taken> taken = new ArrayList<>();
        private final List<String> done = new ArrayList<>();
        private int put;

        Pair(JobsDatabase database, PostgresStores node, QueueSettings settings) {
            memory = MemoryFixture.withLongestPauses(settings, new HeardHints());
            postgres = database.open(node, settings, new HeardHints());
            base = database.number("select coalesce(max(id), 0) from muster.job");
        }

        /** Ids of Postgres go on where those of the queue before ended. */
        private String there(String id) {
            return Long.toString(Long.parseLong(id) + base);
        }

        private @Nullable String here(@Nullable String id) {
            return id == null ? null : Long.toString(Long.parseLong(id) - base);
        }

        private <T> T same(String what, T here, T there) {
            done.add(what + " -> " + here);
            assertThat(there).as("%s, after %s", what, done).isEqualTo(here);
            return here;
        }

        private <T> T both(String what, Function<JobStore, Future<T>> operation) {
            return same(what, memory.call(operation), postgres.call(operation));
        }

        void put(List<NewJob> jobs) {
            put += jobs.size();
            same(
                    "put " + jobs,
                    memory.call(to -> to.put(jobs)),
                    postgres.call(to -> to.put(jobs)).stream()
                            .map(result -> new PutResult(result.verdict(), here(result.id())))
                            .toList());
        }

        void take(int max) {
            List<Job> here = memory.call(from -> from.take(max));
            List<Job> there = postgres.call(from -> from.take(max));
            same(
                    "take " + max,
                    here.stream().map(job -> told(job, job.id())).toList(),
                    there.stream().map(job -> told(job, here(job.id()))).toList());
            IntStream.range(0, here.size()).forEach(i -> taken.add(new Taken(here.get(i), there.get(i))));
        }

        private static List<Object> told(Job job, @Nullable String id) {
            return Arrays.asList(id, job.body(), job.attempt(), job.key(), job.priority(), job.checkpoint());
        }

        void settle(Taken one, Random random) {
            boolean isWrong = random.nextInt(20) == 0;
            long seed = random.nextLong();
            Settle here =
                    randomSettle(one.here().id(), isWrong ? "x" : one.here().lease(), new Random(seed));
            Settle there =
                    randomSettle(one.there().id(), isWrong ? "x" : one.there().lease(), new Random(seed));
            same(
                    here.toString(),
                    withoutTime(memory.call(to -> to.settle(List.of(here))).get(0)),
                    withoutTime(postgres.call(to -> to.settle(List.of(there))).get(0)));
        }

        private static Settled withoutTime(Settled settled) {
            return new Settled(settled.verdict(), settled.state(), null);
        }

        void cancel(String id) {
            same(
                    "cancel " + id,
                    memory.call(in -> in.cancel(List.of(id))),
                    postgres.call(in -> in.cancel(List.of(there(id)))));
        }

        void redrive(String id) {
            same("redrive " + id, memory.call(in -> in.redrive(id)), postgres.call(in -> in.redrive(there(id))));
        }

        void advance(Duration by) {
            done.add("advance " + by);
            memory.advance(by);
            postgres.advance(by);
        }

        void turn(StoreFixture.Switch which, boolean on) {
            done.add(which + " " + on);
            memory.call(in -> which.turn(in, on));
            postgres.call(in -> which.turn(in, on));
        }

        void sameCounts() {
            QueueStatus here = memory.call(JobStore::status);
            QueueStatus there = postgres.call(JobStore::status);
            same("counts", counts(here), counts(there));
        }

        private static List<Object> counts(QueueStatus status) {
            QueueStatus.Counts counts = status.counts();
            return List.of(counts, status.paused(), status.closed());
        }

        /** Each job that both know; done and cancelled ones are known to Postgres alone. */
        void sameJobs() {
            for (JobState state : List.of(JobState.SCHEDULED, JobState.READY, JobState.LEASED, JobState.DEAD)) {
                same(
                        "the " + state,
                        memory.call(in -> in.list(state, null, 1_000)).stream()
                                .map(job -> told(job, job.id()))
                                .toList(),
                        postgres.call(in -> in.list(state, null, 1_000)).stream()
                                .map(job -> told(job, here(job.id())))
                                .toList());
            }
            for (int id = 1; id <= put; id++) {
                String one = Integer.toString(id);
                Optional<Job.View> here = memory.call(in -> in.find(one));
                Optional<Job.View> there = postgres.call(in -> in.find(there(one)))
                        .filter(job -> job.state() != JobState.DONE && job.state() != JobState.CANCELLED);
                same("find " + id, here.map(job -> told(job, job.id())), there.map(job -> told(job, here(job.id()))));
            }
        }

        private static List<Object> told(Job.View job, @Nullable String id) {
            return Arrays.asList(
                    id,
                    job.state(),
                    job.body(),
                    job.attempt(),
                    job.key(),
                    job.unique(),
                    job.priority(),
                    job.cancelAsked(),
                    job.error(),
                    job.checkpoint());
        }

        void end() {
            memory.end();
            postgres.end();
        }
    }

    @Test
    void sameRandomOperations_haveTheSameAnswers_inMemoryAndInPostgres() {
        var random = new Random(SEED);
        try (var database = new JobsDatabase()) {
            PostgresStores node = database.node();
            database.stopClock();
            for (int done = 0; done < OPERATIONS; done += IN_A_HISTORY) {
                history(database, node, done / IN_A_HISTORY % 4, random);
            }
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("seed " + SEED, e);
        }
    }

    private static void history(JobsDatabase database, PostgresStores node, int kind, Random random) {
        OptionalInt perKey = (kind & 1) == 0 ? OptionalInt.empty() : OptionalInt.of(1 + random.nextInt(2));
        var rate = (kind & 2) == 0 ? null : new QueueSettings.KeyRate(1 + random.nextInt(4), Duration.ofSeconds(12));
        QueueSettings settings = JobsDatabase.queue()
                .withSize(4 + random.nextInt(12))
                .withKeys(perKey, rate)
                .withRetries(1, new QueueSettings.Backoff(Duration.ofSeconds(1), Duration.ofSeconds(4)));
        var pair = new Pair(database, node, settings);
        for (int i = 0; i < IN_A_HISTORY; i++) {
            step(pair, random);
            if (pair.memory.dropped() > 0) {
                break;
            }
            pair.sameCounts();
            if (i % 10 == 9) {
                pair.sameJobs();
            }
        }
        pair.end();
    }

    private static void step(Pair pair, Random random) {
        String anyId = Integer.toString(1 + random.nextInt(pair.put + 1));
        switch (random.nextInt(14)) {
            case 0, 1, 2 ->
                pair.put(IntStream.range(0, random.nextInt(4))
                        .mapToObj(i -> randomJob(random))
                        .toList());
            case 3, 4, 5 -> pair.take(1 + random.nextInt(3));
            case 6, 7, 8, 9 -> {
                if (!pair.taken.isEmpty()) {
                    int at = random.nextInt(pair.taken.size());
                    // Sometimes it stays: then the next settle of it is said again, stale, or comes after an extension.
                    pair.settle(random.nextInt(3) == 0 ? pair.taken.get(at) : pair.taken.remove(at), random);
                }
            }
            case 10 -> pair.advance(Duration.ofSeconds(random.nextInt(8) == 0 ? 40 : random.nextInt(4)));
            case 11 -> pair.cancel(anyId);
            case 12 -> pair.redrive(anyId);
            default -> {
                switch (random.nextInt(4)) {
                    case 0 -> pair.turn(StoreFixture.Switch.PAUSED, random.nextInt(4) == 0);
                    case 1 -> pair.turn(StoreFixture.Switch.CLOSED, random.nextInt(4) == 0);
                    default -> {
                        int max = 1 + random.nextInt(3);
                        pair.both("redrive " + max + " jobs", in -> in.redrive(max));
                    }
                }
            }
        }
    }

    private static NewJob randomJob(Random random) {
        return new NewJob(
                Integer.toString(random.nextInt(1_000)),
                random.nextBoolean() ? null : "k" + random.nextInt(3),
                random.nextInt(3) > 0 ? null : "u" + random.nextInt(3),
                Duration.ofSeconds(random.nextInt(3) > 0 ? 0 : random.nextInt(6)),
                random.nextInt(3) > 0 ? 0 : random.nextInt(3) - 1);
    }

    private static Settle randomSettle(String id, String lease, Random random) {
        return switch (random.nextInt(7)) {
            case 0, 1 -> new Settle.Ack(id, lease, "1");
            case 2 -> new Settle.Release(id, lease);
            case 3 -> new Settle.Extend(id, lease, Duration.ofSeconds(1 + random.nextInt(60)));
            case 4 -> new Settle.Checkpoint(id, lease, Integer.toString(random.nextInt(9)));
            case 5 -> new Settle.Fail(id, lease, "1", Duration.ofSeconds(random.nextInt(4)), false);
            default -> new Settle.Fail(id, lease, "2", null, random.nextInt(4) == 0);
        };
    }
}
