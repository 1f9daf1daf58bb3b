package dev.muster.plan;

import static dev.muster.plan.Fixture.problems;
import static dev.muster.plan.Fixture.problemsOfSteps;
import static dev.muster.plan.Fixture.step;
import static dev.muster.plan.Fixture.steps;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ScopesTest {

    @Test
    void mention_makesAStepWait() {
        List<Step> steps =
                steps("b: {set: = a + c}\na: {set: 1}\nc: {set: 2}\n").steps();
        assertThat(step(steps, "b").dependsOn()).containsExactly("a", "c");
        assertThat(step(steps, "a").dependsOn()).isEmpty();
    }

    @Test
    void mentionInAPolicy_makesAStepWait() {
        List<Step> steps = steps("""
                a: {set: 1}
                b: {set: 1}
                d: {set: 1}
                e: {set: 1, when: = a, default: {x: = b}, finally: {set: = d}}
                """).steps();
        assertThat(step(steps, "e").dependsOn()).containsExactly("a", "b", "d");
    }

    @Test
    void mentionDeepInside_makesTheOuterStepWait() {
        List<Step> steps = steps("""
                a: {set: [1]}
                b: {group: {x: {each: = a, as: i, do: {sequence: [y: {set: = i}, {set: = y + input.id}]}}}}
                """).steps();
        assertThat(step(steps, "b").dependsOn()).containsExactly("a");
        assertThat(step(steps, "b").mentions()).containsExactlyInAnyOrder("a", "input");
    }

    @Test
    void after_makesAStepWait() {
        List<Step> steps = steps("a: {set: 1}\nb: {set: 2, after: [a]}\n").steps();
        assertThat(step(steps, "b").dependsOn()).containsExactly("a");
        assertThat(step(steps, "b").mentions()).isEmpty();
    }

    @Test
    void unknownNameInAfter_isSuggested() {
        assertThat(problemsOfSteps("user: {set: 1}\nb: {set: 2, after: [usr]}\n"))
                .containsExactly("p.yaml:5:23: no step \"usr\" is a sibling of this one (did you mean \"user\"?)");
    }

    @Test
    void afterItself_isRefused() {
        assertThat(problemsOfSteps("a: {set: 1, after: [a]}\n"))
                .containsExactly("p.yaml:4:23: the step \"a\" cannot wait for itself");
    }

    @Test
    void unknownVariable_isSuggested() {
        assertThat(problemsOfSteps("user: {set: 1}\nb: {set: '= 1 + usr.id'}\n"))
                .containsExactly("p.yaml:5:19: there is no variable 'usr'; did you mean 'user'?");
    }

    @Test
    void cycle_isNamedStepByStep() {
        assertThat(problemsOfSteps("x: {set: = a}\na: {set: = b}\nb: {set: = c}\nc: {set: 1, after: [a]}\n"))
                .containsExactly("p.yaml:5:3: the steps wait for each other: a (5:3) → b (6:3) → c (7:3) → a");
    }

    @Test
    void twoCycles_areBothNamed() {
        assertThat(problemsOfSteps("a: {set: = b}\nb: {set: = a}\nc: {set: = d}\nd: {set: = c}\n"))
                .containsExactly(
                        "p.yaml:4:3: the steps wait for each other: a (4:3) → b (5:3) → a",
                        "p.yaml:6:3: the steps wait for each other: c (6:3) → d (7:3) → c");
    }

    @Test
    void stepThatMentionsItself_isRefused() {
        assertThat(problemsOfSteps("a: {set: = a}\n"))
                .containsExactly("p.yaml:4:3: the step \"a\" waits for itself: it refers to its own name");
    }

    @Test
    void list_seesOnlyThoseBefore() {
        assertThat(steps("- a: {set: 1}\n- b: {set: = a}\n").steps().get(1).dependsOn())
                .containsExactly("a");
        assertThat(problemsOfSteps("- a: {set: = b}\n- b: {set: 1}\n"))
                .containsExactly("p.yaml:4:16: \"b\" comes later; in a list a step sees those before it");
        assertThat(problemsOfSteps("- a: {set: = a}\n"))
                .containsExactly("p.yaml:4:16: the step \"a\" refers to itself");
    }

    @Test
    void list_waitsOnlyForThoseBefore() {
        assertThat(problemsOfSteps("- set: 1\n- a: {set: 1, after: [b]}\n- b: {set: 1, after: [a]}\n"))
                .containsExactly("p.yaml:5:25: \"b\" comes later; in a list a step can only wait for those before it");
    }

    @Test
    void branchesOfARace_mayNotMentionEachOther() {
        assertThat(problemsOfSteps("r:\n  race:\n    a: {set: 1}\n    b: {set: = a}\n"))
                .containsExactly("p.yaml:7:18: the branches of race cannot refer to each other: \"a\"");
    }

    @Test
    void branchesOfAWait_mayNotWaitForEachOther() {
        assertThat(problemsOfSteps("r:\n  wait:\n    a: {set: 1}\n    b: {set: 1, after: [a]}\n"))
                .containsExactly("p.yaml:7:27: branches cannot wait for each other: \"a\"");
    }

    @Test
    void gather_isAScopeOfDependencies() {
        Step gather =
                steps("g: {gather: {a: {set: 1}, b: {set: = a}}}\n").steps().get(0);
        assertThat(step(gather.action().children(), "b").dependsOn()).containsExactly("a");
    }

    @Test
    void innerNames_areNotSeenOutside() {
        assertThat(problemsOfSteps("g: {group: {inner: {set: 1}}}\nb: {set: = inner}\n"))
                .containsExactly("p.yaml:5:14: there is no variable 'inner'; there is b, caller, g, input, run");
    }

    @Test
    void innerStep_seesOuterOnes() {
        Step outer =
                steps("a: {set: 1}\ng: {group: {inner: {set: = a}}}\n").steps().get(1);
        assertThat(outer.dependsOn()).containsExactly("a");
        assertThat(outer.action().children().get(0).dependsOn()).isEmpty();
    }

    @Test
    void innerName_doesNotHideAnOuterOne() {
        assertThat(problemsOfSteps("a: {set: 1}\ng: {group: {a: {set: 1}}}\n"))
                .containsExactly(
                        "p.yaml:5:15: a step cannot be named \"a\": the name is already used here, and would be hidden");
    }

    @Test
    void as_doesNotHideAnOuterName() {
        assertThat(problemsOfSteps("a: {set: 1}\ne: {each: [1], as: a, do: {set: 1}}\n"))
                .containsExactly(
                        "p.yaml:5:22: a variable cannot be named \"a\": the name is already used here, and would be hidden");
    }

    @Test
    void as_isSeenInTheBodyOnly() {
        assertThat(problemsOfSteps("e: {each: '= [item]', do: {set: = item}}\n"))
                .containsExactly("p.yaml:4:17: there is no variable 'item'; there is caller, e, input, run");
    }

    @Test
    void namesOfEveryPlan_areTaken() {
        assertThat(problemsOfSteps("input: {set: 1}\nrun: {set: 1}\ncaller: {set: 1}\n"))
                .containsExactly(
                        "p.yaml:4:3: a step cannot be named \"input\": input, caller and run are variables of every plan",
                        "p.yaml:5:3: a step cannot be named \"run\": input, caller and run are variables of every plan",
                        "p.yaml:6:3: a step cannot be named \"caller\": input, caller and run are variables of every plan");
    }

    @Test
    void namesThatNobodyCanMention_areRefused() {
        String rule = "a name is letters, digits and _, does not start with a digit and is not a reserved word";
        assertThat(problemsOfSteps("a-b: {set: 1}\nfor: {set: 1}\n"))
                .containsExactly(
                        "p.yaml:4:3: a step cannot be named \"a-b\": " + rule,
                        "p.yaml:5:3: a step cannot be named \"for\": " + rule);
    }

    @Test
    void nameTwiceInAList_isRefused() {
        assertThat(problemsOfSteps("- a: {set: 1}\n- a: {set: 2}\n"))
                .containsExactly("p.yaml:5:5: the name \"a\" is taken by the step in line 4");
    }

    @Test
    void input_isTyped() {
        assertThat(problemsOfSteps("a: {set: = input.nmae}\nb: {set: = input.id + 'x'}\n"))
                .containsExactly(
                        "p.yaml:4:19: there is no field 'nmae'; did you mean 'name'?",
                        "p.yaml:5:23: the operator '+' does not take (int, string)");
    }

    @Test
    void output_seesTheStepsOfItsLevel() {
        assertThat(problems("plan: t\nsteps:\n  g: {group: {abc: {set: 1}}, output: = abc}\noutput: = abc\n"))
                .containsExactly("p.yaml:4:11: there is no variable 'abc'; there is caller, g, input, run");
    }

    @Test
    void manySteps_seeEachOtherAndSuggest() {
        StringBuilder yaml = new StringBuilder();
        for (int i = 0; i < 200; i++) {
            yaml.append("step")
                    .append(i)
                    .append(": {set: ")
                    .append(i == 0 ? "1" : "= 1 + step" + (i - 1))
                    .append("}\n");
        }
        assertThat(step(steps(yaml.toString()).steps(), "step199").dependsOn()).containsExactly("step198");
        assertThat(problemsOfSteps(yaml + "last: {set: = stop150}\n"))
                .containsExactly("p.yaml:204:17: there is no variable 'stop150'; did you mean 'step150'?");
    }
}
