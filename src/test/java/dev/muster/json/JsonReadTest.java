package dev.muster.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonReadTest {
    @Test
    void parse_everyKindOfValue_isOfOurValues() {
        Object value =
                Json.parse("{\"a\":[null,true,false,\"x\",1,-9223372036854775808,9223372036854775808,1.10,1e3]}");
        List<Object> list = new ArrayList<>(Arrays.asList(null, true, false, "x", 1L, Long.MIN_VALUE));
        list.add(new BigInteger("9223372036854775808"));
        list.add(new BigDecimal("1.10"));
        list.add(new BigDecimal("1e3"));
        assertThat(value).isEqualTo(Map.of("a", list));
    }

    @Test
    void parse_object_keepsTheOrderOfKeys() {
        Map<?, ?> map = (Map<?, ?>) Json.parse("{\"z\":1,\"a\":null,\"m\":2}");
        assertThat(List.copyOf(map.keySet())).isEqualTo(List.of("z", "a", "m"));
    }

    @Test
    void parse_decimal_isExact() {
        assertThat(Json.parse("1.10")).isEqualTo(new BigDecimal("1.10"));
        assertThat(Json.parse("0.1000000000000000000000000001"))
                .isEqualTo(new BigDecimal("0.1000000000000000000000000001"));
    }

    @Test
    void parse_bytesAndText_agree() {
        String text = "{\"é\":\"日本 😀\",\"n\":[1,2.50]}";
        byte[] framed = ("##" + text + "##").getBytes(StandardCharsets.UTF_8);
        Object fromText = Json.parse(text);
        assertThat(Json.parse(text.getBytes(StandardCharsets.UTF_8))).isEqualTo(fromText);
        assertThat(Json.parse(framed, 2, framed.length - 4, JsonLimits.DEFAULT)).isEqualTo(fromText);
    }

    @Test
    void parse_byteOrderMark_isSkipped() {
        assertThat(Json.parse("\uFEFF1")).isEqualTo(1L);
        assertThat(Json.parse("\uFEFF1".getBytes(StandardCharsets.UTF_8))).isEqualTo(1L);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"a":            | 1 | 6 | unexpected end of text, in an object that began at line 1
            [1, 2            | 1 | 6 | unexpected end of text, in a list that began at line 1
            "abc             | 1 | 5 | unexpected end of text
            {"a":1,"a":2}    | 1 | 8 | the key "a" occurs twice
            {"a":null,"b":{"a":1},"a":null} | 1 | 23 | the key "a" occurs twice
            1 2              | 1 | 3 | there is text after the end of the value
            {} ]             | 1 | 4 | unexpected close marker ']'
            [1,]             | 1 | 4 | unexpected character ']'
            [1 2]            | 1 | 4 | unexpected character '2'
            {"é": x}         | 1 | 7 | "x" is not a JSON value
            [tru]            | 1 | 2 | "tru" is not a JSON value
            ["\\q"]          | 1 | 4 | unrecognized character escape 'q'
            {"a" 1}          | 1 | 6 | unexpected character '1': was expecting a colon
            [1}              | 1 | 3 | unexpected close marker '}': expected ']'
            /*x*/1           | 1 | 1 | JSON has no comments
            [,1]             | 1 | 2 | a value
            [+1]             | 1 | 3 | plus signs
            01               | 1 | 2 | Leading zeroes not allowed
            NaN              | 1 | 1 | "NaN" is not a JSON value
            'a'              | 1 | 1 | unexpected character
            1e999999         | 1 | 1 | exponent beyond 10000
            1e99999999999    | 1 | 1 | exponent beyond 10000
            1e-99999         | 1 | 1 | exponent beyond 10000
            """)
    void parse_wrongText_saysWhereAndWhat(String text, int line, int column, String reason) {
        for (boolean asBytes : new boolean[] {false, true}) {
            assertThatThrownBy(() -> {
                        if (asBytes) {
                            Json.parse(text.getBytes(StandardCharsets.UTF_8));
                        } else {
                            Json.parse(text);
                        }
                    })
                    .isInstanceOfSatisfying(JsonException.class, e -> {
                        assertThat(e.reason())
                                .contains(reason)
                                .doesNotContain("(code", "JSON String", "enable", "Source");
                        assertThat(List.of(e.line(), e.column()))
                                .as(e.getMessage())
                                .isEqualTo(List.of(line, column));
                    });
        }
    }

    @Test
    void parse_truncatedOnALaterLine_namesBothLines() {
        assertThatThrownBy(() -> Json.parse("[\n {\n  \"a\": 1,\n"))
                .hasMessage("line 4, column 1: unexpected end of text, in an object that began at line 2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  \n"})
    void parse_blank_saysEmpty(String text) {
        assertThatThrownBy(() -> Json.parse(text))
                .isInstanceOf(JsonException.class)
                .hasMessageContaining("empty");
    }

    @Test
    void parse_nesting_isBoundedAtTheLimit() {
        assertThat(Json.parse("[".repeat(256) + "]".repeat(256))).isNotNull();
        assertThatThrownBy(() -> Json.parse("[".repeat(257) + "]".repeat(257)))
                .hasMessage("line 1, column 257: nested deeper than 256 levels");
        assertThatThrownBy(() -> Json.parse("{\"a\":".repeat(100_000))).isInstanceOf(JsonException.class);
        assertThatThrownBy(() -> Json.parse("[[[]]]", JsonLimits.DEFAULT.withNesting(2)))
                .hasMessageContaining("deeper than 2 levels");
    }

    @Test
    void parse_hugeNumber_isRefusedQuickly() {
        String digits = "9".repeat(1_000_000);
        Assertions.assertTimeoutPreemptively(Duration.ofSeconds(5), () -> {
            assertThatThrownBy(() -> Json.parse(digits)).hasMessageContaining("more than 1000 characters");
            assertThatThrownBy(() -> Json.parse("[1." + digits + "]"))
                    .hasMessageContaining("more than 1000 characters");
        });
        assertThat(Json.parse("9".repeat(1_000))).isEqualTo(new BigInteger("9".repeat(1_000)));
    }

    @Test
    void parse_bytesThatAreNotUtf8_saysWhere() {
        byte[][] wrong = {
            {'"', (byte) 0xFF, '"'},
            {'"', (byte) 0xC0, (byte) 0xAF, '"'},
            {'"', (byte) 0xED, (byte) 0xA0, (byte) 0x80, '"'},
            {'"', (byte) 0xE2, (byte) 0x82, '"'},
            {'"', (byte) 0xF4, (byte) 0x90, (byte) 0x80, (byte) 0x80, '"'},
        };
        for (byte[] bytes : wrong) {
            assertThatThrownBy(() -> Json.parse(bytes)).hasMessage("line 1, column 2: a byte that is not UTF-8");
        }
        assertThatThrownBy(() -> Json.parse("[1]".getBytes(StandardCharsets.UTF_16BE)))
                .isInstanceOf(JsonException.class);
        assertThatThrownBy(() -> Json.parse("[1]".getBytes(StandardCharsets.UTF_16LE)))
                .hasMessageContaining("zero byte");
    }

    @Test
    void limits_outOfRange_areRefused() {
        assertThatThrownBy(() -> new JsonLimits(0, 10)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new JsonLimits(501, 10)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new JsonLimits(1, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void error_aboutAHugeKey_isShort() {
        String key = "k".repeat(100_000);
        assertThatThrownBy(() -> Json.parse("{\"" + key + "\":1,\"" + key + "\":2}"))
                .isInstanceOfSatisfying(
                        JsonException.class,
                        e -> assertThat(e.getMessage().length()).isLessThan(600));
    }
}
