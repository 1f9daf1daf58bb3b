package dev.muster.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.json.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {
    private final Secrets secrets = new Secrets(Path.of("."), Map.<String, String>of()::get);

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
