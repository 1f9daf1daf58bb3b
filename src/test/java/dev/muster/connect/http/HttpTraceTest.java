package dev.muster.connect.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.connect.TraceContext;
import io.vertx.core.http.HttpServer;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpTraceTest {

    private static final String CALLERS = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    private static final String RUN = "01KAQX2J8GZ0123456789ABCDE";

    private final Harness http = new Harness();
    private final List<List<String>> seen = new CopyOnWriteArrayList<>();

    @AfterEach
    void nothingIsLeft() {
        http.close();
    }

    private HttpServer server() {
        return http.serve(request -> {
            seen.add(request.headers().getAll("traceparent"));
            String to = request.getParam("to");
            if (to != null) {
                request.response().setStatusCode(302).putHeader("location", to);
            }
            request.response().end();
        });
    }

    private List<String> only() {
        assertThat(seen).hasSize(1);
        return seen.get(0);
    }

    @Test
    void upstream_seesTheCallersTraceWithAnotherSpan() {
        http.source(server()).run(Step.get("/").trace(TraceContext.of(CALLERS, RUN)));
        assertThat(only())
                .singleElement()
                .asString()
                .matches("00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-01")
                .isNotEqualTo(CALLERS);
    }

    @Test
    void upstream_seesTheRunsOwnTrace() {
        var trace = TraceContext.of(null, RUN);
        http.source(server()).run(Step.of("post", "/").value("body", Map.of()).trace(trace));
        assertThat(only()).singleElement().asString().matches("00-" + trace.traceId() + "-[0-9a-f]{16}-00");
    }

    @Test
    void upstream_seesTheCallersState_unlessTheStepSaysAnother() {
        List<List<String>> states = new CopyOnWriteArrayList<>();
        http.source(http.serve(request -> {
            states.add(request.headers().getAll("tracestate"));
            request.response().end();
        }));
        var trace = TraceContext.of(CALLERS, "congo=1,rojo=2", RUN);
        http.run(Step.get("/").trace(trace));
        http.run(Step.get("/").value("headers", Map.of("tracestate", "mine=3")).trace(trace));
        http.run(Step.get("/").value("headers", Map.of("traceparent", "mine")).trace(trace));
        assertThat(states).containsExactly(List.of("congo=1,rojo=2"), List.of("mine=3"), List.of());
    }

    @Test
    void stepsOfOnePlan_areSpansOfTheirOwn() {
        http.source(server());
        var trace = TraceContext.of(CALLERS, RUN);
        http.run(Step.get("/").trace(trace));
        http.run(Step.get("/").trace(trace));
        assertThat(seen.get(0)).isNotEqualTo(seen.get(1));
    }

    @Test
    void redirect_isASpanOfItsOwnInTheSameTrace() {
        http.source(server());
        http.run(Step.get("/?to=/x").trace(TraceContext.of(CALLERS, RUN)));
        assertThat(seen)
                .hasSize(2)
                .doesNotHaveDuplicates()
                .allMatch(headers -> headers.get(0).startsWith(CALLERS.substring(0, 36)));
    }

    @Test
    void headerOfTheStep_goesFirst() {
        http.source(server());
        http.run(Step.get("/").value("headers", Map.of("TraceParent", "mine")).trace(TraceContext.of(CALLERS, RUN)));
        assertThat(only()).containsExactly("mine");
    }

    @Test
    void headerThatIsNull_leavesItOut() {
        http.source(server());
        http.run(Step.get("/")
                .value("headers", Collections.singletonMap("traceparent", null))
                .trace(TraceContext.of(CALLERS, RUN)));
        assertThat(only()).isEmpty();
    }

    @Test
    void headerOfTheSource_goesFirst() {
        http.source(server(), "headers.Traceparent", "theirs").run(Step.get("/").trace(TraceContext.of(CALLERS, RUN)));
        assertThat(only()).containsExactly("theirs");
    }

    @Test
    void sourceWithoutTraces_sendsNone() {
        http.source(server(), "trace", "false").run(Step.get("/").trace(TraceContext.of(CALLERS, RUN)));
        assertThat(only()).isEmpty();
    }
}
