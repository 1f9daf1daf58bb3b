package dev.muster.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.connect.queue.QueueConnector;
import dev.muster.loop.VirtualLoop;
import dev.muster.queue.JobQueue;
import dev.muster.queue.MemoryStore;
import dev.muster.queue.QueueSettings;
import dev.muster.queue.QueueStatus;
import dev.muster.queue.Queues;
import dev.muster.run.RunOptions;
import dev.muster.service.FakeDeployment;
import dev.muster.service.RunManager;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Two producers and three consumers over a queue of five, as plans: each number once, in 1,000 shuffled schedules. */
class ProducersConsumersTest {

    private static final int SEEDS = 1_000;

    private static final String PRODUCERS = """
            plan: producers
            input: {times: list}
            steps:
              numbers:
                each: = lists.range(2)
                as: producer
                concurrency: 2
                do:
                  each: = lists.range(10)
                  as: n
                  concurrency: 1
                  do: {queue: q, put: {n: = producer * 10 + n, time: '= input.times[producer * 10 + n]'}}
              ends: {each: = lists.range(3), do: {queue: q, put: {n: -1, time: 0ms}}, after: [numbers]}
            output: done
            """;

    private static final String CONSUMER = """
            plan: consumer
            trigger: {queue: q, consumers: 3}
            input: {n: integer, time: string}
            steps:
              work: {sleep: = input.time, when: = input.n >= 0}
            output: = input.n
            """;

    private static final RunManager.Limits LIMITS =
            new RunManager.Limits(100, 1_000, 1 << 20, Duration.ofMinutes(5), 10, 1 << 20, 1 << 26);

    private final Of queues = new Of();
    private final FakeDeployment plans =
            FakeDeployment.with(new QueueConnector(queues)).plan(PRODUCERS).plan(CONSUMER);

    /** The queue of the seed. */
    private static final class Of implements Queues {
        private JobQueue queue;

        @Override
        public Optional<JobQueue> find(String name) {
            return Optional.of(queue);
        }

        @Override
        public List<JobQueue> all() {
            return List.of(queue);
        }
    }

    @Test
    void everyNumber_isConsumedOnce_andJoinWaitsForTheLast() {
        for (long seed = 0; seed < SEEDS; seed++) {
            consumed(seed);
        }
    }

    private void consumed(long seed) {
        var random = new Random(seed);
        FakeDeployment offer = plans.on(VirtualLoop.shuffled(seed));
        QueueSettings settings = QueueSettings.memory("q").withSize(5);
        var store = new FailingStore(new MemoryStore(offer.loop, settings));
        var queue = new JobQueue(offer.loop, settings, store);
        queues.queue = queue;
        var consumers = new Consumers(
                offer.loop, offer, new RunManager(LIMITS), offer.program("consumer"), queue, 3, random.nextInt(3));
        consumers.start();
        List<Integer> whenJoined = new ArrayList<>();
        List<String> times = random.ints(20, 0, 4).mapToObj(time -> time + "ms").toList();
        offer.loop.execute(() -> offer.runner()
                .start(offer.tasks, offer.program("producers"), Map.of("times", times), RunOptions.of(event -> {}))
                .end()
                .onSuccess(end -> {
                    assertThat(end.output()).as("seed %d", seed).isEqualTo("done");
                    offer.tasks.start("join", queue::join).onEnd(ended -> whenJoined.add(store.outputs.size()));
                }));
        offer.loop.advance(Duration.ofSeconds(5));
        Future<Void> stopped = consumers.stop();
        var status = queue.status();
        offer.loop.runReady();

        assertThat(whenJoined).as("seed %d", seed).containsExactly(23);
        assertThat(store.outputs)
                .as("seed %d", seed)
                .containsExactlyInAnyOrderElementsOf(
                        Stream.concat(IntStream.range(0, 20).mapToObj(Integer::toString), Stream.of("-1", "-1", "-1"))
                                .toList());
        assertThat(store.mostWaiting).as("seed %d", seed).isLessThanOrEqualTo(5);
        assertThat(status.result().counts()).as("seed %d", seed).isEqualTo(new QueueStatus.Counts(0, 0, 0, 23, 0, 0));
        assertThat(stopped.succeeded()).as("seed %d", seed).isTrue();
        queue.end();
        offer.loop.run();
        assertThat(offer.tasks.snapshot()).as("seed %d", seed).isEmpty();
    }
}
