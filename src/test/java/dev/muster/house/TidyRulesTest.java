package dev.muster.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The checks of {@link Tidy} find what they are for, and nothing else. */
class TidyRulesTest {
    @Test
    void unfinished_catchesMarksButNotWords() {
        assertThat(Tidy.unfinished("fine\n// TO" + "DO later\n")).containsExactly("2: // TO" + "DO later");
        assertThat(Tidy.unfinished("todo lists, hacks and MAX_XXXL\n")).isEmpty();
    }

    @Test
    void machinePaths_catchesHomesButNotUrlsAndPackages() {
        for (String folder : List.of("home", "root", "work")) {
            assertThat(Tidy.machinePaths("see '/" + folder + "/me/x'\n")).hasSize(1);
        }
        assertThat(Tidy.machinePaths("http://host/root/x src/main/java/dev/muster/work/Consumer.java\n"))
                .isEmpty();
    }

    @Test
    void blanks_catchesTabsTrailingBlanksAndMissingNewline() {
        assertThat(Tidy.blanks("a\tb\nc \nd")).containsExactly("1: tab", "2: trailing blank", "no newline at the end");
        assertThat(Tidy.blanks("a b\n\nc\n")).isEmpty();
    }

    @Test
    void inlineSql_catchesStatementsInLiteralsOnly() {
        assertThat(Tidy.inlineSql("String s = \"Select id, name from product\";"))
                .hasSize(1);
        assertThat(Tidy.inlineSql("String s = \"\"\"\n    insert\n    into product values (1)\n    \"\"\";"))
                .hasSize(1);
        assertThat(Tidy.inlineSql("// select a from b\nString s = \"select one of these\";"))
                .isEmpty();
        assertThat(Tidy.inlineSql("String s = \"KILL QUERY \" + id; char c = '\"'; // select a from b"))
                .isEmpty();
    }

    @Test
    void sleeps_catchesCallsButNotWords() {
        assertThat(Tidy.sleeps("void x() { Thread.sleep(1); }")).hasSize(1);
        assertThat(Tidy.sleeps("run(TimeUnit.SECONDS.sleep(1));")).hasSize(1);
        assertThat(Tidy.sleeps("// Thread.sleep\nString s = \"Thread.sleep\";")).isEmpty();
    }

    @Test
    void packageInfo_wantsSentenceAndNullMarked() {
        assertThat(Tidy.packageInfo("package a;\n")).hasSize(2);
        assertThat(Tidy.packageInfo("/** What it is. */\n@NullMarked\npackage a;\n"))
                .isEmpty();
        assertThat(Tidy.packageInfo("/**\n * What it is.\n */\n@NullMarked\npackage a;\n"))
                .isEmpty();
    }

    @Test
    void undocumentedTypes_catchesPublicTypesOnly() {
        assertThat(Tidy.undocumentedTypes("package a;\n\npublic final class Bare {}\n"))
                .containsExactly("Bare has no Javadoc");
        assertThat(Tidy.undocumentedTypes("package a;\n\n/** It is. */\nimport b;\n\npublic record Bare() {}\n"))
                .containsExactly("Bare has no Javadoc");
        assertThat(Tidy.undocumentedTypes("/** It is. */\n@Deprecated\npublic sealed interface Told {}\n"))
                .isEmpty();
        assertThat(
                        Tidy.undocumentedTypes(
                                "/** It is. */\n@Command(\n        name = \"a\",\n        mixin = true)\npublic class Told {}\n"))
                .isEmpty();
        assertThat(Tidy.undocumentedTypes("final class Inner {}\n")).isEmpty();
    }

    @Test
    void relativeLinks_skipsFencesCodeAndOtherSites() {
        String page = "[a](docs/a.md#top) ![b](b.png) [c](https://c.example/) [d](#d) `[e](e.md)`\n"
                + "```yaml\nx: [f](f.md)\n```\n";
        assertThat(Tidy.relativeLinks(page)).containsExactly("docs/a.md", "b.png");
    }

    @Test
    void exampleErrors_namesTheLineOfABrokenBlock() {
        String page = "# Title\n\n```yaml\na: [1\n```\n\n```json\n{\"a\": }\n```\n\n```ndjson\n{}\n{]\n```\n";
        assertThat(TidyTest.exampleErrors(page))
                .hasSize(3)
                .satisfiesExactly(
                        yaml -> assertThat(yaml).startsWith("3: "),
                        json -> assertThat(json).startsWith("7: "),
                        ndjson -> assertThat(ndjson).startsWith("11: "));
        assertThat(TidyTest.exampleErrors("```yaml\na: = input.id\n```\n```text\n{\n```\n"))
                .isEmpty();
    }
}
