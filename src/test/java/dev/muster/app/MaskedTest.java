package dev.muster.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.json.Json;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class MaskedTest {
    private static final UnaryOperator<String> MASK =
            text -> text.replace("hunter2", "***").replace("sesame", "***");

    private static String masked(String json) {
        return Json.write(Masked.value(Json.parse(json), MASK));
    }

    @Test
    void keysAndTexts_areMaskedInTheirOrder() {
        assertThat(masked("{\"a\":1,\"x-hunter2\":{\"hunter2\":[\"sesame\",2]},\"b\":null}"))
                .isEqualTo("{\"a\":1,\"x-***\":{\"***\":[\"***\",2]},\"b\":null}");
    }

    @Test
    void keysThatLookTheSameOnceMasked_loseNoEntry() {
        assertThat(masked("{\"hunter2\":1,\"***\":2,\"sesame\":3}")).isEqualTo("{\"***\":1,\"****\":2,\"*****\":3}");
    }

    @Test
    void whatHoldsNoSecret_staysTheVerySame() {
        Object value = List.of(Map.of("a", List.of("b", 1L)));
        assertThat(Masked.value(value, MASK)).isSameAs(value);
    }
}
