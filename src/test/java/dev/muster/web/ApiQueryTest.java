package dev.muster.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.plan.MusterException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The queries of the API. */
class ApiQueryTest {

    private static List<String> problems(String query, String... known) {
        try {
            new ApiQuery(query, List.of(known)).check();
        } catch (MusterException e) {
            return ((List<?>) e.more().get("problems"))
                    .stream().map(String::valueOf).toList();
        }
        return List.of();
    }

    @Test
    void unknownName_isRefused_withAHint() {
        assertThat(problems("limt=3", "limit", "before"))
                .singleElement()
                .asString()
                .contains("limt in the query is unknown", "\"limit\"");
        assertThat(problems("x=3", "limit", "before"))
                .singleElement()
                .asString()
                .contains("there is limit, before");
        assertThat(problems("x")).singleElement().asString().contains("x in the query is unknown");
        assertThat(problems("LIMIT=3", "limit")).hasSize(1);
    }

    @Test
    void repeatedName_isRefused_escapedOrNot() {
        assertThat(problems("limit=3&limit=3", "limit")).containsExactly("limit occurs more than once in the query");
        assertThat(problems("limit=3&l%69mit=4", "limit")).containsExactly("limit occurs more than once in the query");
    }

    @Test
    void allProblems_areToldTogether() {
        var query = new ApiQuery("max=x&wait=9&wait=9&mx=1&a=%zz", List.of("max", "wait"));
        assertThat(query.value("max", text -> ApiQuery.whole("max", text), 1L)).isEqualTo(1);
        assertThatThrownBy(query::check)
                .isInstanceOfSatisfying(
                        MusterException.class,
                        wrong -> assertThat((List<?>) wrong.more().get("problems"))
                                .hasSize(4));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "&", "&&", "limit=", "limit=%31", "limit"})
    void whatIsRight_passes(String query) {
        assertThat(problems(query, "limit")).isEmpty();
    }

    @Test
    void detached_isTrueOrFalse() {
        List<String> known = List.of("detach");
        assertThat(new ApiQuery("detach=true", known).isDetached()).isTrue();
        assertThat(new ApiQuery("detach=false", known).isDetached()).isFalse();
        assertThat(new ApiQuery(null, known).isDetached()).isFalse();
        for (String wrong : List.of("detach", "detach=1", "detach=TRUE", "detach=yes")) {
            var query = new ApiQuery(wrong, known);
            query.isDetached();
            assertThatThrownBy(query::check).hasMessageContaining("detach must be true or false");
        }
    }
}
