package dev.muster.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.json.Json;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The published schema against the parser. Every plan that a test of this package parses is held against it as well.
 */
class PlanSchemaTest {

    @Test
    void schema_isASchema() {
        assertThat(JsonSchemas.problems(PlanSchema.of(Fixture.LANGUAGE))).isEmpty();
    }

    @Test
    void schema_isJson() {
        Map<String, Object> schema = PlanSchema.of(Fixture.LANGUAGE);
        assertThat(Json.parse(Json.write(schema))).isEqualTo(schema);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "output: 1",
                "steps: {}",
                "{description: some words, output: {a: [= input.id]}, input: {id: integer}}",
                "input: {a: string?, b: [integer], c: {d: any, e?: [object]}, f: list}\noutput: 1",
                "inputSchema: {type: object}\noutput: 1",
                "input: {id: string}\nexpose: POST /a/{id}\npublic: true\nadhoc: true\ntimeout: 2m\noutput: 1",
                "trigger: {queue: enrich, consumers: 2, prefetch: 0}\ncheckpoint: [a]\nsteps: {a: {set: 1}}",
                "trigger: {cron: '*/5 * * * *', zone: Europe/Berlin, overlap: allow}\noutput: 1",
                "steps: {a: {set: {set: 1}}, b: {set: null}, c: {set: = a}}",
                "steps: [set: 1, two: {set: 2}, set: {x: {set: 1}}]",
                "steps: [{set: 1, optional: true}, {each: [1], do: {sleep: 1s, finally: {set: 1}}}]",
                "steps: {a: {http: web, get: /, expect: [2xx, 404], headers: {a: b}}}",
                "steps: {a: {http: web, get: = '/', as: json}}",
                "steps: {a: {postgres: catalog, sql: ==x, params: [1, = caller]}}",
                "steps: {a: {queue: enrich, put: 1, delay: 3s, urgent: false}, b: {queue: enrich, put: 1, delay: = 'x'}}",
                "steps: {a: {gather: {b: {set: 1}}, errors: collect, order: completion, concurrency: 3}}",
                "steps: {a: {gather: [set: 1, b: {set: 2}]}, c: {race: [set: 1]}, d: {race: {x: {set: 1}}}}",
                "steps: {a: {wait: {b: {set: 1}}, until: first, timeout: 1s, pending: keep}}",
                "steps: {a: {each: '= [1].filter(y, true)', as: x, do: {set: = x}, errors: tolerate 12.5%}}",
                "steps: {a: {sequence: [set: 1]}, b: {group: {c: {set: 1}}, output: = c}}",
                "steps: {a: {set: 1, when: false, default: null, stream: true}}",
                "steps: {b: {set: 1}, a: {set: 1, after: [b], retry: {times: 1, backoff: 1ms..1s, on: [query]}}}",
            })
    void acceptedPlan_fitsTheSchema(String rest) {
        String yaml = rest.startsWith("{") ? "{plan: t, " + rest.substring(1) : "plan: t\n" + rest + "\n";
        assertThat(Fixture.problems(yaml)).isEmpty();
        assertThat(SchemaOfPlans.problems(yaml)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plan: t",
                "output: 1",
                "plan: t\noutput: 1\nsteeps: {}",
                "plan: 3\noutput: 1",
                "plan: a b\noutput: 1",
                "plan: = x\noutput: 1",
                "plan: t\nsteps: 3",
                "plan: t\nsteps: = x",
                "plan: t\noutput: 1\ntimeout: 5",
                "plan: t\noutput: 1\npublic: maybe",
                "plan: t\noutput: 1\ntrigger: {consumers: 2}",
                "plan: t\noutput: 1\ntrigger: {cron: '@daily', consumers: 2}",
                "plan: t\noutput: 1\ntrigger: {cron: '@daily', queue: enrich}",
                "plan: t\noutput: 1\ntrigger: {cron: '@daily', overlap: maybe}",
                "plan: t\noutput: 1\ntrigger: {queue: enrich, consumers: 0}",
                "plan: t\noutput: 1\nexpose: FETCH /x",
                "plan: t\noutput: 1\nexpose: GET x",
                "plan: t\noutput: 1\ninput: [id]",
                "plan: t\noutput: 1\ninput: {id: int}",
                "plan: t\noutput: 1\ninput: {id: [string, string]}",
                "plan: t\noutput: 1\ninput: {id: ['string?']}",
                "plan: t\noutput: 1\ninput: {}\ninputSchema: {}",
                "plan: t\nsteps: {a-b: {set: 1}}",
                "plan: t\nsteps: {input: {set: 1}}",
                "plan: t\nsteps: {a: 3}",
                "plan: t\nsteps: {a: {}}",
                "plan: t\nsteps: {a: {timeout: 1s}}",
                "plan: t\nsteps: {a: {set: 1, sleep: 1s}}",
                "plan: t\nsteps: {a: {set: 1, colour: red}}",
                "plan: t\nsteps: [a: {b: {set: 1}}]",
                "plan: t\nsteps: [{a: {set: 1}, b: {set: 1}}]",
                "plan: t\nsteps: {a: {http: web}}",
                "plan: t\nsteps: {a: {http: web, get: /, post: /}}",
                "plan: t\nsteps: {a: {http: web, get: 3}}",
                "plan: t\nsteps: {a: {http: web, get: /, args: = input}}",
                "plan: t\nsteps: {a: {http: web, get: /, expect: true}}",
                "plan: t\nsteps: {a: {http: web, get: /, as: xml}}",
                "plan: t\nsteps: {a: {http: = caller, get: /}}",
                "plan: t\nsteps: {a: {http: [web], get: /}}",
                "plan: t\nsteps: {a: {postgres: catalog}}",
                "plan: t\nsteps: {a: {postgres: catalog, sql: = caller}}",
                "plan: t\nsteps: {a: {postgres: catalog, sql: select 1, params: 1}}",
                "plan: t\nsteps: {a: {mongo: reviews, find: x, limit: -1}}",
                "plan: t\nsteps: {a: {mongo: reviews, find: x, limit: 1.5}}",
                "plan: t\nsteps: {a: {queue: enrich, put: 1, urgent: x}}",
                "plan: t\nsteps: {a: {queue: enrich, put: 1, delay: soon}}",
                "plan: t\nsteps: {a: {sleep: 3}}",
                "plan: t\nsteps: {a: {gather: {}}}",
                "plan: t\nsteps: {a: {gather: {b: {set: 1}}, errors: tolerate 5%}}",
                "plan: t\nsteps: {a: {gather: {b: {set: 1}}, order: random}}",
                "plan: t\nsteps: {a: {gather: {b: {set: 1}}, concurrency: 0}}",
                "plan: t\nsteps: {a: {race: []}}",
                "plan: t\nsteps: {a: {race: {b: {set: 1}}, errors: collect}}",
                "plan: t\nsteps: {a: {wait: [set: 1]}}",
                "plan: t\nsteps: {a: {wait: {b: {set: 1}}, until: never}}",
                "plan: t\nsteps: {a: {sequence: {b: {set: 1}}}}",
                "plan: t\nsteps: {a: {group: [set: 1]}}",
                "plan: t\nsteps: {a: {each: [1]}}",
                "plan: t\nsteps: {a: {each: 1, do: {set: 1}}}",
                "plan: t\nsteps: {a: {each: [1], do: {sett: 1}}}",
                "plan: t\nsteps: {a: {each: [1], as: a-b, do: {set: 1}}}",
                "plan: t\nsteps: {a: {set: 1, when: 1}}",
                "plan: t\nsteps: {a: {set: 1, optional: 1}}",
                "plan: t\nsteps: {a: {set: 1, timeout: = 1}}",
                "plan: t\nsteps: {a: {set: 1, retry: 1}}",
                "plan: t\nsteps: {a: {set: 1, retry: {times: 0}}}",
                "plan: t\nsteps: {a: {set: 1, retry: {backoff: 1s}}}",
                "plan: t\nsteps: {a: {set: 1, retry: {on: [cancelled]}}}",
                "plan: t\nsteps: {a: {set: 1, retry: {on: []}}}",
                "plan: t\nsteps: {a: {set: 1, retry: {tims: 1}}}",
                "plan: t\nsteps: {a: {set: 1, after: b}}",
                "plan: t\nsteps: {a: {set: 1, finally: 1}}",
                "[]",
            })
    void refusedStructure_doesNotFitTheSchema(String yaml) {
        assertThat(Fixture.problems(yaml)).isNotEmpty();
        assertThat(SchemaOfPlans.problems(yaml)).isNotEmpty();
    }

    @Test
    void verbsWord_mayBeAnotherVerbsName() {
        VerbSpec put = VerbSpec.of("put", VerbSpec.Target.VALUE, "Puts.", Option.of("set", Option.Type.VALUE, "What."));
        Language language = Language.of(Fixture.SET, put);
        String yaml = "plan: t\nsteps: {a: {put: 1, set: 2}}\n";
        assertThat(new PlanParser(language, Fixture.EXPRESSIONS)
                        .parse("p.yaml", yaml.getBytes(), Fixture.KNOWN)
                        .steps())
                .hasSize(1);
        var value = dev.muster.config.Yaml.read("p.yaml", yaml.getBytes()).toValue();
        var result = JsonSchemas.validator(PlanSchema.of(language)).validate(JsonSchemas.wrapped(value));
        assertThat(result.getValid()).isTrue();
    }
}
