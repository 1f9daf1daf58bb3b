package dev.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts of the operating system, read by JVMs of several locales. */
class ProcessTextTest {

    @ParameterizedTest
    @ValueSource(strings = {"US-ASCII", "ISO-8859-1", "UTF-8"})
    void words_areReadAsUtf8_whateverTheLocale(String encoding) {
        ProcessText text = text(encoding, "java\0run\0\0Zürich\0日本 😀\0", null);
        assertThat(text.exactly(asTheJvmReads(encoding, "", "Zürich", "日本 😀"))).containsExactly("", "Zürich", "日本 😀");
    }

    @Test
    void words_ofWhichTheJvmKnowsMoreThanTheSystem_areRefusedIfTheyAreNotCertain() {
        ProcessText text = text("US-ASCII", "java\0@words\0", null);
        assertThatThrownBy(() -> text.exactly(asTheJvmReads("US-ASCII", "run", "Zürich")))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("argument 2")
                .hasMessageContaining("LC_ALL=C.UTF-8");
    }

    @Test
    void words_withoutTheSystemsOwn_areTakenFromAJvmThatReadsUtf8() {
        var text = new ProcessText(null, null, StandardCharsets.UTF_8);
        assertThat(text.exactly(new String[] {"Zürich"})).isEqualTo(List.of("Zürich"));
        assertThatThrownBy(() -> text.exactly(new String[] {"Z\ufffdrich"}))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("not UTF-8");
    }

    @ParameterizedTest
    @ValueSource(strings = {"US-ASCII", "ISO-8859-1", "UTF-8"})
    void word_thatIsNotUtf8_isRefused(String encoding) {
        byte[] line = "run\0Z\u00fcrich\0".getBytes(StandardCharsets.ISO_8859_1);
        var text = new ProcessText(line, null, Charset.forName(encoding));
        String[] read = {"run", new String(line, 4, 6, Charset.forName(encoding))};
        assertThatThrownBy(() -> text.exactly(read))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("argument 2 is not UTF-8");
    }

    @Test
    void word_thatIsTheReplacementCharacterItself_isTaken() {
        ProcessText text = text("UTF-8", "java\0\ufffd\0", null);
        assertThat(text.exactly(new String[] {"\ufffd"})).containsExactly("\ufffd");
    }

    @Test
    void variable_isReadAsUtf8_orRefused() {
        ProcessText text = text("US-ASCII", "", "A=b\0PASSWORD=grün\0");
        String read = asTheJvmReads("US-ASCII", "grün")[0];
        assertThat(text.exactly("PASSWORD", read)).isEqualTo("grün");
        assertThatThrownBy(() -> text.exactly("OTHER", read))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("the variable OTHER");
    }

    @ParameterizedTest
    @ValueSource(strings = {"US-ASCII", "ISO-8859-1"})
    void file_thatTheLocaleCannotName_isRefused(String encoding) {
        assertThatThrownBy(() -> text(encoding, "", null).path("--conf", "größe"))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("--conf")
                .hasMessageContaining("LC_ALL=C.UTF-8");
        assertThat(text(encoding, "", null).path("--conf", "plain")).isEqualTo(Path.of("plain"));
    }

    @Test
    void file_whoseNameHoldsAZero_isRefused() {
        assertThatThrownBy(() -> text("UTF-8", "", null).path("the plan", "a\0b"))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("cannot be the name of a file");
    }

    private static ProcessText text(String encoding, String words, @Nullable String variables) {
        return new ProcessText(
                words.getBytes(StandardCharsets.UTF_8),
                variables == null ? null : variables.getBytes(StandardCharsets.UTF_8),
                Charset.forName(encoding));
    }

    private static String[] asTheJvmReads(String encoding, String... words) {
        return List.of(words).stream()
                .map(word -> new String(word.getBytes(StandardCharsets.UTF_8), Charset.forName(encoding)))
                .toArray(String[]::new);
    }
}
