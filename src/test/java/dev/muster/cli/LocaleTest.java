package dev.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.Main;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Processes without a locale, as cron, systemd, ssh and bare containers start them. */
@EnabledOnOs(OS.LINUX)
@Timeout(200)
class LocaleTest extends CommandCase {
    private static final Map<String, String> NO_LOCALE = Map.of();

    @ParameterizedTest
    @ValueSource(strings = {"", "C", "POSIX", "de_DE.ISO-8859-1"})
    void argument_isTheSameWhateverTheLocale(String locale) throws Exception {
        ShellCommand echo = ShellCommand.muster(
                "", Map.of("LANG", locale), "run", echo(), "--input", "{\"s\": \"Zürich 😀\"}", "--conf", conf);
        assertThat(echo).extracting(ShellCommand::code, ShellCommand::out).containsExactly(0, "\"Zürich 😀\"\n");
    }

    @Test
    void argumentThatIsNotUtf8_isRefused() throws Exception {
        ShellCommand latin = ShellCommand.muster(
                "\"$(printf '{\"s\": \"Z\\374rich\"}')\"", NO_LOCALE, "run", echo(), "--conf", conf, "--input");
        assertThat(latin.code()).as(latin.err()).isEqualTo(2);
        assertThat(latin.out()).isEmpty();
        assertThat(latin.err()).contains("argument 6 is not UTF-8");
    }

    @ParameterizedTest
    @CsvSource({"--conf größe, --conf", "--input @größe.json, --input"})
    void fileWithAnUmlaut_isRefusedOrRead(String words, String place) throws Exception {
        var line = new ArrayList<>(List.of("run", echo()));
        line.addAll(List.of(words.split(" ")));
        ShellCommand refused = ShellCommand.muster("", NO_LOCALE, line.toArray(String[]::new));
        assertThat(refused.code()).as(refused.err()).isEqualTo(2);
        assertThat(refused.said()).singleElement().asString().contains(place, "größe", "LC_ALL=C.UTF-8");
    }

    @Test
    void planWithAnUmlautInItsName_isRefusedWithoutALocaleAndReadWithOne() throws Exception {
        String plan = "größe.yaml";
        ShellCommand refused = ShellCommand.muster("", NO_LOCALE, "check", plan, "--conf", conf);
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("größe.yaml").doesNotContain("\tat ");
        ShellCommand read = ShellCommand.shell(
                "cd \"$1\" && printf 'plan: p\\noutput: 1\\n' >größe.yaml && shift && exec \"$@\"",
                Map.of("LC_ALL", "C.UTF-8"),
                List.of(
                        dir.toString(),
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "run",
                        plan));
        assertThat(read).extracting(ShellCommand::code, ShellCommand::out).containsExactly(0, "1\n");
    }

    @Test
    void variableOfTheConfiguration_isTheSameWithoutALocale() throws Exception {
        Files.writeString(dir.resolve("conf/muster.yaml"), "sources: {d: {http: 'http://127.0.0.1:9/${env:PLACE}'}}\n");
        ShellCommand check = ShellCommand.muster(
                "", Map.of("PLACE", "Zürich"), "run", plan("q", "steps: {a: {http: d, get: /}}"), "--conf", conf);
        assertThat(check.err()).doesNotContain("\ufffd").doesNotContain("??");
    }

    @ParameterizedTest
    @CsvSource(
            value = {
                "-, -, LC_CTYPE=C.UTF-8",
                "LANG, C, LC_CTYPE=C.UTF-8",
                "LANG, de_DE.ISO-8859-1, LC_CTYPE=C.UTF-8",
                "LC_ALL, POSIX, LC_ALL=C.UTF-8",
                "LANG, C.UTF-8, -",
                "LC_ALL, C.utf8, -"
            },
            nullValues = "-")
    void script_givesTheJvmALocaleThatIsUtf8(String variable, String value, String expected) throws Exception {
        Path home = Files.createDirectories(dir.resolve("home"));
        Files.createDirectories(home.resolve("target"));
        Files.writeString(home.resolve("target/muster.jar"), "");
        Files.createDirectories(home.resolve("scripts"));
        for (String script : List.of("muster", "lib-jdk")) {
            Files.copy(
                    Path.of("scripts", script),
                    home.resolve("scripts").resolve(script),
                    StandardCopyOption.COPY_ATTRIBUTES);
        }
        Path java = Files.createDirectories(home.resolve("jdk/bin")).resolve("java");
        Files.writeString(home.resolve("jdk/release"), "JAVA_VERSION=\"17.0.1\"\n");
        Files.writeString(java, "#!/bin/sh\nenv | grep '^LC_' | sort\n", StandardCharsets.UTF_8);
        assertThat(java.toFile().setExecutable(true)).isTrue();
        Map<String, String> env = variable == null
                ? Map.of("JAVA_HOME", home.resolve("jdk").toString())
                : Map.of("JAVA_HOME", home.resolve("jdk").toString(), variable, value);
        ShellCommand run = ShellCommand.shell(
                "exec \"$@\"", env, List.of(home.resolve("scripts/muster").toString()));
        assertThat(run.code()).as(run.err()).isZero();
        if (expected == null) {
            assertThat(run.out()).isEqualTo("LC_ALL".equals(variable) ? variable + "=" + value + "\n" : "");
        } else {
            assertThat(run.out().lines()).containsExactly(expected);
        }
    }

    private String echo() throws Exception {
        return plan("echo", "input: {s: string?}\noutput: = input.s");
    }
}
