package dev.muster.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FieldsTest {
    private final Problems problems = new Problems();

    private Fields fields(String text) {
        Node node = Yaml.read("f.yaml", text.getBytes(StandardCharsets.UTF_8));
        return new Fields((Mapping) node, "the source", problems);
    }

    private List<String> found() {
        return problems.list().stream().map(Problem::toString).toList();
    }

    @Test
    void getters_goodValues() {
        Fields f = fields("{s: x, i: 5, b: true, d: 2m, z: 64KiB, n: 7, o: many, m: {q: 1}, l: [a, b]}");
        assertThat(f.requireString("s")).isEqualTo("x");
        assertThat(f.integer("i", 1, 10, 3)).isEqualTo(5);
        assertThat(f.bool("b")).contains(true);
        assertThat(f.duration("d", Duration.ZERO)).isEqualTo(Duration.ofMinutes(2));
        assertThat(f.size("z", 0)).isEqualTo(65_536);
        assertThat(f.size("n")).contains(7L);
        assertThat(f.oneOf("o", List.of("one", "many"))).contains("many");
        assertThat(f.fields("m").orElseThrow().integer("q", 0, 9)).contains(1L);
        assertThat(f.strings("l")).contains(List.of("a", "b"));
        f.unknownWords();
        assertThat(found()).isEmpty();
    }

    @Test
    void getters_missing_giveDefaultsWithoutAProblem() {
        Fields f = fields("{}");
        assertThat(f.string("s", "d")).isEqualTo("d");
        assertThat(f.integer("i", 1, 9, 4)).isEqualTo(4);
        assertThat(f.duration("d")).isEmpty();
        assertThat(f.has("x")).isFalse();
        assertThat(found()).isEmpty();
    }

    @Test
    void getters_wrongValues_areAllCollected() {
        Fields f = fields("s: 1\ni: 11\nb: yes\nd: 5 s\nz: 1MB\no: mani\nm: []\nl: [1]\ne:\n");
        assertThat(f.string("s", "d")).isEqualTo("d");
        f.integer("i", 1, 10);
        f.bool("b");
        f.duration("d");
        f.size("z");
        f.oneOf("o", List.of("one", "many"));
        f.mapping("m");
        f.strings("l");
        f.string("e");
        assertThat(found())
                .containsExactly(
                        "f.yaml:1:4: s of the source must be text (in quotes, if it looks like something else), not \"1\"",
                        "f.yaml:2:4: i of the source must be a whole number from 1 to 10, not \"11\"",
                        "f.yaml:3:4: b of the source must be true or false, not \"yes\"",
                        "f.yaml:4:4: d of the source: \"5 s\" is not a duration; write a whole number with ms, s, m or h,"
                                + " such as 300ms or 5s",
                        "f.yaml:5:4: z of the source: \"1MB\" is not a size; write a whole number with B, KiB, MiB or GiB,"
                                + " such as 64KiB",
                        "f.yaml:6:4: o of the source must be one of one, many, not \"mani\" (did you mean \"many\"?)",
                        "f.yaml:7:4: m of the source must be a map, not a list",
                        "f.yaml:8:5: each item of l of the source must be text",
                        "f.yaml:9:3: e of the source must be text (in quotes, if it looks like something else), not nothing");
    }

    @Test
    void require_missing_isAProblemWithAStandIn() {
        Fields f = fields("{x: ''}");
        assertThat(f.requireString("s")).isEmpty();
        assertThat(f.requireInteger("i", 3, 9)).isEqualTo(3);
        assertThat(f.requireMapping("m").entries()).isEmpty();
        f.requireString("x");
        assertThat(found())
                .containsExactly(
                        "f.yaml:1:1: the source needs \"i\": a whole number",
                        "f.yaml:1:1: the source needs \"m\": a map",
                        "f.yaml:1:1: the source needs \"s\": text",
                        "f.yaml:1:5: x of the source must not be empty");
    }

    @Test
    void unknownWords_areReportedWithSuggestions() {
        Fields f = fields("{tiemout: 1s, pool: 3, adhoc: true, zzz: 1}");
        f.integer("pool", 1, 10);
        f.duration("timeout");
        f.unknownWords(Set.of("adhoc"));
        assertThat(found())
                .containsExactly(
                        "f.yaml:1:2: unknown word \"tiemout\" in the source (did you mean \"timeout\"?)",
                        "f.yaml:1:37: unknown word \"zzz\" in the source; known are adhoc, pool, timeout");
    }

    @Test
    void textTornByItsComma_isToldToHaveQuotes() {
        Fields f = fields("{sql: select id, name from item}");
        f.string("sql");
        f.unknownWords();
        assertThat(found())
                .containsExactly("f.yaml:1:18: unknown word \"name from item\" in the source;"
                        + " between { and } a text with a comma needs quotes");
    }
}
