package dev.muster.plan;

import static dev.muster.plan.Fixture.problems;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.config.ProblemsException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PlanParserTest {

    @Test
    void smallestPlan_isAnOutput() {
        Plan plan = Fixture.parse("plan: t\noutput: {status: ok}\n");
        assertThat(plan.steps()).isEmpty();
        assertThat(plan.timeout()).isNull();
        assertThat(plan.expose()).isNull();
        assertThat(plan.isPublic()).isFalse();
        assertThat(plan.adhoc()).isFalse();
        assertThat(plan.at()).hasToString("p.yaml:1:1");
    }

    @Test
    void json_isReadToo() {
        byte[] json = "{\"plan\": \"t\",\n\t\"steps\": {\"a\": {\"set\": \"= b\"}}}".getBytes(StandardCharsets.UTF_8);
        assertThat(problems("p.json", json))
                .containsExactly("p.json:2:28: there is no variable 'b'; did you mean 'a'?");
    }

    @Test
    void topLevelWords_areChecked() {
        assertThat(problems("plann: t\ntimeout: 1h\npublic: true\n"))
                .containsExactly(
                        "p.yaml:1:1: the plan has neither \"steps\" nor \"output\", so it has no effect",
                        "p.yaml:1:1: unknown word \"plann\" in the plan (did you mean \"plan\"?)",
                        "p.yaml:2:10: timeout of the plan must be from 1ms to 15m, the longest run",
                        "p.yaml:3:9: public applies to an endpoint, but the plan has no \"expose\"");
    }

    @Test
    void misspeltWord_isTold_andNotWhatFollowsFromIt() {
        String inputs = "p.yaml:2:1: unknown word \"inputs\" in the plan (did you mean \"input\"?)";
        assertThat(problems("plan: t\ninputs: {id: integer}\nexpose: GET /a/{id}\noutput: = input.id\n"))
                .containsExactly(inputs);
        assertThat(problems("plan: t\ninputs: {id: integer}\nexpose: GET /a/{id}/x{id}\noutput: = inpt\n"))
                .hasSize(3)
                .contains(inputs);
        assertThat(problems("plan: t\nstep: {a: {set: 1}}\n"))
                .containsExactly("p.yaml:2:1: unknown word \"step\" in the plan (did you mean \"steps\"?)");
        assertThat(problems("plan: t\nsteps: {a: {postgres: catalog, sq: 'select 1'}}\n"))
                .containsExactly("p.yaml:2:32: unknown word \"sq\" in the step \"a\" (did you mean \"sql\"?)");
        assertThat(problems("plan: t\nsteps: {a: {postgres: catalog, wen: true}}\n"))
                .as("of another word: both are wrong")
                .hasSize(2);
    }

    @Test
    void longestTimeout_is15Minutes() {
        assertThat(Fixture.parse("plan: t\ntimeout: 15m\noutput: 1\n").timeout())
                .isEqualTo(Duration.ofMinutes(15));
        assertThat(problems("plan: t\ntimeout: 900001ms\noutput: 1\n")).hasSize(1);
    }

    @Test
    void expressionWhereNoneIsComputed_isRefused() {
        assertThat(problems("plan: = 'x'\ntimeout: = 1\noutput: = 1\n"))
                .containsExactly(
                        "p.yaml:1:7: plan of the plan is never computed, so it cannot be an expression; for text that"
                                + " starts with =, write ==",
                        "p.yaml:2:10: timeout of the plan is never computed, so it cannot be an expression; for text that"
                                + " starts with =, write ==");
    }

    @Test
    void noMap_isNoPlan() {
        assertThat(problems("[1]"))
                .containsExactly(
                        "p.yaml:1:1: a plan must be a map with \"plan\", \"steps\" and \"output\", not a list");
        assertThat(problems("# nothing")).containsExactly("p.yaml:1:1: the file is empty");
    }

    @Test
    void name_isOneForAddresses() {
        assertThat(problems("plan: a/b\noutput: 1\n").get(0))
                .startsWith("p.yaml:1:7: a plan's name is up to 100 letters");
    }

    @Test
    void endpoint_isRead() {
        Plan plan = Fixture.parse("plan: t\ninput: {id: integer}\nexpose: DELETE /a/{id}/b\npublic: true\noutput: 1\n");
        assertThat(plan.expose()).isEqualTo(new Plan.Expose("DELETE", "/a/{id}/b"));
        assertThat(plan.isPublic()).isTrue();
    }

    @Test
    void wrongEndpoints_areRefused() {
        String input = "plan: t\ninput: {id: integer}\noutput: 1\nexpose: ";
        assertThat(problems(input + "/a"))
                .containsExactly("p.yaml:4:9: expose must be a method and a path, such as GET /products/{id}");
        assertThat(problems(input + "GTE /a"))
                .containsExactly("p.yaml:4:9: expose: \"GTE\" is not one of GET, POST, PUT, PATCH, DELETE (did you mean"
                        + " \"GET\"?)");
        assertThat(problems(input + "GET /a/{ide}/{id}/{id}"))
                .containsExactly(
                        "p.yaml:4:16: expose: {ide} is not an input of this plan (did you mean \"id\"?)",
                        "p.yaml:4:27: expose: {id} occurs twice in the path");
        assertThat(problems(input + "GET /a/x{id}//"))
                .containsExactly(
                        "p.yaml:4:16: expose: the path's part \"x{id}\" must be text or one {name}",
                        "p.yaml:4:22: expose: the path's part \"\" must be text or one {name}",
                        "p.yaml:4:23: expose: the path's part \"\" must be text or one {name}");
    }

    @Test
    void brokenYaml_stopsAtTheFirst() {
        assertThat(problems("plan: t\nsteps: {a: {set: 1}\noutput: [\n"))
                .hasSize(1)
                .first()
                .asString()
                .startsWith("p.yaml:");
    }

    @Test
    void fileBeyondOneMebibyte_isRefused() {
        byte[] text = new byte[1024 * 1024 + 1];
        Arrays.fill(text, (byte) '#');
        assertThat(problems("p.yaml", text))
                .containsExactly(
                        "p.yaml:1:1: the file is larger than 1MiB (for plans the setting is server.limits.file)");
    }

    @Test
    void bracketsNested100000Deep_areRefused() {
        assertThat(problems("plan: t\noutput: " + "[".repeat(100_000)).get(0)).contains("server.limits.nesting");
    }

    @Test
    void aliasesThatMultiply_areRefused() {
        StringBuilder yaml = new StringBuilder("plan: t\noutput:\n  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 12; i++) {
            yaml.append("  a").append(i).append(": &a").append(i).append(" [");
            yaml.append(("*a" + (i - 1) + ", ").repeat(9))
                    .append("*a")
                    .append(i - 1)
                    .append("]\n");
        }
        assertThat(problems(yaml.toString())).hasSize(1).first().asString().contains("server.limits.aliased");
    }

    @Test
    void steps10001_areRefused() {
        StringBuilder yaml = new StringBuilder("plan: t\nsteps:\n");
        for (int i = 0; i < 10_001; i++) {
            yaml.append("  s").append(i).append(": {set: 1}\n");
        }
        assertThat(problems(yaml.toString()))
                .containsExactly(
                        "p.yaml:10003:3: the plan has more than 10000 steps (the setting is server.limits.steps)");
    }

    @Test
    void stepsNested17Deep_areRefused() {
        assertThat(problems(nested(16))).isEmpty();
        assertThat(problems(nested(17)))
                .containsExactly(
                        "p.yaml:35:35: steps are nested deeper than 16 levels (the setting is server.limits.stepNesting)");
    }

    private static String nested(int levels) {
        StringBuilder yaml = new StringBuilder("plan: t\nsteps:\n");
        for (int i = 1; i < levels; i++) {
            yaml.append("  ".repeat(i))
                    .append("s")
                    .append(i)
                    .append(":\n")
                    .append("  ".repeat(i))
                    .append(" group:\n");
        }
        return yaml.append("  ".repeat(levels)).append("s: {set: 1}\n").toString();
    }

    @Test
    void expressionBeyond64KiB_isRefused() {
        assertThat(problems("plan: t\noutput: = '" + "x".repeat(65536) + "'\n"))
                .containsExactly(
                        "p.yaml:2:10: the expression has 65539 characters; at most 65536 are allowed (the setting"
                                + " is server.limits.expression)");
    }

    @Test
    void otherLimits_areUsed() {
        PlanParser.Limits limits = new PlanParser.Limits(1000, 1, 16, 10, 100, 64, 10);
        PlanParser parser = new PlanParser(Fixture.LANGUAGE, Fixture.EXPRESSIONS, limits);
        assertThatThrownBy(
                        () -> parser.parse("p", "plan: t\nsteps: {a: {set: 1}, b: {set: 1}}".getBytes(), Fixture.KNOWN))
                .isInstanceOf(ProblemsException.class)
                .hasMessageContaining("more than 1 steps");
        assertThatThrownBy(() -> parser.parse("p", ("plan: t #" + "x".repeat(1000)).getBytes(), Fixture.KNOWN))
                .hasMessageContaining("larger than 1000B");
    }
}
