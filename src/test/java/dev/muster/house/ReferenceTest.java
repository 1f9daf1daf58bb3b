package dev.muster.house;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.connect.cpu.CpuConnector;
import dev.muster.connect.cpu.MusterFunction;
import dev.muster.plan.VerbReference;
import dev.muster.plan.VerbSpec;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** The reference pages match the words of the verbs. With {@code -Dmuster.docs=write} the pages are written instead of compared. */
class ReferenceTest {

    private static final Vertx VERTX = Vertx.vertx();
    private static final Path FOLDER = Tree.root().resolve("docs/reference");

    @AfterAll
    static void close() {
        VERTX.close();
    }

    @Test
    void pages_sayWhatTheWordsSay() throws IOException {
        Map<String, String> pages = pages();
        if ("write".equals(System.getProperty("muster.docs"))) {
            write(pages);
        }
        for (Map.Entry<String, String> page : pages.entrySet()) {
            assertThat(FOLDER.resolve(page.getKey()))
                    .as("write it anew with: mvn test -Dtest=ReferenceTest -Dmuster.docs=write")
                    .content(UTF_8)
                    .isEqualTo(page.getValue());
        }
        try (var files = Files.list(FOLDER)) {
            assertThat(files.map(file -> file.getFileName().toString())).hasSameElementsAs(pages.keySet());
        }
    }

    private static void write(Map<String, String> pages) throws IOException {
        Files.createDirectories(FOLDER);
        for (Map.Entry<String, String> page : pages.entrySet()) {
            Files.writeString(FOLDER.resolve(page.getKey()), page.getValue());
        }
    }

    private static Map<String, String> pages() {
        var pages = new TreeMap<String, String>();
        var verbs = RealLanguage.of(VERTX).verbs();
        verbs.forEach(
                words -> pages.put(words.verb() + ".md", VerbReference.of(words).strip() + "\n"));
        pages.put("functions.md", functions());
        pages.put(
                "README.md",
                "# Reference\n\nThese pages are generated from the verb definitions of the parser.\n\n| verb | does |\n|---|---|\n"
                        + verbs.stream().map(ReferenceTest::row).collect(Collectors.joining())
                        + "\nThe functions of `cpu`: [functions](functions.md).\n");
        return pages;
    }

    private static String row(VerbSpec words) {
        return "| [" + words.verb() + "](" + words.verb() + ".md) | " + words.about() + " |\n";
    }

    private static String functions() {
        return "# Functions\n\nFor the verb [cpu](cpu.md). A library on the class path adds its own by `ServiceLoader`.\n\n"
                + "| function | kind | does |\n|---|---|---|\n"
                + CpuConnector.installed().stream()
                        .sorted(Comparator.comparing(MusterFunction::name))
                        .map(function -> "| `" + function.name() + "` | "
                                + (function.kind() == MusterFunction.Kind.CPU ? "CPU" : "blocking") + " | "
                                + function.about().replace("|", "\\|") + " |\n")
                        .collect(Collectors.joining());
    }
}
