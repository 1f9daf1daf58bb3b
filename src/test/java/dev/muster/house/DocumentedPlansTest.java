package dev.muster.house;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.config.Configuration;
import dev.muster.config.Mapping;
import dev.muster.config.ProblemsException;
import dev.muster.config.Yaml;
import dev.muster.connect.cpu.CpuConnector;
import dev.muster.connect.cpu.MusterFunction;
import dev.muster.expr.Expressions;
import dev.muster.plan.PlanParser;
import dev.muster.plan.PlanParser.Known;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Every plan in the documentation is valid: YAML blocks that begin with {@code plan:} are parsed by the real parser, with the
 * real verbs and functions. Their sources come from {@code conf/} and from the configuration fragments of the page.
 */
class DocumentedPlansTest {
    private static final Pattern PLAN = Pattern.compile("\\A(\\s*#[^\\n]*\\n)*plan:");
    private static final Pattern SOURCES = Pattern.compile("^sources:", Pattern.MULTILINE);
    private static final Pattern QUEUES = Pattern.compile("^queues:", Pattern.MULTILINE);
    private static final Set<String> KINDS = Set.of("http", "postgres", "mysql", "mongo", "file");

    private static Vertx vertx;
    private static PlanParser parser;

    @BeforeAll
    static void language() {
        vertx = Vertx.vertx();
        parser = new PlanParser(RealLanguage.of(vertx), new Expressions());
    }

    @AfterAll
    static void close() {
        vertx.close();
    }

    @Test
    void plansInDocumentation_areUnderstood() {
        List<String> wrong = new ArrayList<>();
        pages().forEach(page -> problems(page).forEach(problem -> wrong.add(page.path() + ":" + problem)));
        assertThat(wrong).isEmpty();
    }

    @Test
    void phrasebookAndReadme_holdPlans() {
        assertThat(plans(Tree.read("docs/phrasebook.md"))).hasSizeGreaterThan(10);
        assertThat(plans(Tree.read("README.md"))).isNotEmpty();
    }

    @Test
    void problems_nameThePageLineOfAWrongPlan() {
        String page = "Text\n\n```yaml\nplan: a\nsteps:\n  b: {http: lab, gte: /x}\n```\n\n```yaml\nsteps: {}\n```\n";

        assertThat(problems(new Tree.Source("p.md", page)))
                .isNotEmpty()
                .allSatisfy(problem -> assertThat(problem).startsWith("6:"));
    }

    private static List<String> problems(Tree.Source page) {
        List<String> wrong = new ArrayList<>();
        Known known = new Known(sources(page), functions(), planNames(page), queues(page));
        for (Tidy.Block block : plans(page)) {
            // The block starts on its line of the page, so that a problem has the line number of the page.
            String placed = "\n".repeat(block.line()) + block.text();
            try {
                parser.parse("", placed.getBytes(UTF_8), known);
            } catch (ProblemsException e) {
                e.problems().forEach(problem -> wrong.add(problem.toString().substring(1)));
            }
        }
        return wrong;
    }

    private static Stream<Tree.Source> pages() {
        return Tree.texts(path -> path.equals("README.md") || path.startsWith("docs/") && path.endsWith(".md"));
    }

    private static List<Tidy.Block> plans(Tree.Source page) {
        return Tidy.blocks(page.text()).stream()
                .filter(block -> block.language().equals("yaml")
                        && PLAN.matcher(block.text()).find())
                .toList();
    }

    private static Set<String> planNames(Tree.Source page) {
        return plans(page).stream()
                .flatMap(block -> block.text().lines())
                .filter(line -> line.startsWith("plan: "))
                .map(line -> line.substring("plan: ".length()).strip())
                .collect(Collectors.toSet());
    }

    private static Set<String> functions() {
        return CpuConnector.installed().stream().map(MusterFunction::name).collect(Collectors.toSet());
    }

    private static Map<String, String> sources(Tree.Source page) {
        Map<String, String> kinds = new HashMap<>();
        Configuration.load(Tree.root().resolve("conf"), true, KINDS, name -> null)
                .sources()
                .forEach((name, source) -> kinds.put(name, source.kind()));
        for (Tidy.Block block : Tidy.blocks(page.text())) {
            if (block.language().equals("yaml") && SOURCES.matcher(block.text()).find()) {
                Mapping fragment = (Mapping) Yaml.read(page.path(), block.text().getBytes(UTF_8));
                if (fragment.get("sources") instanceof Mapping sources) {
                    sources.entries().forEach(entry -> kinds.put(entry.name(), kind(entry)));
                }
            }
        }
        return kinds;
    }

    /** Returns the queues of the page's configuration fragments and of the example configuration. */
    private static Set<String> queues(Tree.Source page) {
        Set<String> names = new HashSet<>();
        Configuration.load(Tree.root().resolve("conf"), true, KINDS, name -> null)
                .section("queues")
                .ifPresent(section -> names.addAll(section.names()));
        for (Tidy.Block block : Tidy.blocks(page.text())) {
            if (block.language().equals("yaml")
                    && QUEUES.matcher(block.text()).find()
                    && Yaml.read(page.path(), block.text().getBytes(UTF_8)) instanceof Mapping fragment
                    && fragment.get("queues") instanceof Mapping queues) {
                names.addAll(queues.names());
            }
        }
        return names;
    }

    private static String kind(Mapping.Entry source) {
        return ((Mapping) source.value())
                .names().stream().filter(KINDS::contains).findFirst().orElseThrow();
    }
}
