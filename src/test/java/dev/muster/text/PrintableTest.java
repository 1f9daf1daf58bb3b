package dev.muster.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.config.Amounts;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrintableTest {

    @ParameterizedTest
    @CsvSource({
        "001b, \\u001b",
        "0007, \\u0007",
        "007f, \\u007f",
        "009b, \\u009b",
        "00ad, \\u00ad",
        "061c, \\u061c",
        "180e, \\u180e",
        "200b, \\u200b",
        "2028, \\u2028",
        "202e, \\u202e",
        "feff, \\ufeff",
        "fff9, \\ufff9",
        "110bd, \\ud804\\udcbd",
        "e0041, \\udb40\\udc41",
        "000a, \\u000a"
    })
    void characterWithoutAShape_isShownByItsNumber(String hex, String shown) {
        String text = "é" + Character.toString(Integer.parseInt(hex, 16)) + "日";
        assertThat(Printable.line(text)).isEqualTo("é" + shown + "日");
        assertThat(new String(Printable.line(text.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8))
                .isEqualTo("é" + shown + "日");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "plain", "Zürich – “quoted” … €", "日本語 😀 𝄞 𐍈", "עברית العربية"})
    void textThatHasNone_staysTheSameObject(String text) {
        assertThat(Printable.line(text)).isSameAs(text);
        byte[] utf8 = (text + "\n").getBytes(StandardCharsets.UTF_8);
        assertThat(Printable.line(utf8)).isSameAs(utf8);
    }

    @Test
    void halfACharacter_isShownByItsNumber() {
        assertThat(Printable.line("a\ud83db\udc00")).isEqualTo("a\\ud83db\\udc00");
    }

    @Test
    void lineOfBytes_keepsItsEndAndShowsOthers() {
        byte[] shown = Printable.line("a\n\u009b\n".getBytes(StandardCharsets.UTF_8));
        assertThat(new String(shown, StandardCharsets.UTF_8)).isEqualTo("a\\u000a\\u009b\n");
    }

    @Test
    void lines_keepTheirEnds() {
        assertThat(Printable.lines("a\r\nb\tc\u001b\n", "\n  ")).isEqualTo("a\n  b\tc\\u001b\n  ");
    }

    @Test
    void amount_ofOneIsInTheSingular() {
        assertThat(Amounts.of(1, "plan")).isEqualTo("1 plan");
        assertThat(Amounts.of(0, "plan")).isEqualTo("0 plans");
        assertThat(Amounts.of(2, "plan")).isEqualTo("2 plans");
    }
}
