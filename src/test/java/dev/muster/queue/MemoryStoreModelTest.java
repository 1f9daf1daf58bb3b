package dev.muster.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.loop.VirtualLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The store in memory does what a model does that is too simple to be wrong: all short histories, and long random ones. */
class MemoryStoreModelTest {

    private static final int DEPTH = 6;
    private static final int OPERATIONS = 9;

    /** A store and its model, told the same. */
    private static final class Pair {
        final List<Job> taken = new ArrayList<>();
        final StoreModel model;
        private final MemoryFixture store;

        Pair(QueueSettings settings) {
            model = new StoreModel(settings);
            store = new MemoryFixture(settings, new HeardHints(), VirtualLoop.inOrder(), longest -> longest);
        }

        void put(NewJob... jobs) {
            List<String> results = store.call(to -> to.put(List.of(jobs))).stream()
                    .map(result -> result.verdict() + (result.id() == null ? "" : " " + result.id()))
                    .toList();
            same(results, model.put(List.of(jobs)));
        }

        void take(int max) {
            List<Job> jobs = store.call(from -> from.take(max));
            same(
                    jobs.stream()
                            .map(job -> job.id() + " " + job.attempt() + " " + job.lease())
                            .toList(),
                    model.take(max).stream()
                            .map(job -> job.id() + " " + job.attempt + " " + job.lease)
                            .toList());
            taken.addAll(jobs);
        }

        void settle(Settle settle) {
            Settled settled = store.call(to -> to.settle(List.of(settle))).get(0);
            StoreModel.Item held = model.held(settle.id(), settle.lease());
            if (held == null) {
                same(settled, model.saidBefore(settle));
                return;
            }
            if (settle instanceof Settle.Extend extend) {
                if (held.cancelAsked) {
                    same(settled, Settled.CANCEL_ASKED);
                } else {
                    held.expires =
                            Math.max(held.expires, model.now + extend.by().toSeconds());
                }
                return;
            }
            if (settle instanceof Settle.Ack) {
                model.become(held, JobState.DONE);
            } else if (settle instanceof Settle.Release) {
                model.release(held);
            } else if (settle instanceof Settle.Fail fail) {
                model.retry(held, fail.retryIn() == null ? null : fail.retryIn().toSeconds(), fail.giveUp());
            }
            same(settled, Settled.to(held.state));
            model.ended(settle, settled);
            advance(0);
        }

        void cancel(String id) {
            same(store.call(in -> in.cancel(List.of(id))).get(0), model.cancel(id));
        }

        void redrive(int max) {
            same(store.call(in -> in.redrive(max)), model.redrive(max));
        }

        void advance(long seconds) {
            store.advance(Duration.ofSeconds(seconds));
            model.advance(seconds);
        }

        void turn(StoreFixture.Switch which, boolean on) {
            store.call(in -> which.turn(in, on));
            if (which == StoreFixture.Switch.PAUSED) {
                model.paused = on;
            } else {
                model.closed = on;
            }
        }

        void sameCounts() {
            QueueStatus.Counts counts = store.call(JobStore::status).counts();
            same(
                    counts,
                    new QueueStatus.Counts(
                            model.count(JobState.SCHEDULED),
                            model.count(JobState.READY),
                            model.count(JobState.LEASED),
                            model.count(JobState.DONE),
                            model.count(JobState.DEAD),
                            model.count(JobState.CANCELLED)));
        }

        void sameJobs() {
            for (StoreModel.Item job : model.jobs) {
                Job.View view = store.call(in -> in.find(job.id())).orElse(null);
                if (job.state == JobState.DONE || job.state == JobState.CANCELLED || job.dropped) {
                    same(view == null, true);
                } else {
                    same(view.state() + " " + view.attempt(), job.state + " " + job.attempt);
                }
            }
        }

        void end() {
            store.end();
        }

        /** Without the cost of an assertion where there is nothing to say. */
        private static void same(Object actual, Object expected) {
            if (!actual.equals(expected)) {
                assertThat(actual).isEqualTo(expected);
            }
        }
    }

    private static QueueSettings settings() {
        return QueueSettings.memory("model")
                .withSize(2)
                .withRetries(1, new QueueSettings.Backoff(Duration.ofSeconds(1), Duration.ofSeconds(4)));
    }

    @Test
    void allShortHistories_areThoseOfTheModel() {
        allHistories(settings(), null);
    }

    @Test
    void allShortHistories_ofOneKey_areThoseOfTheModel() {
        allHistories(settings().withKeys(OptionalInt.of(1), null), "k");
    }

    private static void allHistories(QueueSettings settings, String key) {
        int all = (int) Math.pow(OPERATIONS, DEPTH);
        int[] history = new int[DEPTH];
        for (int number = 0; number < all; number++) {
            for (int i = 0, rest = number; i < DEPTH; i++, rest /= OPERATIONS) {
                history[i] = rest % OPERATIONS;
            }
            if (history[0] > 1) {
                continue; // Nothing to work with: these are the histories of an empty queue.
            }
            var pair = new Pair(settings);
            try {
                for (int operation : history) {
                    step(pair, operation, key);
                }
                pair.sameCounts();
                pair.sameJobs();
                pair.end();
            } catch (AssertionError e) {
                throw new AssertionError("history " + Arrays.toString(history), e);
            }
        }
    }

    private static void step(Pair pair, int operation, String key) {
        Job oldest = pair.taken.isEmpty() ? null : pair.taken.get(0);
        switch (operation) {
            case 0 -> pair.put(NewJob.of("1").withKey(key));
            case 1 -> pair.put(NewJob.of("1").withKey(key).withDelay(Duration.ofSeconds(5)));
            case 2 -> pair.take(1);
            case 3 -> pair.cancel("1");
            case 4 -> pair.advance(30);
            case 5 -> pair.redrive(1);
            default -> {
                if (oldest != null) {
                    pair.taken.remove(0);
                    pair.settle(
                            operation == 6
                                    ? new Settle.Ack(oldest.id(), oldest.lease(), null)
                                    : operation == 7
                                            ? new Settle.Fail(oldest.id(), oldest.lease(), "1", null, false)
                                            : new Settle.Release(oldest.id(), oldest.lease()));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
    void longRandomHistories_areThoseOfTheModel(int kind) {
        for (int i = 0; i < 60; i++) {
            long seed = kind * 1_000L + i;
            try {
                randomHistory(kind, new Random(seed));
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    private static void randomHistory(int kind, Random random) {
        QueueSettings settings = settings().withSize(2 + random.nextInt(12));
        OptionalInt perKey = (kind & 1) == 0 ? OptionalInt.empty() : OptionalInt.of(1 + random.nextInt(2));
        var rate = (kind & 2) == 0 ? null : new QueueSettings.KeyRate(1 + random.nextInt(4), Duration.ofSeconds(12));
        settings = settings.withKeys(perKey, rate)
                .withOrder((kind & 4) == 0 ? QueueSettings.Order.FIFO : QueueSettings.Order.LIFO);
        var pair = new Pair(settings);
        for (int i = 0; i < 250; i++) {
            randomStep(pair, random);
            pair.sameCounts();
            if (i % 10 == 0) {
                pair.sameJobs();
            }
        }
        pair.end();
    }

    private static void randomStep(Pair pair, Random random) {
        switch (random.nextInt(12)) {
            case 0, 1, 2 -> {
                NewJob[] jobs = new NewJob[random.nextInt(4)];
                Arrays.setAll(jobs, i -> randomJob(random));
                pair.put(jobs);
            }
            case 3, 4, 5 -> pair.take(1 + random.nextInt(3));
            case 6, 7, 8 -> {
                if (!pair.taken.isEmpty()) {
                    int at = random.nextInt(pair.taken.size());
                    // Sometimes it stays: then the next settle of it is stale, or comes after an extension.
                    Job job = random.nextInt(4) == 0 ? pair.taken.get(at) : pair.taken.remove(at);
                    pair.settle(randomSettle(job, random));
                }
            }
            case 9 -> pair.advance(random.nextInt(10) == 0 ? 40 : random.nextInt(4));
            case 10 -> pair.cancel(Integer.toString(1 + random.nextInt(pair.model.jobs.size() + 1)));
            default -> {
                switch (random.nextInt(4)) {
                    case 0 -> pair.turn(StoreFixture.Switch.PAUSED, random.nextInt(4) == 0);
                    case 1 -> pair.turn(StoreFixture.Switch.CLOSED, random.nextInt(4) == 0);
                    default -> pair.redrive(1 + random.nextInt(3));
                }
            }
        }
    }

    private static NewJob randomJob(Random random) {
        return new NewJob(
                "1",
                random.nextBoolean() ? null : "k" + random.nextInt(3),
                random.nextInt(3) > 0 ? null : "u" + random.nextInt(3),
                Duration.ofSeconds(random.nextInt(3) > 0 ? 0 : random.nextInt(6)),
                random.nextInt(3) > 0 ? 0 : random.nextInt(3) - 1);
    }

    private static Settle randomSettle(Job job, Random random) {
        String lease = random.nextInt(20) == 0 ? "0" : job.lease();
        return switch (random.nextInt(6)) {
            case 0, 1 -> new Settle.Ack(job.id(), lease, null);
            case 2 -> new Settle.Release(job.id(), lease);
            case 3 -> new Settle.Extend(job.id(), lease, Duration.ofSeconds(1 + random.nextInt(60)));
            case 4 -> new Settle.Fail(job.id(), lease, "1", Duration.ofSeconds(random.nextInt(4)), false);
            default -> new Settle.Fail(job.id(), lease, "1", null, random.nextInt(4) == 0);
        };
    }
}
