package dev.muster.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The bound on the steps of one run that are at work at once. */
class TaskLimitTest {

    private static final String NAMES_BOTH = "more than 10 concurrent steps (server.limits.tasks)";

    private final Scenario scenario = Scenario.inOrder()
            .limits(new RunLimits(
                    Duration.ofSeconds(30), Duration.ofMinutes(1), 1 << 20, 1 << 20, 1_000, 16, 10, 5_000));

    private String failure(String plan) {
        var failure = scenario.run(plan).failure();
        return failure == null ? "none" : String.valueOf(failure.toValue());
    }

    @Test
    void eachOfMoreAtOnce_endsWithLimit_beforeAnyItemBegan() {
        assertThat(failure(
                        "plan: p\nsteps:\n  a: {each: = lists.range(100), concurrency: 100, do: {work: x, ms: 5}}\n"))
                .contains("type=limit", NAMES_BOTH, "step=a");
        assertThat(scenario.work.began).isEmpty();
    }

    @Test
    void eachOfManyItems_withFewAtOnce_isDone() {
        assertThat(failure("plan: p\nsteps:\n  a: {each: = lists.range(500), concurrency: 8, do: {work: x, ms: 1}}\n"))
                .isEqualTo("none");
    }

    @Test
    void eachOfFewItems_withAGreatConcurrency_isDone() {
        assertThat(failure(
                        "plan: p\nsteps:\n  a: {each: = lists.range(5), concurrency: 1000000, do: {work: x, ms: 1}}\n"))
                .isEqualTo("none");
    }

    @Test
    void eachWithinEach_countsTheStepsOfAll() {
        assertThat(failure("""
                        plan: p
                        steps:
                          a:
                            each: = lists.range(4)
                            do: {each: = lists.range(4), as: inner, do: {work: x, ms: 5}}
                        """)).contains("type=limit", NAMES_BOTH);
    }

    @Test
    void gatherOfGathers_countsTheStepsOfAll() {
        String inner = IntStream.range(0, 4).mapToObj(i -> "{work: x, ms: 5}").collect(Collectors.joining(", "));
        String plan = "plan: p\nsteps:\n  a: {gather: [{gather: [%s]}, {gather: [%s]}, {gather: [%s]}]}\n";
        assertThat(failure(plan.formatted(inner, inner, inner))).contains("type=limit", NAMES_BOTH);
    }

    @Test
    void raceOfTooMany_letsNoMoreBegin() {
        String branches =
                IntStream.range(0, 20).mapToObj(i -> "{work: x, ms: 5}").collect(Collectors.joining(", "));
        failure("plan: p\nsteps:\n  a: {race: [%s]}\n".formatted(branches));
        assertThat(scenario.work.mostRunning).isBetween(5, 10);
    }

    @Test
    void stepsThatAWaitKeeps_countUntilTheyEnd() {
        String branches = "q: {work: q, ms: 1}, s: {work: s, ms: 500}, t: {work: t, ms: 500}, u: {work: u, ms: 500}";
        failure("""
                plan: p
                steps:
                  a:
                    each: = lists.range(5)
                    concurrency: 1
                    do: {wait: {%s}, until: first, pending: keep}
                  b: {after: [a], work: b, ms: 5}
                """.formatted(branches));
        assertThat(scenario.work.mostRunning).isBetween(6, 10);
    }

    @Test
    void stepsInOrder_areNeverManyAtOnce() {
        String steps =
                IntStream.range(0, 50).mapToObj(i -> "  - {sleep: 1ms}\n").collect(Collectors.joining());
        assertThat(failure("plan: p\nsteps:\n" + steps)).isEqualTo("none");
    }

    @Test
    void cleanUp_runsWhereAsManyStepsAreAtWorkAsMayBe() {
        String branches = "q, r, s, t, u, v, w".replaceAll("(\\w)", "{work: $1, ms: 50}");
        assertThat(failure("""
                        plan: p
                        steps:
                          a:
                            gather:
                              - {work: x, ms: 5, finally: {each: = lists.range(6), do: {work: unlock}}}
                              - %s
                        """.formatted(branches.replace("}, {", "}\n      - {"))))
                .isEqualTo("none");
        assertThat(scenario.work.calls).containsEntry("unlock", 6);
    }
}
