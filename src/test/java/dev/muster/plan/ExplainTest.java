package dev.muster.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.json.Json;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExplainTest {

    private static Explain explain(String yaml) {
        return Explain.of(Fixture.parse(yaml), Duration.ofSeconds(30));
    }

    /** The worst case of steps by their own limits, in milliseconds; -1 where there is none. */
    private static long worstCase(String steps) {
        return explain("plan: t\nsteps: {" + steps + "}\n")
                .stepsTime()
                .map(Duration::toMillis)
                .orElse(-1L);
    }

    @Test
    void text_saysStagesAndLimits() {
        assertThat(explain("""
                        plan: page
                        input: {id: integer}
                        expose: GET /page/{id}
                        timeout: 2s
                        steps:
                          user: {http: web, get: '/users/{id}', args: {id: = input.id}, timeout: 300ms}
                          orders:
                            each: = user.orders
                            concurrency: 8
                            errors: tolerate 5%
                            do: {postgres: shop1, sql: select 1, retry: {times: 2, backoff: 50ms..1s}}
                          news: {set: 1, optional: true, when: = input.id > 1}
                        output: {a: = orders, b: = news}
                        """.replace("shop1", "catalog")).text()).isEqualTo("""
                        page
                          endpoint: GET /page/{id}, for callers
                          run limit: 2 s (the plan's)
                          worst case: 2 s, the run limit; not every step has a limit of its own
                          stage 1: user, news
                          stage 2: orders
                          user: http web: GET /users/{id}
                            time-out 300 ms; takes 300 ms at most
                          orders: each item of user.orders, at most 8 at once, 5% may fail
                            waits for user
                            do: postgres catalog
                              up to 3 attempts, pauses up to 50 ms, then up to 1 s
                          news: set
                            only when input.id > 1; optional
                          output: from news, orders
                        """);
    }

    @Test
    void planWithoutSteps_isExplained() {
        assertThat(explain("plan: t\noutput: 1\n").text()).isEqualTo("""
                        t
                          run limit: 30 s (the default)
                          worst case: 0 ms, the longest chain of steps
                          no steps: the output is computed from the input alone
                          output: as written
                        """);
    }

    @Test
    void combinators_areExplained() {
        String text = explain("""
                        plan: t
                        steps:
                          g: {gather: {a: {set: 1}, b: {set: 2}}, errors: collect, order: completion, concurrency: 1}
                          r: {race: [set: 1, set: 2]}
                          w: {wait: {a: {set: 1}}, until: first, timeout: 1s, pending: keep}
                          s: {sequence: [set: 1]}
                          q: {group: {a: {set: 1}}}
                          rows: {postgres: catalog, sql: select 1}
                          e: {each: = rows, do: {set: 1}}
                        output: 1
                        """).text();
        assertThat(text)
                .contains("  g: gather all of 2, at most 1 at once, outcomes collected, in the order of completion\n")
                .contains("  r: race, the first success of 2\n")
                .contains("  w: wait for 1, until the first ends or 1 s have passed; the others continue\n")
                .contains("  s: sequence of 1, the last result\n")
                .contains("  q: group of 1\n")
                .contains("  e: each item, streamed from rows, at most 64 at once\n");
    }

    @Test
    void worstCase_isTheLongestChain() {
        assertThat(worstCase("a: {sleep: 1s}, b: {sleep: 2s, after: [a]}, c: {sleep: 2500ms}"))
                .isEqualTo(3000);
        assertThat(worstCase("a: {set: 1}")).isEqualTo(-1);
        assertThat(worstCase("a: {set: 1, timeout: 5s}")).isEqualTo(5000);
    }

    @Test
    void worstCase_countsAttemptsAndPauses() {
        assertThat(worstCase("a: {sleep: 1s, retry: {times: 3, backoff: 100ms..300ms}}"))
                .isEqualTo(4000 + 100 + 200 + 300);
        assertThat(worstCase("a: {sleep: 1s, retry: {times: 3}, timeout: 2s}")).isEqualTo(2000);
    }

    @Test
    void worstCase_ofCombinators() {
        assertThat(worstCase("a: {sequence: [sleep: 1s, sleep: 2s]}")).isEqualTo(3000);
        assertThat(worstCase("a: {race: [sleep: 1s, sleep: 2s]}")).isEqualTo(2000);
        assertThat(worstCase("a: {gather: [sleep: 1s, sleep: 2s]}")).isEqualTo(2000);
        assertThat(worstCase("a: {gather: [sleep: 1s, sleep: 2s], concurrency: 1}"))
                .isEqualTo(3000);
        assertThat(worstCase("a: {wait: {x: {set: 1}}, timeout: 4s}")).isEqualTo(4000);
        assertThat(worstCase("a: {each: [1, 2, 3], concurrency: 2, do: {sleep: 1s}}"))
                .isEqualTo(2000);
        assertThat(worstCase("a: {each: = run.items, do: {sleep: 1s}}")).isEqualTo(-1);
    }

    @Test
    void worstCase_isNeverLongerThanTheRun() {
        Explain explain = explain("plan: t\ntimeout: 1s\nsteps: {a: {sleep: 2s}}\n");
        assertThat(explain.worstCase()).isEqualTo(Duration.ofSeconds(1));
        assertThat(explain.text()).contains("worst case: 1 s, the run limit; the steps alone can take 2 s\n");
    }

    @Test
    void listOfSteps_hasAStageEach() {
        Explain explain = explain("plan: t\nsteps: [sleep: 1s, two: {sleep: 2s}]\n");
        assertThat(explain.toValue()).containsEntry("stages", List.of(List.of("0"), List.of("two")));
        assertThat(explain.worstCase()).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void value_isJson() {
        Map<String, Object> value = explain("""
                        plan: t
                        input: {id: integer}
                        expose: GET /t/{id}
                        steps:
                          a: {http: web, get: /, timeout: 1s}
                          b: {each: = a, do: {set: = item}, finally: {set: 1}}
                        output: = b
                        """).toValue();
        assertThat(Json.equal(Json.parse(Json.write(value)), value)).isTrue();
        assertThat(value)
                .containsEntry("plan", "t")
                .containsEntry("expose", "GET /t/{id}")
                .containsEntry("limitMs", 30_000L)
                .containsEntry("stages", List.of(List.of("a"), List.of("b")))
                .containsEntry("outputFrom", List.of("b"));
        assertThat(Json.write(value.get("steps")))
                .contains(
                        "{\"name\":\"a\",\"stage\":1,\"verb\":\"http\",\"target\":\"web\",\"does\":\"http web: GET /\"")
                .contains("\"dependsOn\":[\"a\"]")
                .contains("\"finally\":{\"name\":\"finally\"");
    }
}
