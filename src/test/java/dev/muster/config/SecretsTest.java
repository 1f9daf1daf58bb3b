package dev.muster.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.json.Json;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {
    private static final Map<String, String> ENV = Map.of(
            "PLAIN", "plain-value",
            "HIDDEN", "hidden-value",
            "TOKEN", "token-value",
            "PASSWORD", "p/w@d-value",
            "NUMBER", "44",
            "URL", "mysql://you:url-word@db/x",
            "KEY", "key-of-caller",
            "WORD", "prod",
            "PEM", "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n",
            "EMPTY", "");

    @TempDir
    Path dir;

    private Secrets secrets = new Secrets(Path.of("."), Map.<String, String>of()::get);

    private Node resolve(String yaml) throws IOException {
        var problems = new Problems();
        secrets = new Secrets(dir, ENV::get);
        Node node = secrets.resolve(Yaml.read("muster.yaml", yaml.getBytes(StandardCharsets.UTF_8)), problems);
        assertThat(problems.list()).isEmpty();
        return node;
    }

    private static Scalar at(Mapping mapping, String... path) {
        Node node = mapping;
        for (String name : path) {
            node = Objects.requireNonNull(((Mapping) node).get(name));
        }
        return (Scalar) node;
    }

    private static String shown(Mapping mapping, String... path) {
        return at(mapping, path).shown();
    }

    private static String text(Mapping mapping, String... path) {
        return at(mapping, path).text();
    }

    private void read(String yaml) {
        var problems = new Problems();
        secrets.resolve(Yaml.read("muster.yaml", yaml.getBytes(StandardCharsets.UTF_8)), problems);
        assertThat(problems.list()).isEmpty();
    }

    private String masked(String text) {
        return secrets.mask(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "p@ss w/rd:1+2=ü",
                "p%40ss%20w%2Frd%3A1%2B2%3D%C3%BC",
                "p%40ss%20w%2frd%3a1%2b2%3d%c3%bc",
                "p%40ss+w%2Frd%3A1%2B2%3D%C3%BC",
                "p@ss%20w/rd:1+2=%C3%BC"
            })
    void percentEncoded_isMasked(String form) {
        secrets.add("p@ss w/rd:1+2=ü");
        assertThat(masked("http://host/" + form + "?x")).isEqualTo("http://host/***?x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\\\"b/c\\nü", "a\\\"b\\/c\\nü", "a\\\"b/c\\n\\u00fc", "a\\\"b\\/c\\n\\u00fc"})
    void escapedAsInJson_isMasked(String form) {
        secrets.add("a\"b/c\nü");
        assertThat(masked("{\"key\":\"" + form + "\"}")).isEqualTo("{\"key\":\"***\"}");
    }

    @Test
    void base64_isMaskedWhereverTheSecretBegins() {
        String secret = "open\u00FF?sesame>\u00FF";
        secrets.add(secret);
        for (String before : List.of("", "u", "me", "me:", "user:", "0123456789")) {
            for (String after : List.of("", "1", "12", "123")) {
                byte[] whole = (before + secret + after).getBytes(StandardCharsets.UTF_8);
                for (Base64.Encoder encoder :
                        List.of(Base64.getEncoder(), Base64.getUrlEncoder().withoutPadding())) {
                    String encoded = encoder.encodeToString(whole);
                    String shown = masked("Basic " + encoded + " .");
                    assertThat(shown)
                            .as(encoded)
                            .contains("***")
                            .startsWith("Basic ")
                            .endsWith(" .");
                    // At either end one character holds bits of the secret and of its neighbour.
                    assertThat(shown.length()).isLessThanOrEqualTo(14 + 4 * (before.length() + after.length()) / 3 + 4);
                }
            }
        }
    }

    @Test
    void shortSecrets_areMaskedByTheRule() {
        secrets.add("abc");
        secrets.add("wx z");
        secrets.add("sevens!");
        assertThat(masked("abc wx z wx%20z wx+z sevens! sevens%21")).isEqualTo("abc *** *** *** *** ***");
        String encoded = Base64.getEncoder().encodeToString("sevens!".getBytes(StandardCharsets.UTF_8));
        assertThat(masked(encoded)).isEqualTo(encoded);
    }

    @Test
    void secretsThatOverlap_areOneMask() {
        secrets.add("abcdef");
        secrets.add("defghi");
        secrets.add("cdef");
        assertThat(masked("-abcdefghi-abcdef-cdef-defghiabcdef-")).isEqualTo("-***-***-***-******-");
    }

    @Test
    void textWithoutSecrets_staysTheVerySame() {
        secrets.add("hunter22");
        String text = "hunter2 hunter hunt";
        assertThat(masked(text)).isSameAs(text);
    }

    @Test
    void passwordsOfAddresses_areSecretsHoweverTheyAreWritten() {
        read("sources:\n  a: {http: x, proxy: 'http://me:hunt%2Fer22@proxy:3128/'}\n"
                + "  b: {mongo: 'mongodb://you:tr@ub4dor@one:1,two:2/x'}\n");
        assertThat(masked("hunt%2Fer22 hunt/er22 http://me:hunt%2Fer22@proxy tr@ub4dor"))
                .isEqualTo("*** *** http://***@proxy ***");
        String basic = Base64.getEncoder().encodeToString("me:hunt/er22".getBytes(StandardCharsets.UTF_8));
        assertThat(masked("Basic " + basic)).isEqualTo("Basic ***");
    }

    @Test
    void passwordThatIsTheUsersName_isMaskedBesideItAlone() {
        read("sources: {a: {postgres: 'postgres://postgres:postgres@db/x'}}");
        assertThat(masked("the postgres at postgres://postgres:postgres@db/x"))
                .isEqualTo("the postgres at postgres://***@db/x");
    }

    @Test
    void whatIsSecret_isSaidByWhereItComesFromOrWhereItStands() throws IOException {
        Files.writeString(dir.resolve("file"), "of-a-file\n");
        Mapping read = (Mapping) resolve("""
                sources:
                  a:
                    http: 'https://${env:PLAIN}.example/${secret:HIDDEN}/v1'
                    headers: {authorization: 'Bearer ${env:TOKEN}', X-Api-Key: plain-key, accept: '${env:PLAIN}'}
                  b: {postgres: 'postgres://me:${env:PASSWORD}@db/x', pool: '${env:NUMBER}'}
                  c: {mysql: '${env:URL}', note: 'a ${file:file} b'}
                callers: {d: {key: '${env:KEY}'}, e: {key: 'sha256:0123'}}
                """);
        assertThat(shown(read, "sources", "a", "http")).isEqualTo("https://plain-value.example/***/v1");
        assertThat(text(read, "sources", "a", "http")).isEqualTo("https://plain-value.example/hidden-value/v1");
        assertThat(shown(read, "sources", "a", "headers", "authorization")).isEqualTo("***");
        assertThat(shown(read, "sources", "a", "headers", "X-Api-Key")).isEqualTo("***");
        assertThat(shown(read, "sources", "a", "headers", "accept")).isEqualTo("plain-value");
        assertThat(shown(read, "sources", "b", "postgres")).isEqualTo("postgres://me:***@db/x");
        assertThat(shown(read, "sources", "c", "mysql")).isEqualTo("mysql://you:***@db/x");
        assertThat(shown(read, "sources", "c", "note")).isEqualTo("a *** b");
        assertThat(shown(read, "callers", "d", "key")).isEqualTo("***");
        assertThat(shown(read, "callers", "e", "key")).isEqualTo("sha256:0123");
        assertThat(masked("plain-value hidden-value token-value plain-key p/w@d-value url-word of-a-file key-of-caller"
                        + " sha256:0123 44"))
                .isEqualTo("plain-value *** *** *** *** *** *** *** sha256:0123 44");
    }

    @Test
    void passwordInTheQueryOfAnAddress_isSecretToo() throws IOException {
        Mapping read = (Mapping) resolve(
                "{a: 'postgres://h/x?user=me&password=${env:TOKEN}&b=1', b: 'postgres://h/x?password=in-a-query'}");
        assertThat(shown(read, "a")).isEqualTo("postgres://h/x?user=me&password=***&b=1");
        assertThat(shown(read, "b")).isEqualTo("postgres://h/x?password=***");
        assertThat(masked("token-value in-a-query")).isEqualTo("*** ***");
    }

    @Test
    void maskOfAnAddress_standsWhereTheSecretWasPut_andNowhereElse() throws IOException {
        Mapping read = (Mapping)
                resolve("{a: 'http://${secret:WORD}.example/prod/${env:PLAIN}', b: 'http://prod.example/prod'}");
        assertThat(shown(read, "a")).isEqualTo("http://***.example/prod/plain-value");
        assertThat(shown(read, "b")).isEqualTo("http://prod.example/prod");
    }

    @Test
    void privateKey_whereItsFileShouldBe_isSecret() throws IOException {
        Mapping read = (Mapping) resolve("{tls: {key: '${env:PEM}', cert: /etc/cert.pem}}");
        assertThat(shown(read, "tls", "key")).isEqualTo("***");
        assertThat(shown(read, "tls", "cert")).isEqualTo("/etc/cert.pem");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "${secret:NONE}|the environment has no variable NONE, which holds a secret; set it",
                "${secret:EMPTY}|the variable EMPTY, which holds a secret, is empty; set it",
                "${secret:NONE:-x}|\"${secret:NONE:-x}\" is not a reference; write ${secret:NAME}, ${file:PATH}, ${env:NAME} or"
                        + " ${env:NAME:-default}, and $${ for a plain ${; a secret has no default"
            })
    void secretThatIsNotThere_isAProblem(String written, String problem) {
        var problems = new Problems();
        new Secrets(dir, ENV::get)
                .resolve(Yaml.read("f", ("a: '" + written + "'").getBytes(StandardCharsets.UTF_8)), problems);
        assertThat(problems.list()).extracting(Problem::message).containsExactly(problem);
    }

    @Test
    void fileThatIsNotThere_isNamedOnce_byItsWholePath() throws IOException {
        Files.writeString(
                dir.resolve("muster.yaml"),
                "callers: {a: {key: '${file:keys/../none}'}}\nsources: {b: {http: 'http://h', tls: {trust: '${file:none}'}}}\n");
        var problems = new Problems();
        Configuration conf = Configuration.load(dir, true, Set.of("http"), ENV::get, problems);
        // What follows from it is no problem of its own.
        problems.add(conf.sources().get("b").mapping().get("http").at(), "another");
        new Fields((Mapping) conf.section("callers").orElseThrow().get("a"), "a", problems).integer("key", 1, 2);
        assertThat(problems.list())
                .extracting(Problem::message)
                .containsExactly(
                        "the secret's file " + dir.resolve("none").toAbsolutePath() + " does not exist",
                        "another",
                        "the secret's file " + dir.resolve("none").toAbsolutePath() + " does not exist");
    }

    @Test
    void warnings_areOfPlainVariablesInHeadersOfSecrets() throws IOException {
        resolve("""
                sources:
                  a:
                    headers:
                      Proxy-Authorization: ${env:TOKEN}
                      x-my-TOKEN: 'Token ${env:NONE:-default}'
                      cookie: ${secret:HIDDEN}
                      set-cookie: literal
                      accept: ${env:PLAIN}
                """);
        assertThat(secrets.warnings())
                .extracting(Problem::toString)
                .containsExactly(
                        "muster.yaml:4:28: the header Proxy-Authorization holds a secret; write ${secret:NAME}"
                                + " instead of ${env:NAME}",
                        "muster.yaml:5:19: the header x-my-TOKEN holds a secret; write ${secret:NAME} instead of"
                                + " ${env:NAME}");
    }

    @Test
    void anyReferences_areShownWithoutTheirSecrets() {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        String[] pieces = {"x", "/", "://", "@", ":", "${secret:HIDDEN}", "${env:PLAIN}", "$${", "${env:URL}", "\uE000"
        };
        for (int round = 0; round < 2_000; round++) {
            var written = new StringBuilder();
            random.ints(1 + random.nextInt(8), 0, pieces.length).forEach(piece -> written.append(pieces[piece]));
            Scalar scalar = (Scalar) new Secrets(dir, ENV::get)
                    .resolve(Scalar.of(Position.start("f"), written.toString()), new Problems());
            String value = written.toString()
                    .replace("${secret:HIDDEN}", "hidden-value")
                    .replace("${env:PLAIN}", "plain-value")
                    .replace("${env:URL}", ENV.get("URL"))
                    .replace("$${", "${");
            assertThat(scalar.text()).as("seed %d: %s", seed, written).isEqualTo(value);
            assertThat(scalar.shown())
                    .as("seed %d: %s", seed, written)
                    .doesNotContain("hidden-value")
                    .doesNotContain("url-word");
        }
    }

    @Test
    void anyText_isMaskedInEveryForm() {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            String secret = random.ints(8 + random.nextInt(20), 0x20, 0x17F)
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();
            var some = new Secrets(Path.of("."), Map.<String, String>of()::get);
            some.add(secret);
            String json = Json.write("-" + secret + "-");
            String form = URLEncoder.encode("-" + secret + "-", StandardCharsets.UTF_8);
            assertThat(some.mask("-" + secret + "-"))
                    .as("seed %d: %s", seed, secret)
                    .isEqualTo("-***-");
            assertThat(some.mask(json)).as("seed %d: %s", seed, secret).isEqualTo("\"-***-\"");
            assertThat(some.mask(form)).as("seed %d: %s", seed, secret).isEqualTo("-***-");
        }
    }
}
