package dev.muster.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.config.Position;
import dev.muster.config.Problems;
import dev.muster.config.Scalar;
import dev.muster.config.Secrets;
import dev.muster.json.Json;
import dev.muster.log.Heard.Line;
import java.math.BigDecimal;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class LogFormatTest {
    private static final String NAME = "dev.muster.test.LogFormatTest";
    private static final String SECRET = "h\"u/n t\\er=2\u00fc\n7";

    private final Logger log = LoggerFactory.getLogger(NAME);
    private Heard heard = Heard.of(NAME);

    @AfterEach
    void close() {
        heard.close();
    }

    private Line only() {
        assertThat(heard.lines()).hasSize(1);
        return heard.lines().get(0);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> json(Line line) {
        assertThat(line.json()).endsWith("\n");
        assertThat(line.json().strip()).doesNotContain("\n");
        return (Map<String, Object>) Json.parse(line.json());
    }

    @Test
    void line_hasItsTimeLevelLoggerAndMessage() {
        log.info("hello {}", "you");

        assertThat(only().text()).matches("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} INFO  " + NAME + ": hello you\n");
        assertThat(json(only()).keySet()).containsExactly("time", "level", "logger", "message", "thread");
        assertThat(json(only()))
                .containsEntry("level", "info")
                .containsEntry("logger", NAME)
                .containsEntry("message", "hello you")
                .containsEntry("thread", Thread.currentThread().getName());
        assertThat((String) json(only()).get("time")).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
    }

    @Test
    void fieldsOfALine_areFieldsInJson_andItsRunIsShown() {
        log.atWarn()
                .addKeyValue("ms", 1.5)
                .addKeyValue("status", 200)
                .addKeyValue("run", "01J")
                .addKeyValue("plan", "page")
                .addKeyValue("step", "a.b")
                .addKeyValue("caller", (Object) null)
                .log("it");

        assertThat(only().text()).endsWith(" WARN  " + NAME + ": [run 01J page/a.b] it\n");
        assertThat(json(only()).keySet())
                .containsExactly("time", "level", "logger", "message", "run", "plan", "step", "thread", "ms", "status");
        assertThat(json(only())).containsEntry("ms", new BigDecimal("1.5")).containsEntry("status", 200L);
    }

    @Test
    void error_hasItsTypeMessageAndStack() {
        log.error("it failed", new IllegalStateException("bad\nday", new RuntimeException("why")));

        assertThat(only().text())
                .contains(": it failed\n  java.lang.IllegalStateException: bad\n  day\n")
                .contains("\n  Caused by: java.lang.RuntimeException: why");
        @SuppressWarnings("unchecked")
        var error = (Map<String, Object>) json(only()).get("error");
        assertThat(error)
                .containsEntry("type", "java.lang.IllegalStateException")
                .containsEntry("message", "bad\nday");
        assertThat((String) error.get("stack"))
                .contains("\tat ")
                .contains("Caused by: java.lang.RuntimeException: why");
    }

    @Test
    void lineThatForgesAnother_staysOne() {
        log.info("x{}", "\r\n00:00:00.000 ERROR forged: \u001b[2J\u2028\u202e");

        assertThat(only().text()).endsWith("x\n  00:00:00.000 ERROR forged: \\u001b[2J\\u2028\\u202e\n");
        assertThat(json(only()).get("message")).isEqualTo("x\r\n00:00:00.000 ERROR forged: \u001b[2J\u2028\u202e");
    }

    @Test
    void longMessage_isCut_andSaysSo() {
        log.info("\u00e4".repeat(20_000));
        String message = (String) json(only()).get("message");

        assertThat(message).startsWith("\u00e4".repeat(8_192) + "… (cut: 20000 characters in all)");
        assertThat(only().text()).endsWith("(cut: 20000 characters in all)\n");
    }

    @Test
    void secret_isInNeitherForm_howeverItStandsThere() {
        Secrets secrets = secrets(SECRET);
        heard.close();
        heard = Heard.of(NAME, secrets::mask);
        for (String form : forms()) {
            log.atWarn()
                    .addKeyValue("key", "<" + form + ">")
                    .setCause(new IllegalStateException("driver: " + form, new RuntimeException("cause: " + form)))
                    .log("a message with {}", form);
            // Cut right through it, were it not masked before.
            log.warn("x".repeat((16 << 10) - 5) + form);
        }

        assertThat(heard.lines()).hasSize(2 * forms().size());
        for (Line line : heard.lines()) {
            assertThat(line.text()).contains("***");
            assertHidden(line.text());
            assertHidden(line.json());
            assertHidden(String.valueOf(json(line)));
        }
    }

    @Test
    void secretThatLooksLikeJson_leavesItJson() {
        Secrets secrets = secrets("\",\"thread\":\"");
        heard.close();
        heard = Heard.of(NAME, secrets::mask);
        log.info("plain");

        assertThat(json(only())).containsEntry("message", "plain");
    }

    private static void assertHidden(String line) {
        forms().forEach(form -> assertThat(line).doesNotContain(form));
        assertThat(line).doesNotContain("h\\\"u/n").doesNotContain("n t\\\\er");
    }

    private static List<String> forms() {
        byte[] bytes = SECRET.getBytes(StandardCharsets.UTF_8);
        String json = Json.write(SECRET);
        return List.of(
                SECRET,
                URLEncoder.encode(SECRET, StandardCharsets.UTF_8),
                URLEncoder.encode(SECRET, StandardCharsets.UTF_8).replace("+", "%20"),
                Base64.getEncoder().withoutPadding().encodeToString(bytes).substring(0, 21),
                json.substring(1, json.length() - 1));
    }

    private static Secrets secrets(String secret) {
        var secrets = new Secrets(Path.of("."), Map.of("SECRET", secret)::get);
        secrets.resolve(
                new Scalar(Position.start("test"), "${secret:SECRET}", "${secret:SECRET}", true), new Problems());
        return secrets;
    }
}
