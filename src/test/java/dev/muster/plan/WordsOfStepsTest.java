package dev.muster.plan;

import static dev.muster.plan.Fixture.problemsOfSteps;
import static dev.muster.plan.Fixture.steps;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.expr.Expression.Bindings;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WordsOfStepsTest {

    private static VerbCall call(String yaml) {
        return (VerbCall) steps(yaml).steps().get(0).action();
    }

    private static final Bindings INPUT = name -> Map.of("id", 7L);

    private static Object set(String value) {
        return call("a: {set: " + value + "}\n")
                .values()
                .get(VerbSpec.OWN_VALUE)
                .evaluate(INPUT);
    }

    @Test
    void valueWithEquals_isComputed() {
        assertThat(set("= input.id + 1")).isEqualTo(8L);
        assertThat(set("{x: [1, = input.id]}")).isEqualTo(Map.of("x", List.of(1L, 7L)));
    }

    @Test
    void valueWithTwoEquals_isLiteral() {
        assertThat(set("==x")).isEqualTo("=x");
        assertThat(set("[==, a=b, 1.50, null]"))
                .isEqualTo(java.util.Arrays.asList("=", "a=b", new BigDecimal("1.50"), null));
    }

    @Test
    void wordsOfEveryType_areRead() {
        VerbCall http = call("a: {http: web, get: '/i/{id}', args: {id: = input.id}, expect: [200, 404], as: bytes}\n");
        assertThat(http.target()).isEqualTo("web");
        assertThat(http.uri("get").orElseThrow().source()).isEqualTo("/i/{id}");
        assertThat(http.texts("expect")).containsExactly("200", "404");
        assertThat(http.text("as")).contains("bytes");
        VerbCall queue = call(
                "a: {queue: enrich, put: {id: = input.id}, delay: 90s, urgent: true, unique: = string(input.id)}\n");
        assertThat(queue.bool("urgent")).contains(true);
        assertThat(queue.values().get("delay")).isEqualTo(new Template.Literal("90s"));
        assertThat(queue.values().get("unique").evaluate(INPUT)).isEqualTo("7");
        VerbCall mongo = call("a: {mongo: reviews, find: reviews, limit: 20, filter: {stars: {$gte: 4}}}\n");
        assertThat(mongo.integer("limit")).contains(20L);
        assertThat(mongo.text("find")).contains("reviews");
    }

    @Test
    void oneTextOrNumber_isAListOfOne() {
        assertThat(call("a: {http: web, get: /, expect: 2xx}\n").texts("expect"))
                .containsExactly("2xx");
        assertThat(call("a: {http: web, get: /, expect: 204}\n").texts("expect"))
                .containsExactly("204");
    }

    @Test
    void computedAddress_isAValue() {
        VerbCall http = call("a: {http: web, get: = '/i/' + string(input.id)}\n");
        assertThat(http.uri("get")).isEmpty();
        assertThat(http.values().get("get").evaluate(INPUT)).isEqualTo("/i/7");
    }

    @Test
    void durations_areLiteralOrComputed() {
        assertThat(call("a: {sleep: 1500ms}\n").values().get(VerbSpec.OWN_VALUE))
                .isEqualTo(new Template.Literal("1500ms"));
        assertThat(call("a: {sleep: = string(input.id) + 's'}\n")
                        .values()
                        .get(VerbSpec.OWN_VALUE)
                        .evaluate(INPUT))
                .isEqualTo("7s");
        assertThat(problemsOfSteps("a: {sleep: 5}\nb: {sleep: true}\n"))
                .containsExactly(
                        "p.yaml:4:14: sleep of the step \"a\": \"5\" is not a duration; write a whole number with ms, s, m"
                                + " or h, such as 300ms or 5s",
                        "p.yaml:5:14: sleep of the step \"b\": \"true\" is not a duration; write a whole number with ms, s,"
                                + " m or h, such as 300ms or 5s");
    }

    @Test
    void textThatIsNeverComputed_refusesExpressions() {
        String more = " is never computed, so it cannot be an expression; for text that starts with =, write ==";
        assertThat(problemsOfSteps("""
                a: {postgres: catalog, sql: = input.name}
                b: {postgres: catalog, sql: select 1, rows: = input.name}
                c: {http: web, get: /, expect: [= input.id]}
                d: {http: = input.name, get: /}
                e: {mongo: reviews, find: x, limit: = input.id}
                f: {set: 1, timeout: = input.name}
                g: {gather: = input.ids}
                """))
                .containsExactly(
                        "p.yaml:4:31: sql of the step \"a\"" + more,
                        "p.yaml:5:47: rows of the step \"b\"" + more,
                        "p.yaml:6:35: expect of the step \"c\"" + more,
                        "p.yaml:7:13: http of the step \"d\"" + more,
                        "p.yaml:8:39: limit of the step \"e\"" + more,
                        "p.yaml:9:24: timeout of the step \"f\"" + more,
                        "p.yaml:10:15: gather of the step \"g\"" + more);
    }

    @Test
    void textWithTwoEquals_isLiteral() {
        assertThat(call("a: {postgres: catalog, sql: ==x}\n").text("sql")).contains("=x");
    }

    @Test
    void wrongTypes_areRefusedWhereTheyStand() {
        assertThat(problemsOfSteps("""
                a: {postgres: catalog, sql: 1, params: 2, rows: ome}
                b: {http: web, get: 3, args: = input, as: jsn}
                c: {mongo: reviews, find: x, limit: -1, filter: [1]}
                d: {queue: enrich, put: 1, urgent: maybe, unique: 5}
                """))
                .containsExactly(
                        "p.yaml:4:31: sql of the step \"a\" must be text (in quotes, if it looks like something else), not"
                                + " \"1\"",
                        "p.yaml:4:42: params of the step \"a\" must be a list; its items may be expressions",
                        "p.yaml:4:51: rows of the step \"a\" must be one of one, many, value, none, stream, not \"ome\" (did"
                                + " you mean \"one\"?)",
                        "p.yaml:5:23: get of the step \"b\" must be text (in quotes, if it looks like something else), not"
                                + " \"3\"",
                        "p.yaml:5:32: args of the step \"b\" must be a map; its values may be expressions",
                        "p.yaml:5:45: as of the step \"b\" must be one of json, text, bytes, response, not \"jsn\" (did you"
                                + " mean \"json\"?)",
                        "p.yaml:6:39: limit of the step \"c\" must be a whole number of at least 0, not \"-1\"",
                        "p.yaml:6:51: filter of the step \"c\" must be a map; its values may be expressions",
                        "p.yaml:7:38: urgent of the step \"d\" must be true or false, not \"maybe\"",
                        "p.yaml:7:53: unique of the step \"d\" must be text (in quotes, if it looks like something else), not"
                                + " \"5\"");
    }

    @Test
    void neededWords_areAskedFor() {
        assertThat(problemsOfSteps("a: {postgres: catalog}\nb: {http: web}\nc: {http: web, get: /, post: /}\n"))
                .containsExactly(
                        "p.yaml:4:6: the step \"a\" needs \"sql\": The statement.",
                        "p.yaml:5:6: the step \"b\" needs exactly one of get, post",
                        "p.yaml:6:26: the step \"c\" needs exactly one of get, post, not get and post");
    }

    @Test
    void unknownTargets_areSuggested() {
        assertThat(problemsOfSteps("""
                a: {postgres: catlog, sql: select 1}
                b: {http: catalog, get: /}
                c: {cpu: hsh}
                d: {plan: product-pag}
                e: {queue: nothing, put: 1}
                f: {mongo: nowhere, find: x}
                g: {call: 3}
                """))
                .containsExactly(
                        "p.yaml:4:17: there is no postgres source \"catlog\" (did you mean \"catalog\"?)",
                        "p.yaml:5:13: the source \"catalog\" is postgres, not http",
                        "p.yaml:6:12: there is no function \"hsh\" (did you mean \"hash\"?)",
                        "p.yaml:7:13: there is no plan \"product-pag\" (did you mean \"product-page\"?)",
                        "p.yaml:8:14: there is no queue \"nothing\"; there is enrich",
                        "p.yaml:9:14: there is no mongo source \"nowhere\"; there is reviews",
                        "p.yaml:10:13: call of the step \"g\" must be an address, not a number");
    }

    @Test
    void args_areThoseOfTheTemplate() {
        assertThat(problemsOfSteps("""
                a: {http: web, get: '/x/{id}'}
                b: {http: web, get: '/x/{id}', args: {ide: 1}}
                c: {http: web, get: = '/x', args: {id: 1}}
                d: {http: web, get: '/x/{i d}'}
                """))
                .containsExactly(
                        "p.yaml:4:23: get of the step \"a\" names {id}, but \"args\" has no such value",
                        "p.yaml:5:23: get of the step \"b\" names {id}, but \"args\" has no such value",
                        "p.yaml:5:41: no {ide} occurs in get of the step \"b\" (did you mean \"id\"?)",
                        "p.yaml:6:38: no {id} occurs in get of the step \"c\"",
                        "p.yaml:7:29: ' ' does not belong in a variable of a URI template");
    }

    @Test
    void checkOfTheWords_runsOnSoundCallsOnly() {
        VerbSpec picky = Fixture.SET.checked((call, problems) -> problems.add(call.at(), "never right"));
        PlanParser parser = new PlanParser(Language.of(picky), Fixture.EXPRESSIONS);
        assertThatThrownBy(() -> parser.parse("p.yaml", "plan: t\nsteps: {a: {set: 1}}".getBytes(), Fixture.KNOWN))
                .hasMessage("p.yaml:2:9: never right");
        assertThatThrownBy(
                        () -> parser.parse("p.yaml", "plan: t\nsteps: {a: {set: 1, x: 1}}".getBytes(), Fixture.KNOWN))
                .hasMessageContaining("unknown word \"x\"");
    }

    @Test
    void unbalancedExpression_saysThatYamlMayBeWhy() {
        assertThat(problemsOfSteps("a: {set: = sum([1, 2])}\n").get(0)).contains("in flow style");
        assertThat(problemsOfSteps("a:\n  set: = size(input.ids\n").get(0))
                .startsWith("p.yaml:5:16: ")
                .contains("'(' is never closed; in YAML, put quotes around an expression");
    }

    @Test
    void emptyExpression_isRefused() {
        assertThat(problemsOfSteps("a: {set: =}\n").get(0)).startsWith("p.yaml:4:13: the expression is empty");
    }

    @Test
    void missingKey_failsWithItsPlace() {
        Template template = call("a: {set: [1, = input.name]}\n").values().get(VerbSpec.OWN_VALUE);
        assertThatThrownBy(() -> template.evaluate(INPUT)).isInstanceOfSatisfying(MusterException.class, e -> {
            assertThat(e.type()).isEqualTo(ErrorType.EXPRESSION);
            assertThat(e.detail()).startsWith("p.yaml:4:23: ").contains("name");
        });
    }
}
