package dev.muster.connect.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MongoOptionsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "find: x;fliter: {} | unknown word \"fliter\" | (did you mean \"filter\"?)",
                "filter: {} | needs exactly one of | find, aggregate, insert, update, delete, count",
                "find: x;count: x | needs exactly one of | not find and count",
                "find: = input.a | find | ",
                "find: '' | find takes the name of a collection | ",
                "find: $cmd | find takes the name of a collection | ",
                "find: x;pipeline: [] | pipeline goes with aggregate, update | not with find",
                "aggregate: x;pipeline: [];sort: {a: 1} | sort goes with find | not with aggregate",
                "aggregate: x | aggregate needs pipeline | ",
                "insert: x | insert needs documents | ",
                "insert: x;documents: 7 | documents must be a list or a map | ",
                "delete: x | delete needs filter | {} means all",
                "update: x;filter: {} | update needs exactly one of | changes, pipeline, replacement",
                "update: x;filter: {};changes: {a: 1} | changes must be a map of operators | replacement",
                "update: x;filter: {};replacement: {$set: 1} | replacement is a whole document | changes",
                "update: x;filter: {};replacement: {};many: true | replacement is for one | ",
                "find: x;filter: [] | filter must be a map | ",
                "find: x;limit: -1 | limit must be a whole number | ",
                "find: x;hint: 7 | hint must be the name | ",
                "find: x;collation: {local: de} | collation needs locale | ",
                "find: x;collation: {locale: de, strenght: 2} | strenght | (did you mean \"strength\"?)",
                "aggregate: x;pipeline: [{$match: {}, $limit: 1}] | each stage of pipeline | one key",
                "aggregate: x;pipeline: [= input.a] | each stage of pipeline | one key",
            })
    void mistake_isAProblemWithItsPlace(String words, String problem, String more) {
        assertThat(MongoRig.problems(words.replace(";", "\n")))
                .singleElement(InstanceOfAssertFactories.STRING)
                .startsWith("p.yaml:")
                .contains(problem)
                .contains(more == null ? "" : more);
    }

    @Test
    void wrongCollation_isShownInPartAndOnOneLine() {
        String text = "a\n" + "b".repeat(100_000);
        for (Map<String, Object> collation : List.of(
                Map.<String, Object>of("locale", "de", "caseLevel", text),
                Map.<String, Object>of("locale", "de", "strength", List.of(text)),
                Map.<String, Object>of("locale", "de", "caseFirst", text))) {
            assertThatThrownBy(() -> Collations.of(collation))
                    .hasMessageStartingWith("collation: ")
                    .hasMessageContaining("a b")
                    .hasMessageMatching(".{1,300}");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "insert: x\ndocuments: []",
                "update: x\nfilter: {}\nchanges: {$set: {a: 1}}",
                "delete: x\nfilter: {}",
                "aggregate: x\npipeline: [{$out: y}]",
                "aggregate: x\npipeline: [{$match: {a: = input.a}}, {$merge: {into: y}}]"
            })
    void writes_haveEffectsAndDoNotFlow(String words) {
        var call = MongoRig.call(words);

        assertThat(call.words().effects().test(call)).isTrue();
        assertThat(call.words().canFlow().test(call)).isFalse();
        assertThat(MongoRig.problems(words + "\nretry: {times: 2}"))
                .singleElement(InstanceOfAssertFactories.STRING)
                .contains("idempotent: true");
        assertThat(MongoRig.problems(words + "\nretry: {times: 2}\nidempotent: true"))
                .isEmpty();
    }

    @Test
    void reads_haveNoEffectsAndFlow() {
        for (String words : List.of("find: x", "aggregate: x\npipeline: [{$match: {a: = input.a}}]")) {
            var call = MongoRig.call(words);

            assertThat(call.words().effects().test(call)).isFalse();
            assertThat(call.words().canFlow().test(call)).isTrue();
        }
        var count = MongoRig.call("count: x");
        assertThat(count.words().effects().test(count)).isFalse();
        assertThat(count.words().canFlow().test(count)).isFalse();
    }
}
