package dev.muster.expr;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SpellingTest {

    @Test
    void hint_namesTheNearest() {
        assertThat(Spelling.hint("prodcut", List.of("product", "produce"))).isEqualTo("; did you mean 'product'?");
        assertThat(Spelling.hint("groupby", List.of("groupBy"))).contains("'groupBy'");
    }

    @Test
    void hint_ofNothingNear_listsAFew() {
        assertThat(Spelling.hint("zzz", List.of("b", "a"))).isEqualTo("; there is a, b");
        assertThat(Spelling.hint("zzz", CelDiagnostics.FUNCTIONS)).isEmpty();
        assertThat(Spelling.hint("zzz", Set.of())).isEmpty();
    }
}
