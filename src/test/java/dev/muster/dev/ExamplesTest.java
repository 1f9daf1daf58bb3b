package dev.muster.dev;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.app.Main;
import dev.muster.app.Shell;
import dev.muster.app.Stop;
import dev.muster.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The plans of {@code conf/}, each run by the real command line against the embedded services, with its answer. */
class ExamplesTest {
    private static final Path CONF = Path.of("conf");
    private static final Path PLANS = CONF.resolve("plans");

    private record Ended(int code, String out, String err) {}

    static List<String> examples() throws IOException {
        try (Stream<Path> files = Files.list(PLANS)) {
            return files.map(file -> file.getFileName().toString().replace(".yaml", ""))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void example_givesItsAnswer(String name) throws IOException {
        Ended ended = muster("run", PLANS.resolve(name + ".yaml").toString());

        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(Json.pretty(Json.parse(ended.out()))).isEqualTo(Json.pretty(answer(name)));
    }

    @Test
    void demo_comparesTheSameAnswerAndIsFasterAtOnce() throws IOException {
        Ended ended = muster("compare", PLANS.resolve("demo.yaml").toString());

        assertThat(ended.code()).as(ended.err()).isZero();
        Map<?, ?> compared = (Map<?, ?>) Json.parse(ended.out());
        assertThat(compared.get("same")).isEqualTo(true);
        assertThat(compared.get("output")).isEqualTo(answer("demo"));
        assertThat(((Number) compared.get("speedup")).doubleValue()).isGreaterThan(1.2);
        assertThat(ended.err()).contains("speed-up");
    }

    @Test
    void examples_passTheCheck() throws IOException {
        List<String> args = new ArrayList<>(List.of("check"));
        for (String name : examples()) {
            args.add(PLANS.resolve(name + ".yaml").toString());
        }

        Ended ended = muster(args.toArray(String[]::new));

        assertThat(ended.code()).as(ended.err()).isZero();
    }

    @Test
    void routesOfTheUpstreamCommand_areOfEveryKind() {
        assertThat(UpstreamCommand.shipped().names())
                .contains("GET /hang", "GET /cut", "GET /garbage", "GET /drip", "GET /endless", "GET /flaky");
    }

    @Test
    void examples_allHaveAnAnswerOnRecord_andAFirstLineThatSaysWhatTheyShow() throws IOException {
        for (String name : examples()) {
            assertThat(ExamplesTest.class.getResource("answers/" + name + ".json"))
                    .as(name)
                    .isNotNull();
            assertThat(Files.readString(PLANS.resolve(name + ".yaml"))).as(name).startsWith("# ");
        }
    }

    /** With none of the variables that could point a source elsewhere. */
    private static Ended muster(String... args) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var shell = new Shell(InputStream.nullInputStream(), out, err, false, false, name -> null);
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--conf", CONF.toString()));
        int code = Main.run(DevMain.edition(), all, shell, new Stop());
        return new Ended(code, out.toString(UTF_8), err.toString(UTF_8));
    }

    private static Object answer(String name) throws IOException {
        try (InputStream in = ExamplesTest.class.getResourceAsStream("answers/" + name + ".json")) {
            assertThat(in)
                    .as("src/test/resources/dev/muster/dev/answers/%s.json", name)
                    .isNotNull();
            return Json.parse(in.readAllBytes());
        }
    }
}
