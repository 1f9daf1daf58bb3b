package dev.muster.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ValuesTest {

    private static JsonObject body() {
        return new JsonObject()
                .put(
                        "jobs",
                        new JsonArray()
                                .add(new JsonObject().put("id", 7).put("raw", new byte[] {1, 2}))
                                .addNull())
                .put("float", 1.5f)
                .put("big", BigInteger.TEN)
                .put("buffer", Buffer.buffer("x"))
                .put("map", new LinkedHashMap<>(Map.of("list", List.of(1, "two", Map.of("three", (short) 3)))));
    }

    @Test
    void adopt_givesWhatCopyGives() {
        assertThat(Values.adopt(body(), 1_000)).isEqualTo(Values.copy(body(), 1_000));
        assertThat(Values.adopt(new JsonArray().add(body()), 1_000)).isEqualTo(List.of(Values.copy(body(), 1_000)));
        assertThat(Values.adopt(5, 1_000)).isEqualTo(5L);
        assertThat(Values.adopt(null, 1_000)).isNull();
    }

    @Test
    void adopt_keepsTheMapsAndListsOfABody() {
        JsonObject body = body();

        assertThat(Values.adopt(body, 1_000))
                .isSameAs(body.getMap())
                .extracting("jobs")
                .isInstanceOf(List.class);
    }

    @Test
    void adopt_copiesWhatIsNoBodyOfTheBus() {
        Map<String, Object> others = new LinkedHashMap<>(Map.of("id", 7));

        assertThat(Values.adopt(others, 1_000)).isEqualTo(Map.of("id", 7L));
        assertThat(others).isEqualTo(Map.of("id", 7));
    }

    @Test
    void adopt_ofWhatIsNoJson_saysWhere() {
        JsonObject body =
                new JsonObject().put("jobs", new JsonArray().add(1).add(new JsonObject().put("at", Thread.State.NEW)));

        assertThatThrownBy(() -> Values.adopt(body, 1_000))
                .hasMessage("holds a java.lang.Thread$State at .jobs[1].at, which is not a JSON value");
    }

    @Test
    void placeInAMessage_isShownInPartAndOnOneLine() {
        JsonObject body = new JsonObject().put("a\n" + "b".repeat(100_000), Thread.State.NEW);

        assertThatThrownBy(() -> Values.adopt(body, 1_000_000))
                .hasMessageStartingWith("holds a java.lang.Thread$State at .a\\u000ab")
                .hasMessageMatching(".{1,300}");
    }

    @Test
    void adopt_isBounded() {
        assertThatThrownBy(() -> Values.adopt(body(), 50)).isInstanceOf(Values.TooLargeException.class);
    }
}
