package dev.muster.dev;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.Main;
import dev.muster.TestServer;
import dev.muster.TestServers;
import dev.muster.cli.ProcessIo;
import dev.muster.cli.Stop;
import dev.muster.json.Json;
import io.vertx.core.Vertx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The plans of {@code conf/}, each run by the real command line against the embedded services, with its answer. Their
 * databases are those of all tests, filled as {@code muster dev} would, so that they start once.
 */
@Timeout(120)
class ExamplesTest {
    private static final Path CONF = Path.of("conf");
    private static final Path PLANS = CONF.resolve("plans");

    private static final Pattern INPUT = Pattern.compile("^# input: *(.*)$", Pattern.MULTILINE);
    private static final Map<String, String> DATABASES = new HashMap<>();

    private record Ended(int code, String out, String err) {}

    @BeforeAll
    static void databases() throws InterruptedException {
        Vertx vertx = EmbeddedServices.oneLoop();
        try {
            database(vertx, "CATALOG_URL", TestServers.postgres(), SqlFill.read(CONF.resolve("dev/catalog.sql"), true));
            database(vertx, "SHOP_URL", TestServers.mysql(), SqlFill.read(CONF.resolve("dev/shop.sql"), false));
            database(vertx, "REVIEWS_URL", TestServers.mongo(), MongoFill.read(CONF.resolve("dev/reviews.json")));
        } finally {
            vertx.close();
        }
    }

    private static void database(Vertx vertx, String variable, TestServer server, EmbeddedDatabases.Fill fill)
            throws InterruptedException {
        String uri = server.freshDatabase();
        fill.run(vertx, uri);
        DATABASES.put(variable, uri);
    }

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
        Ended ended = muster("run", name);

        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(Json.pretty(Json.parse(ended.out()))).isEqualTo(Json.pretty(answer(name)));
    }

    @Test
    void productPage_comparesTheSameAnswerAndIsFasterAtOnce() throws IOException {
        Ended ended = muster("compare", "product-page");

        assertThat(ended.code()).as(ended.err()).isZero();
        Map<?, ?> compared = (Map<?, ?>) Json.parse(ended.out());
        assertThat(compared.get("same")).isEqualTo(true);
        assertThat(compared.get("output")).isEqualTo(answer("product-page"));
        assertThat(((Number) compared.get("speedup")).doubleValue()).isGreaterThan(1.5);
        assertThat(ended.err()).contains("speed-up");
    }

    @Test
    void examples_passTheCheck() throws IOException {
        List<String> args = new ArrayList<>(List.of("check"));
        for (String name : examples()) {
            args.add(PLANS.resolve(name + ".yaml").toString());
        }

        Ended ended = muster(args, name -> null);

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

    /** With the input that an example names, as scripts/demo does. */
    private static Ended muster(String command, String example) throws IOException {
        Path plan = PLANS.resolve(example + ".yaml");
        List<String> args = new ArrayList<>(List.of(command, plan.toString()));
        Matcher input = INPUT.matcher(Files.readString(plan));
        if (input.find()) {
            args.addAll(List.of("--input", input.group(1)));
        }
        return muster(args, DATABASES::get);
    }

    private static Ended muster(List<String> args, Function<String, @Nullable String> env) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var shell = new ProcessIo(InputStream.nullInputStream(), out, err, false, false, env);
        List<String> all = new ArrayList<>(args);
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
