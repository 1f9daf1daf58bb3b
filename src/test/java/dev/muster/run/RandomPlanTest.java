package dev.muster.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.task.CancelReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random plans with random failures, time-outs and cancels, on shuffled loops: whatever happens, nothing is left. */
class RandomPlanTest {

    private static final int PLANS = 1_000;

    @Test
    void randomPlans_leaveNothing() {
        int done = 0;
        int cancelled = 0;
        for (long seed = 0; seed < PLANS; seed++) {
            var random = new Random(seed);
            String plan = new Generator(random).plan();
            try {
                EndState state = run(seed, random, plan);
                done += state == EndState.DONE ? 1 : 0;
                cancelled += state == EndState.CANCELLED ? 1 : 0;
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage() + "\n" + plan, e);
            }
        }
        assertThat(done).as("plans that were done").isBetween(PLANS / 20, PLANS);
        assertThat(cancelled).as("plans that were cancelled").isBetween(PLANS / 20, PLANS);
    }

    private static EndState run(long seed, Random random, String plan) {
        var scenario = Scenario.shuffled(seed);
        Run run = scenario.start(plan, Map.of("off", false), random.nextInt(5) == 0);
        if (random.nextInt(3) == 0) {
            scenario.loop.advance(Duration.ofMillis(random.nextInt(120)));
            run.cancel(CancelReason.of("left"));
        }
        var end = scenario.end(run);
        assertThat(scenario.work.open).as("open flows").isZero();
        long starts =
                scenario.events.stream().filter(Event.Start.class::isInstance).count();
        long ends = scenario.events.stream().filter(Event.End.class::isInstance).count();
        assertThat(List.of(starts, ends)).isEqualTo(List.of(1L, 1L));
        assertThat(run.report().steps()).allMatch(step -> step.state() != null, "ended");
        assertThat(end.failure() == null).isEqualTo(end.state() == EndState.DONE);
        return end.state();
    }

    /** Writes plans in flow style, each name once. */
    private static final class Generator {
        private final Random random;
        private int names;

        Generator(Random random) {
            this.random = random;
        }

        String plan() {
            String limit = random.nextInt(3) == 0 ? "timeout: " + (20 + random.nextInt(100)) + "ms\n" : "";
            return "plan: p\ninput: {off: boolean}\n" + limit + "steps: {" + steps(1 + random.nextInt(4), 3, true)
                    + "}\n";
        }

        private String steps(int count, int depth, boolean mentions) {
            var all = new ArrayList<String>();
            var before = new ArrayList<String>();
            for (int i = 0; i < count; i++) {
                String name = "s" + names++;
                String after = mentions && !before.isEmpty() && random.nextInt(3) == 0
                        ? ", after: [" + before.get(random.nextInt(before.size())) + "]"
                        : "";
                all.add(name + ": {" + action(depth) + policies() + after + "}");
                before.add(name);
            }
            return String.join(", ", all);
        }

        private String action(int depth) {
            int few = 1 + random.nextInt(3);
            return switch (depth == 0 ? 0 : random.nextInt(9)) {
                case 1 ->
                    "gather: {" + steps(few, depth - 1, true) + "}" + pick("", ", errors: collect", ", concurrency: 1");
                case 2 -> "race: {" + steps(few, depth - 1, false) + "}";
                case 3 ->
                    "wait: {" + steps(few, depth - 1, false) + "}"
                            + pick("", ", until: first", ", until: firstError")
                            + pick("", ", pending: keep");
                case 4 ->
                    "each: [1, 2, 3, 4, 5], as: i" + names++ + ", do: {" + action(depth - 1) + policies() + "}"
                            + pick("", ", errors: collect", ", errors: tolerate 50%") + pick("", ", concurrency: 2");
                case 5 -> "group: {" + steps(few, depth - 1, true) + "}";
                case 6 -> "sequence: [{" + steps(1, depth - 1, false) + "}, {" + steps(1, depth - 1, false) + "}]";
                default ->
                    "work: w, ms: " + random.nextInt(40) + pick("", "", "", ", fail: unavailable", ", fail: query");
            };
        }

        private String policies() {
            return pick("", "", "", ", optional: true", ", default: 1")
                    + pick("", "", "", ", timeout: " + (1 + random.nextInt(40)) + "ms")
                    + pick("", "", "", ", retry: {times: 2, backoff: 1ms..5ms}")
                    + pick("", "", "", ", finally: {work: c, ms: " + random.nextInt(10) + "}")
                    + pick("", "", "", "", ", when: = input.off");
        }

        private String pick(String... choices) {
            return choices[random.nextInt(choices.length)];
        }
    }
}
