package dev.muster.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.loop.VirtualLoop;
import dev.muster.task.CancelReason;
import dev.muster.task.Repeat;
import dev.muster.task.Scope;
import dev.muster.task.Task;
import dev.muster.task.Tasks;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Producers and consumers on two loops, with random times and cancels: no accepted job is lost, none is held twice at once, and
 * nobody is left waiting.
 */
class JobQueueRandomTest {

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void producersAndConsumers_withRandomCancels_loseNothing(boolean slowly) {
        for (long seed = 1; seed <= 40; seed++) {
            try {
                new Play(seed, slowly).run();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ", slow store " + slowly, e);
            }
        }
    }

    private static final class Play {
        private static final int JOBS = 60;

        private final Random random;
        private final VirtualLoop here;
        private final VirtualLoop there;
        private final List<Tasks> trees;
        private final QueueSettings settings;
        private final MemoryStore memory;
        private final JobQueue queue;
        private final Map<String, String> accepted = new HashMap<>();
        private final Set<String> held = new HashSet<>();
        private final Set<String> done = new HashSet<>();
        private final List<Task<?>> started = new ArrayList<>();

        Play(long seed, boolean slowly) {
            random = new Random(seed);
            here = VirtualLoop.shuffled(seed);
            there = VirtualLoop.shuffled(-seed);
            trees = List.of(Tasks.on(here), Tasks.on(there));
            settings = QueueSettings.memory("q")
                    .withSize(1 + random.nextInt(8))
                    .withRetries(1_000, new QueueSettings.Backoff(Duration.ofMillis(1), Duration.ofMillis(9)))
                    .withLease(Duration.ofHours(1));
            memory = new MemoryStore(here, settings, longest -> (long) (random.nextDouble() * longest));
            queue = new JobQueue(here, settings, slowly ? new SlowStore(here, memory, () -> time(3)) : memory);
        }

        void run() {
            int size;
            for (int i = 0; i < JOBS; i += size) {
                size = 1 + random.nextInt(4);
                List<String> names = IntStream.range(i, i + size)
                        .mapToObj(n -> "\"j" + n + "\"")
                        .toList();
                start(
                        "put",
                        scope -> scope.sleep(time(60))
                                .compose(slept -> queue.putAll(
                                        scope, names.stream().map(NewJob::of).toList()))
                                .onSuccess(parts -> accept(names, parts)));
            }
            for (int i = 0; i < 12; i++) {
                start("work", scope -> scope.sleep(time(20)).compose(slept -> work(scope)));
            }
            for (int i = 0; i < 30; i++) {
                Duration at = time(90);
                Task<?> victim = started.get(random.nextInt(started.size()));
                here.schedule(at, () -> victim.cancel(CancelReason.of("at random")));
            }
            pass(Duration.ofMillis(120));
            start("work", this::work);
            Task<?> drain = start(
                    "drain", scope -> scope.await("the close", queue.close()).compose(closed -> queue.join(scope)));
            pass(Duration.ofSeconds(20));

            assertThat(drain.isDone()).as("drained").isTrue();
            Future<QueueStatus> status = memory.status();
            assertThat(status.result().counts())
                    .as("every accepted job is done, and no other")
                    .isEqualTo(new QueueStatus.Counts(0, 0, 0, accepted.size(), 0, 0));
            assertThat(done).isEqualTo(accepted.keySet());
            assertThat(held).isEmpty();
            end();
        }

        private void accept(List<String> names, List<ItemResult<PutResult>> parts) {
            boolean isOver = false;
            for (int i = 0; i < names.size(); i++) {
                PutResult put = parts.get(i).result();
                if (put != null) {
                    assertThat(isOver).as("only the first ones were accepted").isFalse();
                    accepted.put(put.id(), names.get(i));
                }
                isOver = put == null;
            }
        }

        /** Takes and settles until the queue is closed and empty. */
        private Future<Void> work(Scope scope) {
            return Repeat.whileTrue(
                    scope,
                    () -> queue.take(scope, 1 + random.nextInt(4)).compose(jobs -> {
                        for (Job job : jobs) {
                            assertThat(held.add(job.id())).as("held once").isTrue();
                        }
                        return scope.sleep(time(5)).transform((slept, failure) -> {
                            jobs.forEach(job -> settle(job, failure != null));
                            return failure == null
                                    ? Future.succeededFuture(!jobs.isEmpty())
                                    : Future.failedFuture(failure);
                        });
                    }));
        }

        private void settle(Job job, boolean cancelled) {
            held.remove(job.id());
            int dice = random.nextInt(6);
            Future<Settled> settled = cancelled || dice == 0
                    ? queue.release(job)
                    : dice == 1 ? queue.fail(job, "1") : queue.ack(job, null);
            settled.onComplete((value, failure) -> {
                if (value != null && value.state() == JobState.DONE) {
                    assertThat(done.add(job.id())).as("done once").isTrue();
                }
            });
        }

        private <T> Task<T> start(String name, dev.muster.task.Body<T> body) {
            Task<T> task = trees.get(random.nextInt(2)).start(name, body);
            task.onEnd(ended -> {});
            started.add(task);
            return task;
        }

        private Duration time(int millis) {
            return Duration.ofNanos((long) (random.nextDouble() * millis * 1_000_000));
        }

        /** Both loops, side by side. */
        private void pass(Duration time) {
            Duration step = Duration.ofMillis(1);
            for (Duration left = time; !left.isNegative() && !isOver(); left = left.minus(step)) {
                here.advance(step);
                there.advance(step);
                here.runReady();
            }
        }

        private boolean isOver() {
            return queue.statistics().joining() == 0 && started.stream().allMatch(Task::isDone);
        }

        private void end() {
            assertThat(started).allMatch(Task::isDone);
            JobQueue.Statistics left = queue.statistics();
            assertThat(left.waitingPuts() + left.waitingTakes() + left.joining() + left.settling() + left.watched())
                    .as("left: %s", left)
                    .isZero();
            assertThat(left.accepted()).isEqualTo(accepted.size());
            Future<Void> end = queue.end();
            trees.forEach(Tasks::close);
            here.run();
            there.run();
            here.run();
            assertThat(end.succeeded()).isTrue();
            assertThat(here.waitingTimers() + there.waitingTimers())
                    .as("timers")
                    .isZero();
        }
    }
}
