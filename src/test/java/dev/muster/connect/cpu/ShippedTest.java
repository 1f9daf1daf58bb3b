package dev.muster.connect.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShippedTest {
    private static @Nullable Object call(String name, @Nullable Object with) throws Exception {
        MusterFunction function = CpuConnector.installed().stream()
                .filter(it -> it.name().equals(name))
                .findFirst()
                .orElseThrow();
        return CpuConnector.call(function, with, () -> false);
    }

    @ParameterizedTest
    @CsvSource({
        "md5,900150983cd24fb0d6963f7d28e17f72",
        "sha1,a9993e364706816aba3e25717850c26c9cd0d89d",
        "sha256,ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "crc32,352441c2"
    })
    void digest_ofTextAndOfItsBytes_isTheKnownOne(String name, String expected) throws Exception {
        assertThat(call(name, "abc")).isEqualTo(expected);
        assertThat(call(name, Map.of("base64", "YWJj"))).isEqualTo(expected);
    }

    @Test
    void sha512_ofEmptyText_isTheKnownOne() throws Exception {
        assertThat((String) call("sha512", "")).startsWith("cf83e1357eefb8bd").hasSize(128);
    }

    @Test
    void json_formatsAndMinifiesTextAndValues() throws Exception {
        assertThat(call("json.format", "{\"a\":[1.10,null]}")).isEqualTo("{\n  \"a\": [\n    1.10,\n    null\n  ]\n}");
        assertThat(call("json.minify", " {\"a\" : 1.10 }")).isEqualTo("{\"a\":1.10}");
        assertThat(call("json.minify", List.of(1L, new BigDecimal("2.0")))).isEqualTo("[1,2.0]");
    }

    @Test
    void jsonFormat_ofDeepValues_stopsAtTheBound() {
        Object value = new ArrayList<>(java.util.Collections.nCopies(100_000, 1L));
        for (int i = 0; i < 200; i++) {
            value = List.of(value);
        }
        Object deep = value;
        assertThatThrownBy(() -> call("json.format", deep))
                .isInstanceOfSatisfying(
                        MusterException.class, e -> assertThat(e.type()).isEqualTo(ErrorType.LIMIT))
                .hasMessageContaining("16777216");
    }

    @Test
    void base64_goesThereAndBack() throws Exception {
        assertThat(call("base64.encode", "grüß")).isEqualTo("Z3LDvMOf");
        assertThat(call("base64.decode", "Z3LDvMOf")).isEqualTo("grüß");
        assertThat(call("base64url.encode", "???>")).isEqualTo("Pz8_Pg");
        assertThat(call("base64url.decode", "Pz8_Pg")).isEqualTo("???>");
        assertThat(call("base64url.decode", "Pz8_Pg==")).isEqualTo("???>");
    }

    @Test
    void gzip_goesThereAndBack() throws Exception {
        assertThat(call("gunzip", call("gzip", "hello".repeat(50_000)))).isEqualTo("hello".repeat(50_000));
    }

    @Test
    void gunzip_ofABomb_isALimit() throws Exception {
        Object bomb = call("gzip", "a".repeat(17 << 20));
        assertThatThrownBy(() -> call("gunzip", bomb))
                .isInstanceOfSatisfying(
                        MusterException.class, e -> assertThat(e.type()).isEqualTo(ErrorType.LIMIT));
    }

    @ParameterizedTest
    @ValueSource(strings = {"base64.decode", "base64url.decode", "gunzip", "json.format", "sum-of-squares"})
    void wrongText_isAFunctionErrorWithItsName(String name) {
        assertThatThrownBy(() -> call(name, "{%"))
                .isInstanceOfSatisfying(
                        MusterException.class, e -> assertThat(e.type()).isEqualTo(ErrorType.FUNCTION))
                .hasMessageStartingWith(name + ": ");
    }

    @Test
    void decodedBytesThatAreNoText_areAFunctionError() {
        assertThatThrownBy(() -> call("base64.decode", "//8="))
                .hasMessage("base64.decode: the result is not text in UTF-8");
        assertThatThrownBy(() -> call("sha256", List.of()))
                .hasMessage("sha256: with: must be text or {base64: …}, not a list");
        assertThatThrownBy(() -> call("md5", "\ud800")).hasMessageContaining("an unpaired surrogate");
    }

    @ParameterizedTest
    @CsvSource({"0,0", "1,0", "4,14", "100000,333328333350000"})
    void sumOfSquares_isExact(long n, long expected) throws Exception {
        assertThat(call("sum-of-squares", n)).isEqualTo(expected);
        assertThat(call("sum-of-squares", Map.of("n", n))).isEqualTo(expected);
    }

    @Test
    void sumOfSquares_goesBeyondLong() throws Exception {
        var n = BigInteger.valueOf(6_000_000);
        var expected = n.subtract(BigInteger.ONE)
                .multiply(n)
                .multiply(n.shiftLeft(1).subtract(BigInteger.ONE))
                .divide(BigInteger.valueOf(6));
        assertThat(call("sum-of-squares", 6_000_000L)).isEqualTo(expected);
    }

    @Test
    void sumOfSquares_stopsWhenItIsTold() {
        var function = Shipped.sumOfSquares();
        assertThatThrownBy(() -> function.apply(Long.MAX_VALUE, () -> true)).isInstanceOf(InterruptedException.class);
    }

    @Test
    void installed_areDocumentedPureAndHaveNamesOfTheirOwn() {
        assertThat(Shipped.functions())
                .hasSize(14)
                .allMatch(MusterFunction::adhoc)
                .allMatch(function -> function.about().endsWith("."))
                .extracting(MusterFunction::name)
                .doesNotHaveDuplicates();
    }
}
