package dev.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.muster.json.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts of plans and strangers that would command a terminal: shown by their numbers for people, exact as JSON. */
class ControlCharactersTest extends CommandCase {
    private static final String EVIL = "\u001b[31mred\u001b]0;title\u0007\u009b2J\u202e\u007f\u2028\u0085";
    private static final String IN_YAML = "\\x1b[31mred\\x1b]0;title\\x07\\x9b2J\\u202e\\x7f\\u2028\\x85";

    @ParameterizedTest
    @ValueSource(strings = {"run", "run --stream", "compare", "explain", "explain --json", "check"})
    void plan_printsNoControlCharacter(String line) throws IOException {
        String plan = plan("e", "steps:\n  a: {fail: \"" + IN_YAML + "\"}");
        Called called = called(line, plan);
        assertThat(called.out() + called.err()).matches(ControlCharactersTest::isPlain, "without controls");
        if (!line.equals("check")) {
            assertThat(called.out() + called.err()).contains("\\u001b[31mred").contains("\\u009b2J");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "check", "explain"})
    void planThatIsWrong_printsNoControlCharacter(String line) throws IOException {
        String plan = plan(
                "e",
                "steps:\n  \"a" + IN_YAML + "\": {sett: 1}\n  b: {http: \"x" + IN_YAML + "\", get: /}\n  c: {\""
                        + IN_YAML + "\": 1}");
        Called called = called(line, plan);
        assertThat(called.code()).isEqualTo(2);
        assertThat(called.out() + called.err()).matches(ControlCharactersTest::isPlain, "without controls");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--stream"})
    void output_isExactAsJson(String option) throws IOException {
        String plan = plan("e", "steps:\n  a: {set: \"" + IN_YAML + "é 😀 \\U000E0041\"}\noutput: = a");
        Called called = called(("run " + option).strip(), plan);
        assertThat(called.out())
                .matches(ControlCharactersTest::isPlain, "without controls")
                .contains("é 😀");
        List<Object> values = called.out().lines().map(Json::parse).toList();
        Object last = values.get(values.size() - 1);
        Object output = option.isEmpty() ? last : ((Map<?, ?>) last).get("output");
        assertThat(output).isEqualTo(EVIL + "é 😀 \udb40\udc41");
    }

    @Test
    void wordsOfTheLine_printNoControlCharacter() {
        for (String[] words : List.of(
                new String[] {EVIL},
                new String[] {"run", "x.yaml", "--" + EVIL},
                new String[] {"run", EVIL},
                new String[] {"queue", "put", EVIL, "1"},
                new String[] {"queue", "list", "--url", EVIL},
                new String[] {"check", "--conf", EVIL})) {
            Called called = Called.with(words);
            assertThat(called.code()).isEqualTo(2);
            assertThat(called.err())
                    .matches(ControlCharactersTest::isPlain, "without controls")
                    .contains("\\u001b[31mred");
        }
    }

    @Test
    void queues_ofANode_printNoControlCharacter() throws IOException {
        String queue = "{\"queues\": [{\"name\": " + Json.write(EVIL) + ", \"store\": \"memory\"}]}";
        try (var node = new Stranger(200, queue)) {
            Called called = Called.with("queue", "list", "--url", node.url());
            assertThat(called.out()).matches(ControlCharactersTest::isPlain, "without controls");
            assertThat(((Map<?, ?>) Json.parse(called.out())).get("name")).isEqualTo(EVIL);
        }
        String problem = "{\"type\": \"denied\", \"detail\": " + Json.write(EVIL) + "}";
        try (var node = new Stranger(403, problem)) {
            Called called = Called.with("queue", "list", "--url", node.url());
            assertThat(called.code()).isNotZero();
            assertThat(called.err()).matches(ControlCharactersTest::isPlain, "without controls");
        }
    }

    @Test
    void nameOfASource_printsNoControlCharacter() throws IOException {
        Files.writeString(dir.resolve("conf/muster.yaml"), "sources: {\"" + IN_YAML + "\": {file: .}}\n");
        Called called = called("check", plan("e", "output: 1"));
        assertThat(called.out() + called.err()).matches(ControlCharactersTest::isPlain, "without controls");
    }

    private Called called(String line, String plan) {
        var words = new ArrayList<>(List.of(line.split(" ")));
        words.addAll(List.of(plan, "--conf", conf));
        return Called.with(words.toArray(String[]::new));
    }

    private static boolean isPlain(String text) {
        return text.codePoints()
                .noneMatch(c -> c != '\n'
                        && (Character.isISOControl(c)
                                || Character.getType(c) == Character.FORMAT
                                || Character.getType(c) == Character.LINE_SEPARATOR));
    }

    /** Something that answers whatever is asked in the same way. */
    private record Stranger(HttpServer server) implements AutoCloseable {
        Stranger(int status, String body) throws IOException {
            this(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10));
            byte[] answer = body.getBytes(StandardCharsets.UTF_8);
            server.createContext("/", exchange -> {
                exchange.getResponseHeaders().add("content-type", "application/json");
                exchange.sendResponseHeaders(status, answer.length);
                exchange.getResponseBody().write(answer);
                exchange.close();
            });
            server.start();
        }

        String url() {
            return "http://127.0.0.1:" + server.getAddress().getPort();
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }
}
