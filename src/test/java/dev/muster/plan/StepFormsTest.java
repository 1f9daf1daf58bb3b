package dev.muster.plan;

import static dev.muster.plan.Fixture.problemsOfSteps;
import static dev.muster.plan.Fixture.steps;
import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.plan.Action.Order;
import dev.muster.plan.Action.Until;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class StepFormsTest {

    private static Action only(String yaml) {
        return steps(yaml).steps().get(0).action();
    }

    @Test
    void listOfSteps_runsInOrder() {
        Plan plan = steps("- set: 1\n- two: {set: 2}\n");
        assertThat(plan.inOrder()).isTrue();
        assertThat(plan.steps().stream().map(Step::name)).containsExactly("0", "two");
        assertThat(plan.steps().stream().map(Step::named)).containsExactly(false, true);
    }

    @Test
    void entryWithOneVerb_isAStep_evenWithAMapBehindIt() {
        assertThat(steps("- set: {set: 1}\n").steps().get(0).named()).isFalse();
    }

    @Test
    void entryWithOnePolicyOrCombinator_isNoName() {
        assertThat(problemsOfSteps("- retry: {times: 1}\n").get(0)).startsWith("p.yaml:4:5: the step has no verb");
        assertThat(steps("- group: {a: {set: 1}}\n").steps().get(0).action()).isInstanceOf(Action.Group.class);
    }

    @Test
    void positions_areThoseOfNamesOrEntries() {
        Plan plan = steps("- set: 1\n- two: {set: 2}\n");
        assertThat(plan.steps().get(0).at()).hasToString("p.yaml:4:5");
        assertThat(plan.steps().get(1).at()).hasToString("p.yaml:5:5");
    }

    @Test
    void gather_isAMapOrAList() {
        Action.Gather map = (Action.Gather) only("g: {gather: {a: {set: 1}, b: {set: 2}}}\n");
        assertThat(map.asMap()).isTrue();
        assertThat(map.concurrency()).isEqualTo(2);
        assertThat(map.errors()).isEqualTo(Action.ErrorRule.FAIL_FAST);
        Action.Gather list = (Action.Gather)
                only("g: {gather: [set: 1, b: {set: 2}], errors: collect, order: completion, concurrency: 1}\n");
        assertThat(list.asMap()).isFalse();
        assertThat(list.steps().stream().map(Step::name)).containsExactly("0", "b");
        assertThat(list.errors()).isEqualTo(Action.ErrorRule.COLLECT);
        assertThat(list.order()).isEqualTo(Order.COMPLETION);
        assertThat(list.concurrency()).isEqualTo(1);
    }

    @Test
    void gather_toleratesNothing() {
        assertThat(problemsOfSteps("g: {gather: {a: {set: 1}}, errors: tolerate 5%}\n"))
                .containsExactly(
                        "p.yaml:4:38: errors of the step \"g\" must be failFast or collect, not \"tolerate 5%\"");
    }

    @Test
    void each_hasDefaults() {
        Action.Each each = (Action.Each) only("e: {each: = input.ids, do: {set: = item}}\n");
        assertThat(each.as()).isEqualTo("item");
        assertThat(each.concurrency()).isEqualTo(64);
        assertThat(each.errors()).isEqualTo(Action.ErrorRule.FAIL_FAST);
        assertThat(each.order()).isEqualTo(Order.INPUT);
        assertThat(each.body().named()).isFalse();
    }

    @Test
    void each_takesAListAndTolerance() {
        Action.Each each =
                (Action.Each) only("e: {each: [1, = input.id], as: n, errors: tolerate 2.5%, do: {set: = n}}\n");
        assertThat(each.list()).isInstanceOf(Template.ListOf.class);
        assertThat(each.errors()).isEqualTo(new Action.ErrorRule(false, 2.5));
    }

    @Test
    void each_needsAListAndABody() {
        assertThat(problemsOfSteps(
                        "a: {each: 3, do: {set: 1}}\nb: {each: [1]}\nc: {each: [1], errors: some, do: {set: 1}}\n"))
                .containsExactly(
                        "p.yaml:4:13: each of the step \"a\" must be a list or an expression with a list as its result",
                        "p.yaml:5:6: the step \"b\" needs \"do\": a step for each item",
                        "p.yaml:6:26: errors of the step \"c\" must be failFast, collect or tolerate N%, N from 0 to 100,"
                                + " not \"some\"");
    }

    @Test
    void wait_hasItsOwnTimeout() {
        Step step = steps("w: {wait: {a: {set: 1}}, until: firstError, timeout: 2s, pending: keep}\n")
                .steps()
                .get(0);
        Action.Wait wait = (Action.Wait) step.action();
        assertThat(wait.until()).isEqualTo(Until.FIRST_ERROR);
        assertThat(wait.timeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(wait.keepPending()).isTrue();
        assertThat(step.policies()).isEqualTo(Policies.NONE);
    }

    @Test
    void wait_hasDefaults() {
        Action.Wait wait = (Action.Wait) only("w: {wait: {a: {set: 1}}}\n");
        assertThat(wait.until()).isEqualTo(Until.ALL);
        assertThat(wait.timeout()).isNull();
        assertThat(wait.keepPending()).isFalse();
    }

    @Test
    void race_isAMapOrAList() {
        assertThat(only("r: {race: [set: 1, set: 2]}\n").children()).hasSize(2);
        assertThat(only("r: {race: {a: {set: 1}}}\n").children()).hasSize(1);
    }

    @Test
    void sequenceAndGroup_areRead() {
        assertThat(only("s: {sequence: [set: 1, b: {set: 2}]}\n").children()).hasSize(2);
        Action.Group group = (Action.Group) only("g: {group: {a: {set: 1}}, output: {x: = a}}\n");
        assertThat(group.output().references()).containsExactly("a");
    }

    @Test
    void wrongForms_areRefused() {
        assertThat(problemsOfSteps("""
                a: {sequence: {x: {set: 1}}}
                b: {wait: [set: 1]}
                c: {race: 3}
                d: {gather: {}}
                e: [set: 1]
                f:
                """))
                .containsExactly(
                        "p.yaml:4:17: sequence of the step \"a\" must be a list of steps, not a map",
                        "p.yaml:5:13: wait of the step \"b\" must be a map of steps, not a list",
                        "p.yaml:6:13: race of the step \"c\" must be a map or list of steps, not a number",
                        "p.yaml:7:15: gather of the step \"d\" has no steps",
                        "p.yaml:8:6: the step \"e\" must be a map with a verb, not a list",
                        "p.yaml:9:5: the step \"f\" must be a map with a verb, not nothing");
    }

    @Test
    void twoVerbs_areNamed() {
        assertThat(problemsOfSteps("a: {set: 1, sleep: 1s}\nb: {set: 1, gather: {x: {set: 1}}, sleep: 1s}\n"))
                .containsExactly(
                        "p.yaml:4:15: the step \"a\" has two verbs, set and sleep; a step has one",
                        "p.yaml:5:15: the step \"b\" has 3 verbs, set and gather and sleep; a step has one");
    }

    @Test
    void noVerb_saysWhichThereAre() {
        assertThat(problemsOfSteps("a: {timeout: 1s}\nb: {get: /x}\n"))
                .containsExactly(
                        "p.yaml:4:3: the step \"a\" has no verb; it needs one of call, cpu, each, fail, gather, group, http,"
                                + " mongo, mysql, plan, postgres, queue, race, sequence, set, sleep, wait",
                        "p.yaml:5:3: the step \"b\" has no verb, only get; it needs one of call, cpu, each, fail, gather,"
                                + " group, http, mongo, mysql, plan, postgres, queue, race, sequence, set, sleep, wait");
    }

    @Test
    void misspeltVerb_isSuggested() {
        assertThat(problemsOfSteps("a: {htpp: web, get: /x}\nb: {postgress: catalog}\n"))
                .containsExactly(
                        "p.yaml:4:7: unknown word \"htpp\" in the step \"a\" (did you mean \"http\"?)",
                        "p.yaml:5:7: unknown word \"postgress\" in the step \"b\" (did you mean \"postgres\"?)");
        assertThat(problemsOfSteps("- sett: {a: 1}\n"))
                .containsExactly("p.yaml:4:5: unknown word \"sett\" in the step (did you mean \"set\"?)");
    }

    @Test
    void misspeltWordsAndPolicies_areSuggested() {
        assertThat(problemsOfSteps("a: {http: web, get: /x, expct: 200, retyr: {times: 1}, idempotnt: true}\n"))
                .containsExactly(
                        "p.yaml:4:27: unknown word \"expct\" in the step \"a\" (did you mean \"expect\"?)",
                        "p.yaml:4:39: unknown word \"retyr\" in the step \"a\" (did you mean \"retry\"?)",
                        "p.yaml:4:58: unknown word \"idempotnt\" in the step \"a\" (did you mean \"idempotent\"?)");
    }

    @Test
    void everyProblem_isReportedAtOnce() {
        assertThat(problemsOfSteps("a: {set: = x}\nb: {sleep: soon}\nc: {group: {d: {htp: web}}}\n"))
                .hasSize(3);
    }

    @Test
    void combinatorWords_areNotThoseOfOthers() {
        assertThat(problemsOfSteps("r: {race: {a: {set: 1}}, errors: collect}\n")
                        .get(0))
                .startsWith("p.yaml:4:28: unknown word \"errors\" in the step \"r\"");
    }

    @Test
    void stepsOfEveryDepth_haveMentions() {
        Step step = steps("a: {set: 1}\ns: {sequence: [x: {set: = a}, {set: = x}]}\n")
                .steps()
                .get(1);
        assertThat(step.mentions()).containsExactly("a");
        assertThat(step.action().children().get(1).mentions()).containsExactly("x");
        assertThat(step.action().children().get(1).dependsOn()).isEqualTo(List.of("x"));
    }
}
