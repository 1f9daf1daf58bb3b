package dev.muster.connect.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a caller sends never becomes an operator, a field path, JavaScript or the name of a collection. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MongoOperatorsTest {
    private MongoRig db;

    @BeforeAll
    void open() {
        db = new MongoRig();
        db.run("insert: users\ndocuments: [{_id: 1, name: ann, password: secret}, {_id: 2, name: $name}]");
    }

    @AfterAll
    void close() {
        db.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "find: users\nfilter: {password: = input.a}",
                "find: users\nfilter: = input.a",
                "find: users\nfilter: {$or: [{name: = input.a}, {name: x}]}",
                "find: users\nfilter: {$and: '= [input.a]'}",
                "aggregate: users\npipeline: [{$match: {password: = input.a}}]",
                "aggregate: users\npipeline: [{$addFields: {x: = input.a}}]",
                "update: users\nfilter: {_id: = input.a}\nchanges: {$set: {a: 1}}",
                "update: users\nfilter: {_id: 1}\nchanges: {$set: = input.a}",
                "update: users\nfilter: {_id: 1}\nchanges: {$set: {a: {b: [= input.a]}}}",
                "update: users\nfilter: {_id: 1}\npipeline: [{$set: {a: = input.a}}]",
                "update: users\nfilter: {_id: 1}\nreplacement: = input.a",
                "update: users\nfilter: {}\nchanges: {$set: {a: 1}}\narrayFilters: [{x: = input.a}]",
                "delete: users\nfilter: {_id: = input.a}",
                "count: users\nfilter: {_id: = input.a}",
                "insert: users\ndocuments: [= input.a]",
                "insert: users\ndocuments: = input.a",
                "find: users\nprojection: {x: = input.a}",
                "find: users\nlet: {x: = input.a}",
                "find: users\nhint: = input.a"
            })
    void operatorInAComputedValue_isBadInput(String words) {
        MusterException error = db.failure(words, Map.of("$ne", "x"));

        assertThat(error.type()).isEqualTo(ErrorType.BAD_INPUT);
        assertThat(error.detail()).contains("a computed value cannot have the key \"$ne\"");
    }

    @Test
    void fieldPathBehindAnyComputedKey_isBadInput() {
        for (String key : List.of("restrictSearchWithMatch", "plain")) {
            MusterException error =
                    db.failure("aggregate: users\npipeline: [{$project: {x: = input.a}}]", Map.of(key, "$password"));
            assertThat(error.detail()).as(key).contains("begins with $");
        }
    }

    @Test
    void operatorDeepInside_isNamedWithItsPath() {
        MusterException error = db.failure(
                "find: users\nfilter: {a: {$in: = input.a}}", List.of(1L, Map.of("b", List.of(Map.of("$where", "1")))));

        assertThat(error.detail()).startsWith("db: filter.a.$in[1].b[0]: ").contains("\"$where\"");
    }

    @Test
    void extendedJsonFromACaller_isAnOperatorToo() {
        assertThat(db.failure("find: users\nfilter: {_id: = input.a}", Map.of("$oid", "65f0a1b2c3d4e5f601234567"))
                        .type())
                .isEqualTo(ErrorType.BAD_INPUT);
    }

    @Test
    void operatorsOfThePlan_areFine() {
        assertThat(db.run("count: users\nfilter: {$or: [{_id: {$gt: = input.a}}, {name: {$exists: false}}]}", 1L))
                .isEqualTo(1L);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "aggregate: users\npipeline: [{$project: {x: = input.a}}]",
                "aggregate: users\npipeline: [{$match: {$expr: {$eq: [$name, = input.a]}}}]",
                "find: users\nfilter: {$expr: {$eq: [$name, = input.a]}}",
                "find: users\nprojection: {x: = input.a}",
                "update: users\nfilter: {}\npipeline: [{$set: {x: = input.a}}]"
            })
    void textThatWouldReadAField_isBadInput(String words) {
        MusterException error = db.failure(words, "$password");

        assertThat(error.type()).isEqualTo(ErrorType.BAD_INPUT);
        assertThat(error.detail()).contains("begins with $").contains("{$literal: = …}");
    }

    @Test
    void textWithDollar_isTextWhereItIsData() {
        assertThat(db.run("count: users\nfilter: {name: = input.a}", "$name")).isEqualTo(1L);
        assertThat(db.run("aggregate: users\npipeline: [{$match: {name: = input.a}}, {$count: n}]", "$name"))
                .isEqualTo(List.of(Map.of("n", 1L)));
        db.run("insert: prices\ndocuments: {_id: 1, price: = input.a}", "$5");
        assertThat(db.run("find: prices")).isEqualTo(List.of(Map.of("_id", 1L, "price", "$5")));
    }

    @Test
    void textWithDollar_isTextInALiteralToo() {
        FerretDb.lacks("$eq in $expr");

        assertThat(db.run("count: users\nfilter: {$expr: {$eq: [$name, {$literal: = input.a}]}}", "$name"))
                .isEqualTo(1L);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "find: x\\nfilter: {$where: = input.a} | $where of filter is JavaScript",
                "find: x\\nfilter: {a: {$code: = input.a}} | $code of filter is JavaScript",
                "aggregate: x\\npipeline: [{$set: {a: {$function: {body: = input.a}}}}] | $function.body of pipeline",
                "aggregate: x\\npipeline: [{$set: {a: {$function: = input.a}}}] | $function of pipeline is JavaScript",
                "aggregate: x\\npipeline: [{$out: = input.a}] | $out of pipeline is the name of a collection",
                "aggregate: x\\npipeline: [{$merge: {into: = input.a}}] | $merge.into of pipeline is the name",
                "aggregate: x\\npipeline: [{$lookup: {from: = input.a}}] | $lookup.from of pipeline is the name",
                "aggregate: x\\npipeline: [{$unionWith: = input.a}] | $unionWith of pipeline is the name",
                "aggregate: x\\npipeline: [{$facet: {a: [{$unionWith: {coll: = input.a}}]}}] | $unionWith.coll of",
            })
    void codeAndNamesThatAreComputed_areProblemsOfThePlan(String words, String problem) {
        assertThat(MongoRig.problems(words.replace("\\n", "\n")))
                .singleElement(InstanceOfAssertFactories.STRING)
                .startsWith("p.yaml:7:")
                .contains(problem)
                .contains("not computed");
    }

    @Test
    void codeThatIsWritten_isFine() {
        assertThat(MongoRig.problems("""
                        aggregate: x
                        pipeline:
                          - $set: {a: {$function: {body: 'f', args: [$name, = input.a], lang: js}}}
                          - $match: {$where: 'this.a == 1'}
                        """)).isEmpty();
    }
}
