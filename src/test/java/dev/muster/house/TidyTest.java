package dev.muster.house;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.schema.CoreSchema;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Checks of the project's files that no linter makes. {@link TidyRulesTest} tests the checks themselves. */
class TidyTest {
    /** A limit for unreadable files, not a reason to split a subject. Most sources have 60 to 250 lines. */
    private static final int MAX_LINES = 700;

    private static final String SAMPLES = "src/test/java/dev/muster/house/samples/";
    private static final String DEPENDENCIES = "docs/decisions/dependencies.md";

    @Test
    void texts_includeSourcesScriptsAndPages() {
        assertThat(Tree.texts().map(Tree.Source::path))
                .contains("pom.xml", "README.md", ".ci/run", "scripts/muster", "src/main/java/dev/muster/Main.java")
                .noneMatch(path -> path.startsWith("target/"));
    }

    @Test
    void production_hasNoSourceThatIsTooLong() {
        assertThat(longerThan(MAX_LINES)).isEmpty();
    }

    @Test
    void texts_holdNoUnfinishedMarks() {
        assertThat(problems(Tree.texts(), Tidy::unfinished)).isEmpty();
    }

    @Test
    void texts_nameNoPathOfAMachine() {
        assertThat(problems(Tree.texts(), Tidy::machinePaths)).isEmpty();
    }

    @Test
    void texts_haveNoTabsTrailingBlanksOrMissingNewlines() {
        assertThat(problems(Tree.texts(path -> !path.endsWith(".go") && !path.endsWith(".cdx.json")), Tidy::blanks))
                .isEmpty();
    }

    @Test
    void production_holdsNoSqlInJava() {
        assertThat(problems(Tree.mainJava(), Tidy::inlineSql))
                .as("SQL belongs into a .sql file below src/main/resources")
                .isEmpty();
    }

    @Test
    void production_documentsPublicTypes() {
        assertThat(problems(Tree.mainJava(), Tidy::undocumentedTypes)).isEmpty();
    }

    @Test
    void packages_sayWhatTheyAreAndAreNullMarked() {
        assertThat(problems(
                        Tree.mainJava().filter(file -> file.path().endsWith("/package-info.java")), Tidy::packageInfo))
                .isEmpty();
    }

    @Test
    void packages_allHaveAPackageInfo() {
        assertThat(Tree.mainJava()
                        .map(file -> file.path().replaceFirst("[^/]+$", "package-info.java"))
                        .distinct()
                        .filter(info -> !Files.exists(Tree.root().resolve(info))))
                .isEmpty();
    }

    @Test
    void tests_neverSleep() {
        Stream<Tree.Source> tests = Tree.texts(
                path -> path.startsWith("src/test/java/") && path.endsWith(".java") && !path.startsWith(SAMPLES));
        assertThat(problems(tests, Tidy::sleeps)).isEmpty();
    }

    @Test
    void configuration_parses() {
        assertThat(problems(Tree.texts(path -> path.matches("(conf|docs|examples)/.*\\.ya?ml")), TidyTest::yamlError))
                .isEmpty();
    }

    @Test
    void examplesInDocumentation_parse() {
        assertThat(problems(userDocumentation(), TidyTest::exampleErrors)).isEmpty();
    }

    @Test
    void links_leadSomewhere() {
        List<String> broken = new ArrayList<>();
        Tree.texts(path -> path.endsWith(".md")).forEach(file -> {
            Path folder = Tree.root().resolve(file.path()).resolveSibling(".");
            Tidy.relativeLinks(file.text()).stream()
                    .filter(target -> !Files.exists(folder.resolve(target).normalize()))
                    .forEach(target -> broken.add(file.path() + ": " + target));
        });
        assertThat(broken).isEmpty();
    }

    @Test
    void dependencies_haveTheirReasonWritten() throws Exception {
        String reasons = Tree.read(DEPENDENCIES).text();
        assertThat(artifactsOfPom())
                .hasSizeGreaterThan(10)
                .allSatisfy(artifact -> assertThat(reasons).contains("`" + artifact + "`"));
    }

    private static List<String> longerThan(int lines) {
        return Tree.mainJava()
                .filter(file -> file.lines().size() > lines)
                .map(Tree.Source::path)
                .toList();
    }

    private static List<String> problems(Stream<Tree.Source> files, Function<String, List<String>> check) {
        return files.flatMap(file -> check.apply(file.text()).stream().map(wrong -> file.path() + ":" + wrong))
                .toList();
    }

    private static Stream<Tree.Source> userDocumentation() {
        return Tree.texts(path -> path.equals("README.md") || path.startsWith("docs/") && path.endsWith(".md"));
    }

    static List<String> exampleErrors(String markdown) {
        List<String> wrong = new ArrayList<>();
        for (Tidy.Block block : Tidy.blocks(markdown)) {
            List<String> errors = switch (block.language()) {
                case "yaml" -> yamlError(block.text());
                case "json" -> jsonError(block.text());
                case "ndjson" ->
                    block.text()
                            .lines()
                            .flatMap(line -> jsonError(line).stream())
                            .toList();
                default -> List.of();
            };
            errors.forEach(error -> wrong.add(block.line() + ": " + error));
        }
        return wrong;
    }

    private static List<String> yamlError(String yaml) {
        try {
            new Load(LoadSettings.builder().setSchema(new CoreSchema()).build())
                    .loadAllFromString(yaml)
                    .forEach(document -> {});
            return List.of();
        } catch (RuntimeException e) {
            return List.of(String.valueOf(e.getMessage()));
        }
    }

    private static List<String> jsonError(String json) {
        try {
            Json.decodeValue(json);
            return List.of();
        } catch (RuntimeException e) {
            return List.of(String.valueOf(e.getMessage()));
        }
    }

    private static Set<String> artifactsOfPom() throws Exception {
        Element pom = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(Tree.root().resolve("pom.xml").toFile())
                .getDocumentElement();
        Set<String> artifacts = new HashSet<>();
        for (String kind : List.of("dependency", "plugin", "path")) {
            NodeList nodes = pom.getElementsByTagName(kind);
            for (int i = 0; i < nodes.getLength(); i++) {
                NodeList ids = ((Element) nodes.item(i)).getElementsByTagName("artifactId");
                if (ids.getLength() > 0) {
                    artifacts.add(ids.item(0).getTextContent().strip());
                }
            }
        }
        return artifacts;
    }
}
