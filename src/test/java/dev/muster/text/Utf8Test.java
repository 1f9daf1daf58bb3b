package dev.muster.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Utf8Test {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\uD83D",
                "\uDE00",
                "a\uD83D",
                "\uD83Da",
                "\uDE00\uD83D",
                "\uD83D\uD83D\uDE00",
                "\uD83D\uDE00\uDE00"
            })
    void textWithHalfACharacter_hasNoBytes(String text) {
        assertThat(Utf8.hasHalf(text)).isTrue();
        assertThatThrownBy(() -> Utf8.encode(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the text has an unpaired surrogate, which UTF-8 cannot encode");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "a", "\u0000", "\u00fc", "\uFFFD", "\uFFFF", "\uD83D\uDE00", "a\uD83D\uDE00\uD83D\uDE01b"})
    void otherTexts_comeBackAsTheyWent(String text) {
        assertThat(Utf8.hasHalf(text)).isFalse();
        assertThat(Utf8.decode(Utf8.encode(text))).isEqualTo(text);
    }

    @Test
    void randomTextsAndBytes_areTakenOrRefusedAsByTheStrictCodersOfTheJdk() {
        var random = new Random(11);
        for (int i = 0; i < 20_000; i++) {
            var text = new StringBuilder();
            var bytes = new byte[random.nextInt(6)];
            random.nextBytes(bytes);
            for (int n = random.nextInt(6); n > 0; n--) {
                text.append((char) (random.nextBoolean() ? 0xD7F0 + random.nextInt(0x820) : random.nextInt(0x10000)));
            }
            assertThat(Utf8.hasHalf(text.toString()))
                    .isEqualTo(!StandardCharsets.UTF_8.newEncoder().canEncode(text));
            assertThat(Utf8.firstWrong(bytes, 0, bytes.length) < 0).isEqualTo(isUtf8(bytes));
        }
    }

    private static boolean isUtf8(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    @Test
    void bytesThatAreNotUtf8_areRefusedWithTheirPlace() {
        assertThatThrownBy(() -> Utf8.decode(new byte[] {'a', 'b', (byte) 0xFC}))
                .hasMessage("is not UTF-8, from byte 2 on");
    }

    @Test
    void beginning_cutsNoCharacterInHalf() {
        assertThat(Utf8.beginning("ab\uD83D\uDE00", 3)).isEqualTo("ab");
        assertThat(Utf8.beginning("ab\uD83D\uDE00", 4)).isEqualTo("ab\uD83D\uDE00");
        assertThat(Utf8.beginning("abc", 2)).isEqualTo("ab");
        assertThat(Utf8.beginning("a\uD83Dx", 2)).isEqualTo("a\uD83D");
        assertThat(Utf8.beginning("\uD83D\uDE00", 0)).isEmpty();
    }

    @Test
    void charactersAreCodePoints() {
        assertThat(Utf8.characters("a\uD83D\uDE00\u00fc")).isEqualTo(3);
    }
}
