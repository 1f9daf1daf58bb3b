package dev.muster.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonReadEachTest {

    private static final List<String> TEXTS = List.of(
            "1",
            "-2.50",
            "12345678901234567890123",
            "\"\"",
            "\"a\\n\\u00e4\u20ac\"",
            "true",
            "null",
            "[]",
            "{}",
            "{\"a\":{\"b\":[1,\"x\",null]}}",
            " 7",
            "8 ",
            "\n[1]\n",
            "\uFEFF9",
            "\"" + "long ".repeat(3_000) + "\"");

    @Test
    void manyTexts_areReadAsOneAfterTheOther() {
        for (long seed = 1; seed <= 200; seed++) {
            Random random = new Random(seed);
            List<String> texts = IntStream.range(0, random.nextInt(30))
                    .mapToObj(i -> TEXTS.get(random.nextInt(TEXTS.size() - random.nextInt(5))))
                    .toList();
            List<Object> expected = new ArrayList<>();
            texts.forEach(text -> expected.add(Json.parse(text)));
            assertThat(Json.parseEach(texts)).as("seed " + seed).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "1 2", "1\n2", "[1", "{\"a\":1", "1]", "\"open", "{\"a\":1,\"a\":2}", "nul", "1,", "0x1"
            })
    void textThatIsNoJson_failsAsByItself_whereverItStands(String wrong) {
        String message = messageOf(() -> Json.parse(wrong));
        for (int place = 0; place < 3; place++) {
            List<String> texts = new ArrayList<>(Collections.nCopies(3, "3"));
            texts.set(place, wrong);

            assertThat(messageOf(() -> Json.parseEach(texts))).isEqualTo(message);
        }
    }

    /** Together they would be two values. */
    @Test
    void textsThatMakeUpForEachOther_areRefused() {
        assertThatThrownBy(() -> Json.parseEach(List.of("1 2", ""))).isInstanceOf(JsonException.class);
        assertThatThrownBy(() -> Json.parseEach(List.of("", "1 2"))).isInstanceOf(JsonException.class);
        assertThatThrownBy(() -> Json.parseEach(List.of("[1", "2]"))).isInstanceOf(JsonException.class);
        assertThatThrownBy(() -> Json.parseEach(List.of("[", ",]", "]"))).isInstanceOf(JsonException.class);
    }

    @Test
    void deepText_isBoundedAsByItself() {
        int most = JsonLimits.DEFAULT.nesting();
        String deepest = "[".repeat(most) + "]".repeat(most);

        assertThat(Json.parseEach(List.of(deepest, "1"))).hasSize(2);
        assertThatThrownBy(() -> Json.parseEach(List.of("1", "[" + deepest + "]")))
                .isInstanceOf(JsonException.class)
                .hasMessageContaining("nested deeper");
    }

    private static String messageOf(Runnable reading) {
        try {
            reading.run();
            return "nothing was wrong";
        } catch (JsonException e) {
            return e.getMessage();
        }
    }
}
