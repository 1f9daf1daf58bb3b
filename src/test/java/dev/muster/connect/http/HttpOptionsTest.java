package dev.muster.connect.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.config.Problem;
import dev.muster.config.Problems;
import dev.muster.plan.VerbCall;
import dev.muster.plan.VerbSpec;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpOptionsTest {

    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void close() {
        Harness.await(vertx.close());
    }

    private VerbSpec words(String address) {
        return new HttpConnector(vertx, Map.of("shop", Harness.settings("http", address))).words();
    }

    private List<String> problems(String address, Step step) {
        var problems = new Problems();
        VerbSpec words = words(address);
        words.check().accept(step.call(words), problems);
        return problems.list().stream().map(Problem::toString).toList();
    }

    private List<String> problems(Step step) {
        return problems("https://shop.internal", step);
    }

    @Test
    void goodStep_hasNoProblem() {
        assertThat(problems(Step.get("/items/{id}").args("id", 7L).expect("2xx", "404", "41x")))
                .isEmpty();
    }

    @Test
    void getWithBody_isAProblem() {
        assertThat(problems(Step.get("/").value("body", 1L)))
                .containsExactly("plan.yaml:3:5: get sends no body; use query, or post");
        assertThat(problems(Step.of("delete", "/").value("body", 1L))).isEmpty();
    }

    @Test
    void headAsJson_isAProblem() {
        assertThat(problems(Step.of("head", "/").as("json")))
                .singleElement()
                .asString()
                .contains("as: response");
        assertThat(problems(Step.of("head", "/").as("response"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"200 OK", "2xxx", "6xx", "x00", "20", "2x0", ""})
    void statusThatIsNone_isAProblem(String pattern) {
        assertThat(problems(Step.get("/").expect(pattern))).hasSize(1);
    }

    @Test
    void missingAndUnusedArgs_areProblems() {
        assertThat(problems(Step.get("/items/{id}").args("di", 7L)))
                .containsExactly(
                        "plan.yaml:3:5: args has \"di\", which the template does not use",
                        "plan.yaml:3:5: the template's {id} is missing from args");
        assertThat(problems(Step.get("/items/{id}"))).hasSize(1);
        assertThat(problems(Step.computed("get", "/x").args("id", 1L))).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://shop.internal/x", "https://evil.example/", "//evil.example", "/../x", "/a#b"})
    void writtenAddressThatLeaves_isAProblem(String address) {
        assertThat(problems(Step.get(address))).hasSize(1);
    }

    @Test
    void any_needsWholeUrls() {
        assertThat(problems("any", Step.get("/x"))).hasSize(1);
        assertThat(problems("any", Step.get("/x/{id}").args("id", 1L))).hasSize(1);
        assertThat(problems("any", Step.get("https://host/x/{id}").args("id", 1L)))
                .isEmpty();
    }

    @Test
    void headerOfTheClient_isAProblem() {
        assertThat(problems(Step.get("/").value("headers", Map.of("Host", "x"))))
                .hasSize(1);
    }

    @Test
    void effects_areAllButGetAndHead() {
        VerbSpec words = words("any");
        for (String method : HttpOptions.METHODS) {
            VerbCall call = Step.of(method, "http://x/").call(words);
            assertThat(words.effects().test(call)).isEqualTo(!method.equals("get") && !method.equals("head"));
        }
    }

    @Test
    void summary_isMethodAndTemplate() {
        VerbSpec words = words("any");
        assertThat(Step.get("/items/{id}").call(words).summary()).isEqualTo("GET /items/{id}");
    }
}
