package dev.muster.expr;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CostTest {

    private static final long WORKER = 5_000;

    private static long cost(String source, Object x) {
        return Fixture.compile(source, Map.of("x", x)).costHint(name -> x);
    }

    @Test
    void pathAndArithmetic_areCheapWhateverTheValue() {
        Object large = Collections.nCopies(1_000_000, "a");

        assertThat(cost("x", large)).isZero();
        assertThat(cost("x[5] + 'b'", large)).isLessThan(20);
        assertThat(cost("x[0] > 'b' ? 1 : 2", large)).isLessThan(20);
    }

    @Test
    void loop_growsWithItsList() {
        assertThat(cost("x.map(e, e * 2)", Collections.nCopies(100, 1))).isBetween(50L, WORKER);
        assertThat(cost("x.map(e, e * 2)", Collections.nCopies(9_000, 1))).isGreaterThan(WORKER);
        assertThat(cost("x.map(e, x.map(f, e * f))", Collections.nCopies(90, 1)))
                .isGreaterThan(WORKER);
    }

    @Test
    void function_growsWithWhatItReads() {
        assertThat(cost("sum(x)", Collections.nCopies(100, 1))).isLessThan(WORKER);
        assertThat(cost("sum(x)", Collections.nCopies(100_000, 1))).isGreaterThan(WORKER);
        assertThat(cost("x.matches('a')", "a".repeat(1_000_000))).isGreaterThan(WORKER);
        assertThat(cost("math.greatest(x)", Collections.nCopies(100_000, 1))).isGreaterThan(WORKER);
        assertThat(cost("json(x)", Map.of("rows", Collections.nCopies(10_000, Map.of("a", 1, "b", 2)))))
                .isGreaterThan(20_000);
    }

    @Test
    void range_countsWhatItMakes() {
        assertThat(cost("lists.range(3)", 1)).isLessThan(50);
        assertThat(cost("sum(lists.range(x))", 1)).isGreaterThan(WORKER);
    }
}
