package dev.muster.plan;

import static dev.muster.plan.Fixture.problems;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TriggerTest {

    private static final String STEPS = "steps: {a: {set: 1}, b: {set: = a}}\n";

    @Test
    void queue_isWorkedOnByOneConsumer_unlessMoreAreAskedFor() {
        assertThat(Fixture.parse("plan: t\ntrigger: {queue: enrich}\n" + STEPS).trigger())
                .isEqualTo(new Trigger("enrich", 1, 0, List.of()));
        assertThat(Fixture.parse("plan: t\ntrigger: {queue: enrich, consumers: 8, prefetch: 4}\ncheckpoint: [a]\n"
                                + STEPS)
                        .trigger())
                .isEqualTo(new Trigger("enrich", 8, 4, List.of("a")));
        assertThat(Fixture.parse("plan: t\n" + STEPS).trigger()).isNull();
    }

    @Test
    void mistakes_areSaidAllAtOnce() {
        assertThat(problems("plan: t\ntrigger: {queue: enrihc, consumers: 0, prefetc: 1}\ncheckpoint: [aa]\n" + STEPS))
                .containsExactly(
                        "p.yaml:2:18: there is no queue \"enrihc\" (did you mean \"enrich\"?)",
                        "p.yaml:2:37: consumers of trigger of the plan must be a whole number from 1 to 10000, not \"0\"",
                        "p.yaml:2:40: unknown word \"prefetc\" in trigger of the plan (did you mean \"prefetch\"?)",
                        "p.yaml:3:13: checkpoint: the plan has no step \"aa\" (did you mean \"a\"?)");
    }

    @Test
    void checkpointWithoutTrigger_isRefused() {
        assertThat(problems("plan: t\ncheckpoint: [a]\n" + STEPS))
                .containsExactly(
                        "p.yaml:2:13: checkpoint keeps results for another try, but the plan has no \"trigger\"");
    }

    @Test
    void explain_saysWhatRunsThePlan() {
        var explain = Explain.of(Fixture.parse(
                "plan: t\ntrigger: {queue: enrich, consumers: 2, prefetch: 1}\ncheckpoint: [a, b]\n" + STEPS));
        assertThat(explain.text())
                .contains(
                        "jobs: of the queue enrich, 2 at once on a node, 1 taken ahead; kept for another try: a, b\n");
        assertThat(explain.toValue())
                .containsEntry("trigger", Map.of("queue", "enrich", "consumers", 2L, "prefetch", 1L))
                .containsEntry("checkpoint", List.of("a", "b"));
    }
}
