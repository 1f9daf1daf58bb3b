package dev.muster.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.json.Json;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.run.RunFailure;
import dev.muster.service.CallerError;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ProblemDetailsTest {

    private static MusterException error(ErrorType type, Map<String, Object> more) {
        return new MusterException(type, "why", more, new IllegalStateException("secret"));
    }

    private static ProblemDetails of(Throwable thrown) {
        return ProblemDetails.of(thrown, null, null);
    }

    private static ProblemDetails ofRun(MusterException error, @Nullable String step) {
        return new ProblemDetails(CallerError.of(error), "01J", step, List.of());
    }

    private static String text(ProblemDetails problem) {
        return Json.write(problem.value());
    }

    @Test
    void value_errorOfARun_hasTheMembersInOrder() {
        RunFailure failure = new RunFailure(
                "product",
                error(ErrorType.TIMEOUT, Map.of("after", 300L)),
                List.of("a"),
                List.of("b"),
                List.of("c"),
                null);
        assertThat(text(ProblemDetails.of(failure, "01J")))
                .isEqualTo(
                        "{\"type\":\"timeout\",\"title\":\"The time limit was exceeded.\",\"status\":504,\"detail\":\"why\","
                                + "\"run\":\"01J\",\"step\":\"product\",\"after\":300}");
    }

    @Test
    void value_errorOfNoRun_hasNeitherRunNorStep() {
        assertThat(of(new MusterException(ErrorType.NOT_FOUND, "why")).value())
                .containsOnlyKeys("type", "title", "status", "detail");
    }

    @ParameterizedTest
    @CsvSource({
        "BAD_INPUT, 400",
        "DENIED, 403",
        "NOT_FOUND, 404",
        "METHOD_NOT_ALLOWED, 405",
        "LIMIT, 413",
        "CONFLICT, 409",
        "TIMEOUT, 504",
        "CANCELLED, 499",
        "UNAVAILABLE, 503",
        "BAD_RESPONSE, 502",
        "QUERY, 502",
        "EXPRESSION, 500",
        "FILE, 500",
        "FUNCTION, 500",
        "FAILED, 500",
        "INTERNAL, 500"
    })
    void status_isTheTables(ErrorType type, int status) {
        ProblemDetails problem = of(new MusterException(type, "why"));
        assertThat(problem.status()).isEqualTo(status);
        assertThat(problem.value()).containsEntry("status", (long) status).containsEntry("type", type.word());
        assertThat(problem.headers()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "caller, 499",
        "node, 503",
        "request, 409",
        "sibling, 409",
        "notNeeded, 409",
        "deadline, 409",
        "limit, 409"
    })
    void status_ofACancelledRun_goesByWhoCancelledIt(String by, int status) {
        ProblemDetails problem = of(error(ErrorType.CANCELLED, Map.of("by", by)));
        assertThat(problem.status()).isEqualTo(status);
        assertThat(problem.value()).containsEntry("type", "cancelled").containsEntry("by", by);
        assertThat(problem.headers()).isEmpty();
    }

    @Test
    void headers_ofARunThatTheNodeCancelled_sayWhenToTryAgain() {
        ProblemDetails problem = of(error(ErrorType.CANCELLED, Map.of("by", "node", "retryAfter", 1L)));
        assertThat(problem.status()).isEqualTo(503);
        assertThat(problem.headers()).containsEntry("Retry-After", "1");
    }

    @ParameterizedTest
    @EnumSource
    void title_isASentence(ErrorType type) {
        assertThat(ProblemDetails.title(type)).matches("[A-Z].*\\.");
    }

    @Test
    void status_limitThatPasses_is429WithRetryAfter() {
        ProblemDetails problem = of(error(ErrorType.LIMIT, Map.of("retryAfter", 2L)));
        assertThat(problem.status()).isEqualTo(429);
        assertThat(problem.headers()).isEqualTo(Map.of("Retry-After", "2"));
        assertThat(problem.value()).containsEntry("type", "limit").containsEntry("retryAfter", 2L);
    }

    @Test
    void headers_retryAfterOfAnotherError_isSaidByItsOwnStatus() {
        ProblemDetails problem = of(error(ErrorType.UNAVAILABLE, Map.of("retryAfter", 0.2)));
        assertThat(problem.status()).isEqualTo(503);
        assertThat(problem.headers()).isEqualTo(Map.of("Retry-After", "1"));
    }

    @Test
    void status_callerWhoIsNotIdentified_is401WithAChallenge() {
        ProblemDetails problem = of(CallerError.notIdentified("no key"));
        assertThat(problem.status()).isEqualTo(401);
        assertThat(problem.headers()).isEqualTo(Map.of("WWW-Authenticate", "Bearer"));
        assertThat(problem.value()).containsEntry("type", "denied").containsEntry("status", 401L);
    }

    @Test
    void otherMethods_is405WithAllow() {
        ProblemDetails problem = ProblemDetails.otherMethods("PUT", List.of("GET", "HEAD"));
        assertThat(problem.status()).isEqualTo(405);
        assertThat(problem.headers()).isEqualTo(Map.of("Allow", "GET, HEAD"));
        assertThat(problem.value())
                .containsEntry("detail", "the method PUT is not supported here; supported: GET, HEAD")
                .containsEntry("type", "methodNotAllowed");
    }

    @Test
    void value_fieldsOfTheError_neverCoverTheStandardOnes() {
        Map<String, Object> value = ofRun(
                        error(
                                ErrorType.BAD_RESPONSE,
                                Map.of(
                                        "status", 418L, "type", "x", "title", "x", "detail", "x", "run", "x", "code",
                                        7L)),
                        null)
                .value();
        assertThat(value)
                .containsEntry("status", 502L)
                .containsEntry("upstreamStatus", 418L)
                .containsEntry("type", "badResponse")
                .containsEntry("detail", "why")
                .containsEntry("run", "01J")
                .containsEntry("code", 7L);
    }

    @Test
    void status_refusalThatSaysAnother_isThat() {
        ProblemDetails problem = ofRun(error(ErrorType.BAD_INPUT, Map.of("status", 408L)), "a");
        assertThat(problem.status()).isEqualTo(408);
        assertThat(problem.value())
                .containsEntry("status", 408L)
                .containsEntry("run", "01J")
                .containsEntry("step", "a")
                .doesNotContainKey("upstreamStatus");
    }

    @Test
    void value_neverHoldsTheCause() {
        assertThat(text(of(error(ErrorType.INTERNAL, Map.of())))).doesNotContain("secret", "IllegalState", "\\n");
    }

    @Test
    void of_foreignException_isInternalWithAnId() {
        ProblemDetails problem = of(new IllegalStateException("secret"));
        assertThat(problem.status()).isEqualTo(500);
        assertThat(problem.value()).containsEntry("type", "internal").containsKey("id");
        assertThat(text(problem)).doesNotContain("secret");
    }
}
