package dev.muster.connect.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextEncodingTest {

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    @ParameterizedTest
    @CsvSource({
        "iso-8859-1, 808199fc, €\u0081™ü",
        "latin1, 93, “",
        "us-ascii, e9, é",
        "windows-1252, 8d8f909d, \u008d\u008f\u0090\u009d",
        "iso-8859-9, 80f0, €ğ",
        "iso-8859-11, a1, ก",
        "tis-620, 80fb, €๛",
        "iso-8859-10, a1ff, Ąĸ",
        "iso-8859-14, a1fe, Ḃŷ",
        "iso-8859-15, a4, €",
        "windows-1250, 8183, \u0081\u0083",
        "koi8-u, a4, є",
        "gb2312, c4e3, 你",
        "gbk, c4e3, 你",
        "gb18030, 8130b136, ʍ",
        "shift_jis, 8740, ①",
        "sjis, 88a2, 阿",
        "euc-jp, b0a2, 唖",
        "iso-2022-jp, 1b2442242200, x",
        "ks_c_5601-1987, 8141, 갂",
        "big5, a440, 一",
        "macintosh, db, €",
        "utf-16, 410042d8, x",
        "utf-16, 410042, x",
        "utf-16, 4100e400, Aä",
        "utf-16be, 004100e4, Aä",
        "utf-16, feff0041, A",
        "iso-8859-1, efbbbfc3bc, ü",
        "utf-8, fffe4100, A",
        "x-user-defined, 41ff, A\uF7FF",
        "unicode-1-1-utf-8, c3bc, ü",
        "' UTF8 ', c3bc, x"
    })
    void label_decodesAsTheStandardSays(String label, String hex, String text) throws Exception {
        if (text.equals("x")) {
            TextEncoding found = TextEncoding.of(label);
            if (found != null) {
                assertThatThrownBy(() -> found.decode(bytes(hex))).isInstanceOf(TextEncoding.MalformedException.class);
            }
            return;
        }
        assertThat(TextEncoding.of(label)).isNotNull();
        assertThat(TextEncoding.of(label).decode(bytes(hex))).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"klingon", "utf-7", "utf-32", "iso-2022-kr", "hz-gb-2312", "replacement", "cp850", "", "'utf-8'"
            })
    void labelThatTheStandardDoesNotKnowOrRefuses_isNone(String label) {
        assertThat(TextEncoding.of(label)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "utf-8, 61c328, 1",
        "utf-8, 61eda0bd, 1",
        "windows-1253, 61aa, 1",
        "windows-874, 61db, 1",
        "shift_jis, 6181, 1",
        "iso-8859-7, 6161ff, 2"
    })
    void bytesThatAreNotOfTheEncoding_areRefusedWithTheirPlace(String label, String hex, int at) {
        assertThatThrownBy(() -> TextEncoding.of(label).decode(bytes(hex)))
                .isInstanceOfSatisfying(
                        TextEncoding.MalformedException.class,
                        e -> assertThat(e.at()).isEqualTo(at));
    }

    @Test
    void everyLabelOfTheTable_isOfOneEncodingThatThisJvmHas() throws Exception {
        try (InputStream in = TextEncoding.class.getResourceAsStream("charsets.txt")) {
            List<String> lines = new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .toList();
            assertThat(lines).hasSize(40);
            List<String> labels = lines.stream()
                    .flatMap(line -> Arrays.stream(line.split(" ")).skip(2))
                    .toList();
            assertThat(labels).doesNotHaveDuplicates().hasSize(227);
            assertThat(labels)
                    .allSatisfy(label -> assertThat(TextEncoding.of(label) == null)
                            .as(label)
                            .isEqualTo(lines.stream()
                                    .anyMatch(line -> line.startsWith("replacement ")
                                            && List.of(line.split(" ")).contains(label))));
        }
    }
}
