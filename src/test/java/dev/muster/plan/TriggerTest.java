package dev.muster.plan;

import static dev.muster.plan.Fixture.problems;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TriggerTest {

    private static final String STEPS = "steps: {a: {set: 1}, b: {set: = a}}\n";

    @Test
    void queue_isWorkedOnByOneConsumer_unlessMoreAreAskedFor() {
        assertThat(Fixture.parse("plan: t\ntrigger: {queue: enrich}\n" + STEPS).trigger())
                .isEqualTo(new Trigger.Jobs("enrich", 1, 0, List.of()));
        assertThat(Fixture.parse("plan: t\ntrigger: {queue: enrich, consumers: 8, prefetch: 4}\ncheckpoint: [a]\n"
                                + STEPS)
                        .trigger())
                .isEqualTo(new Trigger.Jobs("enrich", 8, 4, List.of("a")));
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
                        "p.yaml:2:13: checkpoint keeps results for a further attempt, but the plan has no \"trigger\"");
    }

    @Test
    void cron_isTheTimesOfAZone_oneRunAtATimeUnlessItSaysMore() {
        assertThat(Fixture.parse("plan: t\ntrigger: {cron: '*/5 * * * *'}\n" + STEPS)
                        .trigger())
                .isEqualTo(new Trigger.Times(Cron.parse("*/5 * * * *", ZoneId.of("UTC")), false));
        assertThat(Fixture.parse("plan: t\ntrigger: {cron: '@daily', zone: Europe/Berlin, overlap: allow}\n" + STEPS)
                        .trigger())
                .isEqualTo(new Trigger.Times(Cron.parse("@daily", ZoneId.of("Europe/Berlin")), true));
    }

    @Test
    void mistakesInTimes_areSaidAllAtOnce() {
        assertThat(problems("plan: t\ntrigger: {cron: '60 * * * *', zone: Europe/Berln, overlap: never, prefetch: 1}\n"
                        + "input: {id: integer, more: string?}\ncheckpoint: [a]\n" + STEPS))
                .containsExactly(
                        "p.yaml:2:17: a cron run has the input {}, which this plan rejects: input.id is missing;"
                                + " it must be a whole number of 64 bits; make it optional (a type with ?), or compute it in a step",
                        "p.yaml:2:17: cron of trigger of the plan: minute (column 1): \"60\" is not a number from 0 to 59;"
                                + " a field is *, values and ranges such as 1-5, with commas between them, and steps such"
                                + " as */2",
                        "p.yaml:2:37: zone of trigger of the plan: there is no time zone \"Europe/Berln\" (did you mean"
                                + " \"Europe/Berlin\"?); use one such as Europe/Berlin or UTC",
                        "p.yaml:2:60: overlap of trigger of the plan must be one of skip, allow, not \"never\"",
                        "p.yaml:2:67: unknown word \"prefetch\" in trigger of the plan; known are cron, overlap, queue,"
                                + " zone",
                        "p.yaml:4:13: checkpoint keeps results for a further attempt at a job; a cron run has only one attempt");
    }

    @Test
    void cronBesideQueue_isRefused() {
        assertThat(problems("plan: t\ntrigger: {queue: enrich, cron: '@daily'}\n" + STEPS))
                .containsExactly("p.yaml:2:18: trigger of the plan has both \"cron\" and \"queue\"; use one of them");
        assertThat(problems("plan: t\ntrigger: {}\n" + STEPS))
                .containsExactly("p.yaml:2:10: trigger of the plan needs \"queue\", whose jobs are the inputs, or"
                        + " \"cron\", the times");
    }

    @Test
    void explain_saysTheNextTimes() {
        var explain = Explain.of(
                Fixture.parse("plan: t\ntrigger: {cron: '30 2 * * *', zone: Europe/Berlin}\n" + STEPS),
                Duration.ofSeconds(30));
        assertThat(explain.text())
                .contains("cron: 30 2 * * * (Europe/Berlin), unless the previous run is still active\n");
        assertThat(explain.at(Instant.parse("2026-03-28T12:00:00Z")).text())
                .contains("next: 2026-03-29T03:00+02:00, 2026-03-30T02:30+02:00, 2026-03-31T02:30+02:00\n");
        assertThat(explain.at(Instant.parse("2026-03-28T12:00:00Z")).toValue())
                .containsEntry("trigger", Map.of("cron", "30 2 * * *", "zone", "Europe/Berlin", "overlap", "skip"))
                .containsEntry(
                        "next", List.of("2026-03-29T03:00+02:00", "2026-03-30T02:30+02:00", "2026-03-31T02:30+02:00"));
    }

    @Test
    void explain_saysWhatRunsThePlan() {
        var explain = Explain.of(
                Fixture.parse(
                        "plan: t\ntrigger: {queue: enrich, consumers: 2, prefetch: 1}\ncheckpoint: [a, b]\n" + STEPS),
                Duration.ofSeconds(30));
        assertThat(explain.text())
                .contains("jobs: of the queue enrich, 2 concurrent on a node, 1 prefetched; checkpoints: a, b\n");
        assertThat(explain.toValue())
                .containsEntry("trigger", Map.of("queue", "enrich", "consumers", 2L, "prefetch", 1L))
                .containsEntry("checkpoint", List.of("a", "b"));
    }
}
