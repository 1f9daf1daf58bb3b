package dev.muster.expr;

import static dev.muster.expr.Fixture.EXPRESSIONS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReferencesTest {

    private static final Scope SCOPE = new Scope(Map.of(
            "a", Type.ANY, "b", Type.ANY, "reviews", Type.ANY, "product", Type.ANY, "int", Type.ANY, "unused",
            Type.ANY));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "1 + 1 |",
                "a + a | a",
                "reviews.map(r, r.stars) | reviews",
                "reviews.map(r, r.a) | reviews",
                "reviews.map(r, r.tags.filter(t, t != b.x)) | reviews,b",
                "has(product.x) | product",
                "has(product.x) ? product.x : a | product,a",
                "true || a | a",
                "false ? a : b | a,b",
                "{'product': 1, 'x': a} | a",
                "'reviews' + a.b.product | a",
                "a[b] | a,b",
                ".a.b | a",
                "a.?b.orValue(product) | a,product",
                "a.optMap(v, v + b) | a,b",
                "[1].transformMap(i, v, v + a) | a",
                "a.sortBy(e, e.b) | a",
            })
    void references_areExact(String source, String expected) {
        Expression expression = EXPRESSIONS.compile(source, SCOPE);

        Set<String> names = expected == null ? Set.of() : Set.of(expected.split(","));
        assertThat(expression.references()).isEqualTo(names);
    }

    @Test
    void onlyReferencesAreAskedFor() {
        List<String> asked = new ArrayList<>();

        EXPRESSIONS.compile("reviews.map(r, r + a)", SCOPE).evaluate(name -> {
            asked.add(name);
            return name.equals("a") ? 1 : List.of(1, 2);
        });

        assertThat(new HashSet<>(asked)).isEqualTo(Set.of("reviews", "a"));
    }
}
