package dev.muster.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The Java of the phrasebook, of the event-bus page and of the clients page compiles against the real packages. A block that
 * declares methods is placed in the class as it is, any other block in a method of its own.
 */
class DocumentedJavaTest {
    private static final String PHRASES = "docs/phrasebook.md";
    private static final String EVENT_BUS = "docs/event-bus.md";
    private static final String CLIENTS = "docs/clients.md";
    private static final Pattern DECLARES = Pattern.compile("\\A[A-Z]\\w*(<.*>)? \\w+\\([^;=]*\\) \\{\\n");
    private static final String HEAD = """
            import dev.muster.node.Muster;
            import dev.muster.client.*;
            import dev.muster.loop.Loop;
            import dev.muster.sync.*;
            import dev.muster.sync.Queue;
            import dev.muster.task.*;
            import io.vertx.core.Future;
            import io.vertx.core.Promise;
            import io.vertx.core.Vertx;
            import io.vertx.core.buffer.Buffer;
            import io.vertx.core.http.*;
            import io.vertx.core.json.*;
            import io.vertx.pgclient.PgBuilder;
            import io.vertx.sqlclient.*;
            import java.nio.file.Path;
            import java.time.Duration;
            import java.util.*;
            import java.util.stream.*;
            abstract class Phrases {
            HttpClient http;
            """;

    @TempDir
    private Path classes;

    @Test
    void phrasebook_javaCompiles() throws IOException {
        assertCompiles(PHRASES, 12);
    }

    @Test
    void eventBus_javaCompiles() throws IOException {
        assertCompiles(EVENT_BUS, 3);
    }

    @Test
    void clients_javaCompiles() throws IOException {
        assertCompiles(CLIENTS, 1);
    }

    private void assertCompiles(String page, int least) throws IOException {
        StringBuilder source = new StringBuilder(HEAD);
        int count = 0;
        for (Tidy.Block block : Tidy.blocks(Tree.read(page).text())) {
            if (block.language().equals("java")) {
                source.append(asMember(block, count++));
            }
        }

        assertThat(count).isGreaterThanOrEqualTo(least);
        assertThat(errors(source + "}\n")).isEmpty();
    }

    @Test
    void wrongJava_isFoundWithItsLine() throws IOException {
        Tidy.Block block = new Tidy.Block("java", 40, "scope.gathre(List.of());\n");

        assertThat(errors(HEAD + asMember(block, 0) + "}\n"))
                .singleElement()
                .asString()
                .contains("/* line 40 */")
                .contains("gathre");
    }

    private static String asMember(Tidy.Block block, int number) {
        String text = block.text();
        if (DECLARES.matcher(text).find()) {
            return text;
        }
        String given =
                text.contains("Vertx vertx =") ? "Scope scope" : "Vertx vertx, Loop loop, Tasks tasks, Scope scope";
        return "/* line " + block.line() + " */ void phrase" + number + "(" + given + ") throws Exception {\n" + text
                + "}\n";
    }

    private List<String> errors(String source) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        JavaFileObject file =
                new SimpleJavaFileObject(URI.create("string:///Phrases.java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return source;
                    }
                };
        List<String> options = List.of("--release", "17", "-proc:none", "-d", classes.toString(), "-cp", classPath());
        try (var manager = compiler.getStandardFileManager(found, Locale.ROOT, null)) {
            compiler.getTask(null, manager, found, options, null, List.of(file)).call();
        }
        List<String> lines = source.lines().toList();
        List<String> errors = new ArrayList<>();
        for (var diagnostic : found.getDiagnostics()) {
            if (diagnostic.getKind() == Diagnostic.Kind.ERROR) {
                errors.add(phrase(lines, (int) diagnostic.getLineNumber()) + diagnostic.getMessage(Locale.ROOT) + ": "
                        + lines.get((int) diagnostic.getLineNumber() - 1));
            }
        }
        return errors;
    }

    private static String phrase(List<String> lines, int line) {
        for (int i = line - 1; i >= 0; i--) {
            if (lines.get(i).startsWith("/* line ")) {
                return lines.get(i).replaceFirst("void.*", "");
            }
        }
        return "";
    }

    /** Surefire can pass the class path in a manifest, which the compiler follows too. */
    private static String classPath() {
        return System.getProperty("java.class.path");
    }
}
