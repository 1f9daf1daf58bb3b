package dev.muster.plan;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FlowsTest {

    private static final String ROWS = "  rows: {postgres: catalog, sql: select 1, rows: stream}\n";
    private static final String EACH = "  e: {each: = rows, do: {set: = item}}\n";

    /** What flows into the step {@code e}. */
    private static String flow(String steps, String output) {
        Plan plan = Fixture.parse("plan: t\nsteps:\n" + steps + output);
        return ((Action.Each) Fixture.step(plan.steps(), "e").action()).flowsFrom();
    }

    @Test
    void onlyConsumer_isFlownInto() {
        assertThat(flow(ROWS + EACH, "output: = e\n")).isEqualTo("rows");
        assertThat(flow(ROWS + EACH, "output: 1\n")).isEqualTo("rows");
    }

    @Test
    void outputThatWantsTheRows_keepsThemAList() {
        assertThat(flow(ROWS + EACH, "output: = rows\n")).isNull();
    }

    @Test
    void withoutOutput_everyResultIsWanted() {
        assertThat(flow(ROWS + EACH, "")).isNull();
    }

    @Test
    void anotherConsumer_keepsThemAList() {
        assertThat(flow(ROWS + EACH + "  n: {set: = size(rows)}\n", "output: 1\n"))
                .isNull();
        assertThat(flow(ROWS + EACH + "  n: {set: 1, after: [rows]}\n", "output: 1\n"))
                .isNull();
        assertThat(flow(ROWS + "  e: {each: = rows, do: {set: = size(rows)}}\n", "output: 1\n"))
                .isNull();
        assertThat(flow(ROWS + "  e: {each: = rows, do: {set: 1}, when: = rows != null}\n", "output: 1\n"))
                .isNull();
    }

    @Test
    void anythingButTheBareName_keepsThemAList() {
        assertThat(flow(ROWS + "  e: {each: = rows.items, do: {set: 1}}\n", "output: 1\n"))
                .isNull();
        assertThat(flow(ROWS + "  e: {each: '= rows.filter(r, true)', do: {set: 1}}\n", "output: 1\n"))
                .isNull();
        assertThat(flow(ROWS + "  e: {each: [= rows], do: {set: 1}}\n", "output: 1\n"))
                .isNull();
    }

    @Test
    void stepThatCannotFlow_isAList() {
        assertThat(flow("  rows: {postgres: catalog, sql: select 1, rows: value}\n" + EACH, "output: 1\n"))
                .isNull();
        assertThat(flow("  rows: {set: [1]}\n" + EACH, "output: 1\n")).isNull();
    }

    @Test
    void policiesThatTakeBack_keepThemAList() {
        for (String policy : new String[] {"retry: {times: 1}", "optional: true", "default: []", "stream: true"}) {
            String rows = "  rows: {postgres: catalog, sql: select 1, " + policy + "}\n";
            assertThat(flow(rows + EACH, "output: 1\n")).as(policy).isNull();
        }
        assertThat(flow(ROWS + "  e: {each: = rows, do: {set: 1}, retry: {times: 1}}\n", "output: 1\n"))
                .isNull();
        assertThat(flow("  rows: {postgres: catalog, sql: select 1, timeout: 1s}\n" + EACH, "output: 1\n"))
                .isEqualTo("rows");
    }

    @Test
    void listOfSteps_doesNotFlow() {
        Plan plan = Fixture.parse("plan: t\nsteps:\n  - rows: {postgres: catalog, sql: select 1}\n"
                + "  - e: {each: = rows, do: {set: 1}}\noutput: 1\n");
        assertThat(((Action.Each) plan.steps().get(1).action()).flowsFrom()).isNull();
    }

    @Test
    void group_flowsLikeAPlan() {
        Plan plan =
                Fixture.parse("plan: t\nsteps:\n  g:\n    group:\n" + (ROWS + EACH).indent(4) + "    output: = e\n");
        Action.Group group = (Action.Group) plan.steps().get(0).action();
        assertThat(((Action.Each) group.steps().get(1).action()).flowsFrom()).isEqualTo("rows");
    }
}
