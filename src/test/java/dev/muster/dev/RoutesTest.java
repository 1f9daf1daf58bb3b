package dev.muster.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.config.ProblemsException;
import dev.muster.dev.Route.Occasion;
import dev.muster.dev.Route.Span;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RoutesTest {

    @Test
    void read_fileWithManyMistakes_reportsAllAtOnceWithPlaces() {
        String yaml = """
                sede: 3
                routes:
                  GET items:
                    latency: fast
                  FETCH /items: {}
                  GET /items/{id}:
                    fial: 20%
                    status: 99
                    fail: {when: sometimes}
                    body: {a: 1}
                    text: both
                  GET /items/{other}: {}
                  GET /x/{a}{b}: {}
                  GET /y/{n}: {}
                  GET /log: {stream: 5}
                  GET /slow: {slow: 1ms, stream: endless, cut: always, body: {}}
                  GET /_upstream: {}
                  GET /nothing: 7
                """;

        assertThatThrownBy(() -> Routes.parse("shop.yaml", yaml))
                .isInstanceOf(ProblemsException.class)
                .extracting(thrown -> Arrays.asList(thrown.getMessage().split("\n")))
                .satisfies(lines -> assertThat((List<?>) lines)
                        .map(Object::toString)
                        .satisfiesExactly(
                                line -> assertThat(line)
                                        .startsWith("shop.yaml:1:1: unknown word \"sede\"")
                                        .contains("did you mean \"seed\"?"),
                                line -> assertThat(line)
                                        .startsWith("shop.yaml:3:3: ")
                                        .contains("must begin with /"),
                                line -> assertThat(line)
                                        .startsWith("shop.yaml:4:14: latency")
                                        .contains("\"fast\""),
                                line -> assertThat(line).startsWith("shop.yaml:5:3: a route is a method and a path"),
                                line -> assertThat(line).startsWith("shop.yaml:7:5: unknown word \"fial\""),
                                line -> assertThat(line)
                                        .startsWith("shop.yaml:8:13: status")
                                        .contains("200 to 599"),
                                line -> assertThat(line)
                                        .startsWith("shop.yaml:9:18: when")
                                        .contains("first 1 of 3"),
                                line -> assertThat(line)
                                        .startsWith("shop.yaml:11:11: ")
                                        .contains("keep one"),
                                line -> assertThat(line).startsWith("shop.yaml:12:3: no request gets here"),
                                line -> assertThat(line)
                                        .startsWith("shop.yaml:13:3: ")
                                        .contains("all one name"),
                                line -> assertThat(line).startsWith("shop.yaml:14:3: {n} is reserved in bodies"),
                                line -> assertThat(line)
                                        .startsWith("shop.yaml:15:22: ")
                                        .contains("needs \"body\""),
                                line -> assertThat(line)
                                        .startsWith("shop.yaml:16:21: ")
                                        .contains("slow and streams"),
                                line -> assertThat(line)
                                        .startsWith("shop.yaml:16:48: ")
                                        .contains("cannot be cut in half"),
                                line -> assertThat(line).startsWith("shop.yaml:17:3: /_upstream is"),
                                line -> assertThat(line)
                                        .startsWith("shop.yaml:18:17: ")
                                        .contains("must be a map")));
    }

    @Test
    void find_pathWithName_givesItsDecodedValue() {
        Routes routes = Routes.parse("r", "routes: {'GET /a/special': {}, 'GET /a/{id}': {}, 'POST /a/{id}': {}}");

        assertThat(routes.find("GET", "/a/x%2Fy+z").orElseThrow().values()).containsEntry("id", "x/y+z");
        assertThat(routes.find("GET", "/a/special").orElseThrow().route().name())
                .isEqualTo("GET /a/special");
        assertThat(routes.find("HEAD", "/a/1").orElseThrow().route().name()).isEqualTo("GET /a/{id}");
        assertThat(routes.find("GET", "/a")).isEmpty();
        assertThat(routes.methodsOf("/a/1")).isEqualTo("GET, POST");
    }

    @Test
    void occasion_first_countsAndBeginsAnew() {
        Occasion twoOfThree = Occasion.parse("first 2 of 3");

        assertThat(IntStream.range(0, 7).mapToObj(count -> twoOfThree.meets(count, 0.5)))
                .containsExactly(true, true, false, true, true, false, true);
        assertThat(Occasion.parse("first 1").meets(0, 0.5)).isTrue();
        assertThat(Occasion.parse("first 1").meets(1, 0.5)).isFalse();
    }

    @Test
    void occasion_share_meetsAboutThatManyAndTheSameOnesEachTime() {
        Occasion fifth = Occasion.parse("20%");
        List<Boolean> once = draws(fifth, 7);

        assertThat(once).isEqualTo(draws(fifth, 7)).isNotEqualTo(draws(fifth, 8));
        assertThat(once.stream().filter(met -> met).count()).isBetween(1700L, 2300L);
    }

    @Test
    void occasion_extremes_alwaysAndNeverMeet() {
        assertThat(draws(Occasion.parse("always"), 1)).doesNotContain(false);
        assertThat(draws(Occasion.parse("100%"), 1)).doesNotContain(false);
        assertThat(draws(Occasion.parse("never"), 1)).doesNotContain(true);
        assertThat(draws(Occasion.parse("0%"), 1)).doesNotContain(true);
    }

    @Test
    void occasion_nonsense_saysHowToWriteIt() {
        for (String text : List.of("101%", "first", "first 3 of 2", "first 0 of 0", "", "-1%")) {
            assertThatThrownBy(() -> Occasion.parse(text), text).hasMessageContaining("write always, 20%");
        }
    }

    @Test
    void span_withJitter_staysInsideAndUsesItsWidth() {
        Span span = Span.parse("80ms..200ms");

        assertThat(span.millis(0)).isEqualTo(80);
        assertThat(span.millis(0.999_999)).isEqualTo(200);
        assertThat(Span.parse("2s")).isEqualTo(new Span(Duration.ofSeconds(2), Duration.ofSeconds(2)));
        assertThatThrownBy(() -> Span.parse("2s..1s")).hasMessageContaining("ends before it begins");
    }

    private static List<Boolean> draws(Occasion occasion, long seed) {
        return IntStream.range(0, 10_000)
                .mapToObj(
                        count -> occasion.meets(count, new UpstreamRequest.Draw(seed, "GET /x", count).chance("fail")))
                .toList();
    }
}
