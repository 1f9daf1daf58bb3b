package dev.muster.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class YamlTest {
    private static Node read(String text) {
        return Yaml.read("f.yaml", text.getBytes(StandardCharsets.UTF_8));
    }

    private static List<String> problems(String file, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        ProblemsException e = catchThrowableOfType(ProblemsException.class, () -> Yaml.read(file, utf8));
        assertThat(e)
                .as("problems of %s", text.substring(0, Math.min(80, text.length())))
                .isNotNull();
        return e.problems().stream().map(Problem::toString).toList();
    }

    private static List<String> problems(String text) {
        return problems("f.yaml", text);
    }

    @Test
    void read_scalars_byTheCoreSchema() {
        Node node =
                read("[~, null, '', true, False, yes, on, 1, -2, 0x1F, 0o17, 017, 9223372036854775808, 1.10, 1e3, .5,"
                        + " 'null', \"1\", =x, 2024-01-01, 1_000, !!str 12]");
        List<Object> expected = new ArrayList<>(Arrays.asList(null, null, "", true, false, "yes", "on", 1L, -2L, 31L));
        expected.addAll(List.of(15L, 17L, new BigInteger("9223372036854775808"), new BigDecimal("1.10")));
        expected.addAll(List.of(new BigDecimal("1e3"), new BigDecimal(".5"), "null", "1", "=x", "2024-01-01"));
        expected.addAll(List.of("1_000", "12"));
        assertThat(node.toValue()).isEqualTo(expected);
    }

    @Test
    void read_positions_areExact() {
        Mapping root = (Mapping) read("# top\na:\n  - x\n  - {b: 'y'}\non: = input.id\n");
        Sequence list = (Sequence) root.get("a");
        assertThat(root.at()).hasToString("f.yaml:2:1");
        assertThat(list.at()).hasToString("f.yaml:3:3");
        assertThat(list.items().get(0).at()).hasToString("f.yaml:3:5");
        assertThat(((Mapping) list.items().get(1)).get("b").at()).hasToString("f.yaml:4:9");
        assertThat(root.entry("on").key().at()).hasToString("f.yaml:5:1");
        assertThat(root.get("on"))
                .isEqualTo(new Scalar(new Position("f.yaml", 5, 5), "= input.id", "= input.id", false));
    }

    @Test
    void read_columns_countCodePoints() {
        assertThat(((Sequence) read("['😀', x]")).items().get(1).at()).hasToString("f.yaml:1:7");
        assertThat(((Sequence) Yaml.read("f.json", "[\"😀\", 1]".getBytes(StandardCharsets.UTF_8)))
                        .items()
                        .get(1)
                        .at())
                .hasToString("f.json:1:7");
    }

    @Test
    void read_quoted_isKnown() {
        Sequence list = (Sequence) read("- a\n- 'a'\n- |\n  a\n");
        assertThat(list.items().stream().map(item -> ((Scalar) item).quoted())).containsExactly(false, true, true);
    }

    @ParameterizedTest
    @ValueSource(strings = {"f.yaml", "f.json"})
    void read_json_alsoWithTabs(String file) {
        Node node = Yaml.read(
                file, "{\n\t\"a\": [1,\n\t\t2.50],\n\t\"b\": {\"c\":null}\n}\n".getBytes(StandardCharsets.UTF_8));
        assertThat(node.toValue()).hasToString("{a=[1, 2.50], b={c=null}}");
        assertThat(((Mapping) node).get("b").at()).hasToString(file + ":4:7");
    }

    @ParameterizedTest
    @ValueSource(strings = {"f.yaml", "f.json"})
    void read_jsonEscapes(String file) {
        String text = "{\"a\\/\": \"\\ud83d\\ude00\\u00e9\", \"" + "k".repeat(2_000) + "\": 1}";
        Mapping map = (Mapping) Yaml.read(file, text.getBytes(StandardCharsets.UTF_8));
        assertThat(map.get("a/").toValue()).isEqualTo("😀é");
        assertThat(map.names()).hasSize(2);
    }

    @Test
    void read_jsonFile_isStrict() {
        assertThat(problems("f.json", "{a: 1}").get(0)).startsWith("f.json:1:2: unexpected character 'a'");
        assertThat(problems("f.json", "{\"a\":1,\n\"a\":2}")).containsExactly("f.json:2:1: the key \"a\" occurs twice");
        assertThat(problems("f.json", "[".repeat(65) + "]".repeat(65)))
                .containsExactly("f.json:1:65: nested deeper than 64 levels");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " \n", "# only a comment\n", "\uFEFF"})
    void read_nothing_saysEmpty(String text) {
        assertThat(problems(text)).containsExactly("f.yaml:1:1: the file is empty");
    }

    @Test
    void read_byteOrderMark_isSkipped() {
        assertThat(((Mapping) read("\uFEFFa: 1")).entry("a").key().at()).hasToString("f.yaml:1:1");
    }

    @Test
    void read_repeatedKeys_areAllReported() {
        assertThat(problems("a: 1\nb: 2\na: 3\nc: {d: 1, d: 2}\n"))
                .containsExactly(
                        "f.yaml:3:1: \"a\" occurs a second time; the first is at line 1",
                        "f.yaml:4:11: \"d\" occurs a second time; the first is at line 4");
    }

    @Test
    void read_keysThatAreNoText_areProblems() {
        assertThat(problems("1: a\ntrue: b\n<<: {}\n"))
                .containsExactly(
                        "f.yaml:1:1: a key must be text; put it in quotes: \"1\"",
                        "f.yaml:2:1: a key must be text; put it in quotes: \"true\"",
                        "f.yaml:3:1: merge keys (<<) are not part of YAML 1.2; write the entries out, or quote the key");
        assertThat(problems("? [a]\n: b\n")).containsExactly("f.yaml:1:3: a key must be text, not a list");
        assertThat(problems("a: &l [x]\n*l : 1\n")).containsExactly("f.yaml:2:1: a key must be text, not a list");
    }

    @Test
    void read_numbersOutsideJson_areProblems() {
        assertThat(problems("- .inf\n- .nan\n- 1e99999\n")).hasSize(3).allMatch(it -> it.matches("f.yaml:[123]:3: .*"));
    }

    @Test
    void read_unknownTag_isAProblem() {
        assertThat(problems("a: !!binary aGk=\n"))
                .containsExactly("f.yaml:1:4: the tag !!binary has no meaning here; only !!str is supported");
    }

    @Test
    void read_secondDocument_isAProblem() {
        assertThat(problems("a: 1\n---\nb: 2\n"))
                .containsExactly("f.yaml:2:1: a second document begins here; a file holds one");
        assertThat(read("---\na: 1\n...\n").toValue()).hasToString("{a=1}");
    }

    @Test
    void read_alias_isTheSameAsItsAnchor() {
        assertThat(read("a: &x [1]\nb: *x\n").toValue()).hasToString("{a=[1], b=[1]}");
        assertThat(problems("a: *x\n").get(0)).startsWith("f.yaml:1:4: *x refers to no anchor above");
        assertThat(problems("a: &x [1, *x]\n")).containsExactly("f.yaml:1:11: *x is inside the node that it refers to");
    }

    @Test
    void read_billionLaughs_isStopped() {
        StringBuilder text = new StringBuilder("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
        for (int i = 1; i < 12; i++) {
            String alias = "*a" + (i - 1);
            text.append("a" + i + ": &a" + i + " [" + String.join(", ", Collections.nCopies(10, alias)) + "]\n");
        }
        assertThat(problems(text.toString()).get(0)).contains("aliases add more than 100000 nodes");
    }

    @Test
    void read_aliasesThatNest_countAsNesting() {
        StringBuilder text = new StringBuilder("a0: &a0 [x]\n");
        for (int i = 1; i < 100; i++) {
            text.append("a" + i + ": &a" + i + " [*a" + (i - 1) + "]\n");
        }
        assertThat(problems(text.toString()).get(0)).contains("nested deeper than 64 levels");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{a: ", "- ", "? ", "[{a: "})
    void read_hugeNesting_isStoppedWithAPosition(String opening) {
        assertThat(problems(opening.repeat(100_000)).get(0))
                .matches("f.yaml:1:\\d+: .*(nested deeper than 64|a key must).*");
    }

    @Test
    void read_hugeBlockNesting_isStopped() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 1_000; i++) {
            text.append(" ".repeat(i)).append("a:\n");
        }
        assertThat(problems(text.toString())).hasSize(1).first().asString().startsWith("f.yaml:65:65: nested deeper");
    }

    @Test
    void read_nestingAtTheLimit_isRead() {
        assertThat(read("[".repeat(64) + "]".repeat(64))).isInstanceOf(Sequence.class);
        assertThat(problems("[".repeat(65) + "]".repeat(65)).get(0)).startsWith("f.yaml:1:65: nested deeper");
    }

    @Test
    void read_tooLarge_namesBoundAndSetting() {
        assertThatThrownBy(() -> Yaml.read("f.yaml", new byte[2049], new Yaml.Limits(2048, 8, 8)))
                .hasMessage("f.yaml:1:1: the file is larger than 2KiB (for plans the setting is server.limits.file)");
    }

    @Test
    void read_notText_saysWhere() {
        assertThatThrownBy(() -> Yaml.read("f.yaml", new byte[] {'a', '\n', 'b', (byte) 0xFF}))
                .hasMessage("f.yaml:2:2: a byte that is not UTF-8; save the file as UTF-8");
        assertThat(problems("a: \0"))
                .containsExactly(
                        "f.yaml:1:4: the character U+0000 is not allowed in a file; the file must be text in UTF-8");
        assertThat(problems("a: \u0007").get(0)).startsWith("f.yaml:1:4: the character U+0007");
    }

    @Test
    void read_wrongSyntax_isSaidPlainly() {
        assertThat(problems("a: b: c\n").get(0)).startsWith("f.yaml:1:5: a `: ` is not allowed here");
        assertThat(problems("a:\n\t- b\n").get(0)).startsWith("f.yaml:2:1: a tab is not allowed here");
        assertThat(problems("a: @b\n").get(0)).startsWith("f.yaml:1:4: a text cannot start with `@`");
        assertThat(problems("a: [1, 2\nb: 3\n").get(0)).contains("a `,` or `]` is missing");
        assertThat(problems("a: 'x\n").get(0)).contains("is a quote not closed?");
        assertThat(problems("a: 1\n b: 2\n")).hasSize(1);
    }

    @Test
    void read_cutExpression_hintsAtQuotes() {
        String hint = "an expression with `: ` or ` #` needs quotes";
        assertThat(problems("a: = x ? 'y': 'z'\nb: = x ? y : z: 1\n").get(0)).contains(hint);
        assertThat(problems("a: {b: = f(1, 2]}\n").get(0)).contains(hint);
        assertThat(problems("a: b: c\n").get(0)).doesNotContain(hint);
    }
}
