package dev.muster.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.config.Scalar;
import dev.muster.config.Yaml;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NegativeZeroTest {

    @ParameterizedTest
    @ValueSource(strings = {"-0.0", "-0.00", "-0e5", "-0E-2", "-0.000e+10"})
    void negativeZero_isReadAndWrittenAsOne(String text) {
        assertThat(Json.parse(text)).isEqualTo(-0.0);
        assertThat(Json.parse((" [" + text + "]").getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(List.of(-0.0));
        assertThat(Json.parseEach(List.of(text, "1"))).isEqualTo(List.of(-0.0, 1L));
        assertThat(Json.write(Json.parse(text))).isEqualTo("-0.0");
        assertThat(((Scalar) Yaml.read("x", text.getBytes(StandardCharsets.UTF_8))).value())
                .isEqualTo(-0.0);
    }

    @Test
    void otherZerosAndNegatives_stayWhatTheyAre() {
        assertThat(Json.parse("0")).isEqualTo(0L);
        assertThat(Json.parse("-0")).isEqualTo(0L);
        assertThat(((Scalar) Yaml.read("x", "-0".getBytes(StandardCharsets.UTF_8))).value())
                .isEqualTo(0L);
        assertThat(Json.parse("0.00")).isEqualTo(new BigDecimal("0.00"));
        assertThat(Json.parse("-1")).isEqualTo(-1L);
        assertThat(Json.parse("-0.01")).isEqualTo(new BigDecimal("-0.01"));
        assertThat(((Scalar) Yaml.read("x", "-0.010".getBytes(StandardCharsets.UTF_8))).value())
                .isEqualTo(new BigDecimal("-0.010"));
        assertThat(((Scalar) Yaml.read("x", "-.".getBytes(StandardCharsets.UTF_8))).value())
                .isEqualTo("-.");
    }

    @Test
    void negativeZero_equalsZero() {
        assertThat(Json.equal(-0.0, 0L)).isTrue();
        assertThat(Json.equal(new BigDecimal("0.0"), -0.0)).isTrue();
    }
}
