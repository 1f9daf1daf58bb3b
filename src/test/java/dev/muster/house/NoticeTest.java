package dev.muster.house;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Every work in the jars is named in NOTICE and in the bill of materials. */
class NoticeTest {
    private static final Pattern GROUP = Pattern.compile("\\(([a-zA-Z0-9.]+\\.[a-zA-Z0-9]+)\\)");

    /** Licences that NOTICE names differently. */
    private static final Map<String, String> LICENCES = Map.of("Go License", "BSD-3-Clause");

    @Test
    void notice_namesEachBundledWorkWithItsLicences() throws IOException {
        Map<String, String> lines = Files.readAllLines(Path.of("NOTICE")).stream()
                .map(GROUP::matcher)
                .filter(Matcher::find)
                .collect(Collectors.toMap(found -> found.group(1), NoticeTest::line));
        var wrong = new ArrayList<String>();
        var groups = new TreeSet<String>();
        for (Map<?, ?> component : components()) {
            String group = String.valueOf(component.get("group"));
            if (!isBundled(component)) {
                continue;
            }
            groups.add(group);
            String line = lines.getOrDefault(group, "");
            licences(component).stream()
                    .filter(licence -> !line.contains(licence))
                    .forEach(licence -> wrong.add(group + ":" + component.get("name") + " is under " + licence));
        }
        assertThat(wrong).as("missing from NOTICE").isEmpty();
        assertThat(lines.keySet()).as("groups of artifacts in NOTICE").containsExactlyInAnyOrderElementsOf(groups);
    }

    @Test
    void billOfMaterials_namesEachDependencyOfThePom_andIsTheSameInEachBuild() throws IOException {
        Map<?, ?> bill = bill();
        assertThat(bill.get("bomFormat")).isEqualTo("CycloneDX");
        assertThat(bill.containsKey("serialNumber")).isFalse();
        assertThat(((Map<?, ?>) bill.get("metadata")).containsKey("timestamp")).isFalse();
        List<String> names = components().stream()
                .map(component -> component.get("group") + ":" + component.get("name"))
                .toList();
        assertThat(names).containsAll(dependencies()).doesNotHaveDuplicates();
    }

    /** A build without a registry uses the copy; a build with one generates the bill again. */
    @Test
    void billOfMaterials_isTheOneAmongTheResources() throws IOException {
        String place = "META-INF/sbom/muster.cdx.json";
        assertThat(Path.of("target", "classes", place))
                .as("copy it to src/main/resources, as the dependencies have changed")
                .hasSameTextualContentAs(Path.of("src", "main", "resources", place));
    }

    /** The copy has the versions of the pom, whichever build ran last. */
    @Test
    void billOfMaterials_hasTheVersionsOfThePom() throws IOException {
        String pom = Files.readString(Path.of("pom.xml"));
        Map<String, String> versions = Pattern.compile("<([a-z0-9-]+)\\.version>([^<]+)<")
                .matcher(pom)
                .results()
                .collect(Collectors.toMap(found -> found.group(1), found -> found.group(2)));
        Map<String, String> known = components().stream()
                .collect(Collectors.toMap(
                        c -> c.get("group") + ":" + c.get("name"),
                        c -> c.get("version").toString()));
        assertThat(known)
                .containsEntry("io.vertx:vertx-core", versions.get("vertx"))
                .containsEntry("io.netty:netty-common", versions.get("netty"))
                .containsEntry("com.google.guava:guava", versions.get("guava"))
                .containsEntry("dev.cel:cel", versions.get("cel"))
                .containsEntry("org.mongodb:bson", versions.get("mongodb-driver"))
                .containsEntry("io.projectreactor:reactor-core", versions.get("reactor"))
                .containsEntry("ch.qos.logback:logback-classic", versions.get("logback"))
                .containsEntry("org.slf4j:slf4j-api", versions.get("slf4j"))
                .containsEntry("info.picocli:picocli", versions.get("picocli"));
    }

    /** Returns the dependencies whose scope is not {@code test}. */
    private static List<String> dependencies() throws IOException {
        String pom = Files.readString(Path.of("pom.xml"));
        String section = pom.substring(pom.indexOf("</dependencyManagement>"), pom.indexOf("<build>"));
        Matcher found = Pattern.compile(
                        "<dependency>(?:\\s*<!--.*?-->)?\\s*<groupId>([^<]+)</groupId>\\s*<artifactId>([^<]+)</artifactId>(.*?)</dependency>",
                        Pattern.DOTALL)
                .matcher(section);
        var names = new ArrayList<String>();
        while (found.find()) {
            if (!found.group(3).contains("<scope>test</scope>")) {
                names.add(found.group(1) + ":" + found.group(2));
            }
        }
        assertThat(names).hasSizeGreaterThan(20);
        return names;
    }

    /** Whether the component is in the jars. The pom excludes annotations that only compilers need. */
    private static boolean isBundled(Map<?, ?> component) throws IOException {
        String name = component.get("group") + ":" + component.get("name");
        return !Files.readString(Path.of("pom.xml")).contains("<exclude>" + name + "</exclude>")
                || "optional".equals(component.get("scope"));
    }

    private static List<String> licences(Map<?, ?> component) {
        var names = new ArrayList<String>();
        for (Object entry : (List<?>) component.get("licenses")) {
            Map<?, ?> licence = (Map<?, ?>) ((Map<?, ?>) entry).get("license");
            Object name = licence.get("id") == null ? licence.get("name") : licence.get("id");
            names.add(LICENCES.getOrDefault(String.valueOf(name), String.valueOf(name)));
        }
        assertThat(names).as("licences of %s", component.get("name")).isNotEmpty();
        return names;
    }

    private static List<Map<?, ?>> components() throws IOException {
        return ((List<?>) bill().get("components"))
                .stream().<Map<?, ?>>map(Map.class::cast).toList();
    }

    private static Map<?, ?> bill() throws IOException {
        try (InputStream in = NoticeTest.class.getResourceAsStream("/META-INF/sbom/muster.cdx.json")) {
            assertThat(in)
                    .as("the bill of materials; mvn process-resources makes it")
                    .isNotNull();
            return (Map<?, ?>) Json.parse(in.readAllBytes());
        }
    }

    private static String line(Matcher found) {
        var text = new StringBuilder();
        found.reset();
        found.appendTail(text);
        return text.toString();
    }
}
