package dev.muster.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JsonWriteTest {
    @Test
    void write_everyKindOfValue() {
        List<Object> values = new ArrayList<>(Arrays.asList(null, true, "x", 1L, 2, 1.0, 1.5f, (short) 3));
        values.add(new BigInteger("9223372036854775808"));
        values.add(new BigDecimal("1.10"));
        values.add(Map.of("a", List.of()));
        values.add(Map.of());
        assertThat(Json.write(values))
                .isEqualTo("[null,true,\"x\",1,2,1.0,1.5,3,9223372036854775808,1.10,{\"a\":[]},{}]");
    }

    @Test
    void write_decimal_neverFloods() {
        assertThat(Json.write(new BigDecimal("1E-7"))).isEqualTo("0.0000001");
        assertThat(Json.write(new BigDecimal("1E+1000000"))).isEqualTo("1E+1000000");
        assertThat(Json.write(new BigDecimal("1E-1000000"))).isEqualTo("1E-1000000");
    }

    @Test
    void write_numbersThatJsonLacks_areRefused() {
        assertThatThrownBy(() -> Json.write(Double.NaN))
                .isInstanceOf(JsonException.class)
                .hasMessage("NaN cannot be represented in JSON");
        assertThatThrownBy(() -> Json.write(List.of(Float.NEGATIVE_INFINITY))).isInstanceOf(JsonException.class);
    }

    @Test
    void write_otherClass_isNamed() {
        assertThatThrownBy(() -> Json.write(Map.of("at", Instant.EPOCH)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("java.time.Instant");
        assertThatThrownBy(() -> Json.write(Map.of(1, 2))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void write_text_escapesOnlyWhatItMust() {
        assertThat(Json.write("\"\\\n\r\t\b\f\u0001/é日😀")).isEqualTo("\"\\\"\\\\\\n\\r\\t\\b\\f\\u0001/é日😀\"");
    }

    @Test
    void write_loneSurrogate_isEscaped() {
        assertThat(Json.write("a\uD83Db\uDE00")).isEqualTo("\"a\\ud83db\\ude00\"");
        assertThat(Json.write("\uD83D\uD83D\uDE00")).isEqualTo("\"\\ud83d😀\"");
    }

    @Test
    void write_longTextWithPairsAtEveryOffset_readsBackTheSame() {
        for (int offset = 0; offset < 4; offset++) {
            String text = "x".repeat(offset) + "😀é".repeat(20_000);
            assertThat(Json.parse(Json.writeBytes(text))).isEqualTo(text);
        }
    }

    @Test
    void writeBytes_withinTheLimit_isWhole() {
        byte[] whole = Json.writeBytes(List.of("abc", 1L));
        assertThat(Json.writeBytes(List.of("abc", 1L), whole.length)).isEqualTo(whole);
    }

    @Test
    void writeBytes_beyondTheLimit_saysTheBound() {
        assertThatThrownBy(() -> Json.writeBytes(List.of("abc", 1L), 8))
                .isInstanceOfSatisfying(
                        JsonTooLargeException.class,
                        e -> assertThat(e.limitBytes()).isEqualTo(8))
                .hasMessageContaining("more than 8 bytes");
    }

    @Test
    void writeBytes_muchBeyondTheLimit_stopsEarly() {
        List<Object> endless = Collections.nCopies(Integer.MAX_VALUE, "a text of some length");
        assertThatThrownBy(() -> Json.writeBytes(endless, 100_000)).isInstanceOf(JsonTooLargeException.class);
    }

    @Test
    void write_toStream_isTheSameAndLeavesItOpen() throws IOException {
        Map<String, Object> value = Map.of("a", Collections.nCopies(10_000, "é\n"));
        boolean[] closed = new boolean[1];
        ByteArrayOutputStream out = new ByteArrayOutputStream() {
            @Override
            public void close() {
                closed[0] = true;
            }
        };
        Json.write(value, out);
        assertThat(out.toByteArray()).isEqualTo(Json.writeBytes(value));
        assertThat(closed[0]).isFalse();
    }

    @Test
    void write_toBrokenStream_throwsItsError() {
        OutputStream broken = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("gone");
            }
        };
        assertThatThrownBy(() -> Json.write(1L, broken))
                .isInstanceOf(IOException.class)
                .hasMessage("gone");
    }

    @Test
    void write_valueThatHoldsItself_isRefused() {
        List<Object> loop = new ArrayList<>();
        loop.add(loop);
        assertThatThrownBy(() -> Json.write(loop))
                .isInstanceOf(JsonException.class)
                .hasMessageContaining("1000");
    }

    @Test
    void pretty_indentsByTwoInTheOrderOfKeys() {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("b", List.of(1L, Map.of()));
        value.put("a", List.of());
        assertThat(Json.pretty(value)).isEqualTo("""
                {
                  "b": [
                    1,
                    {}
                  ],
                  "a": []
                }""");
    }

    @Test
    void write_ofAParsedText_dropsSpaces() {
        assertThat(Json.write(Json.parse(" { \"a\" : [ 1.10 , 2 ] } "))).isEqualTo("{\"a\":[1.10,2]}");
    }

    @Test
    void equal_numbers_byWhatTheyAreWorth() {
        assertThat(Json.equal(1L, new BigDecimal("1.00"))).isTrue();
        assertThat(Json.equal(1, 1.0)).isTrue();
        assertThat(Json.equal(new BigInteger("1"), 1L)).isTrue();
        assertThat(Json.equal(0.1, new BigDecimal("0.10"))).isTrue();
        assertThat(Json.equal(1L, 2.0)).isFalse();
        assertThat(Json.equal(1L, "1")).isFalse();
        assertThat(Json.equal(Double.NaN, 1L)).isFalse();
        assertThat(Json.equal(null, 0L)).isFalse();
    }

    @Test
    void equal_structures_keysInAnyOrderListsInOrder() {
        assertThat(Json.equal(Json.parse("{\"a\":1,\"b\":[1.0]}"), Json.parse("{\"b\":[1],\"a\":1.00}")))
                .isTrue();
        assertThat(Json.equal(Json.parse("{\"a\":null}"), Json.parse("{\"b\":null}")))
                .isFalse();
        assertThat(Json.equal(List.of(1L, 2L), List.of(2L, 1L))).isFalse();
        assertThat(Json.equal(List.of(1L), List.of(1L, 2L))).isFalse();
    }

    @Test
    void writeAndParse_randomValues_comeBackEqual() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            Object value = value(random, 4);
            assertThat(Json.parse(Json.write(value)))
                    .as("seed %d, round %d", seed, i)
                    .isEqualTo(value);
            assertThat(Json.parse(Json.pretty(value).getBytes(StandardCharsets.UTF_8)))
                    .as("seed %d, round %d", seed, i)
                    .isEqualTo(value);
        }
    }

    private static Object value(Random random, int depth) {
        switch (random.nextInt(depth == 0 ? 6 : 8)) {
            case 0:
                return null;
            case 1:
                return random.nextBoolean();
            case 2:
                return random.nextLong() >> random.nextInt(64);
            case 3:
                return new BigInteger(200, random).add(BigInteger.ONE.shiftLeft(64));
            case 4:
                return new BigDecimal(new BigInteger(80, random), 1 + random.nextInt(30));
            case 5:
                return text(random);
            case 6:
                List<Object> list = new ArrayList<>();
                for (int i = random.nextInt(5); i > 0; i--) {
                    list.add(value(random, depth - 1));
                }
                return list;
            default:
                Map<String, Object> map = new LinkedHashMap<>();
                for (int i = random.nextInt(5); i > 0; i--) {
                    map.put(text(random), value(random, depth - 1));
                }
                return map;
        }
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        int[] highest = {0x80, 0x800, 0x10000, 0x110000};
        for (int i = random.nextInt(12); i > 0; i--) {
            text.appendCodePoint(random.nextInt(highest[random.nextInt(4)]));
        }
        return text.toString();
    }
}
