package dev.muster.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.connect.TraceContext;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What connectors learn of the trace that a run belongs to. */
class TracedRunTest {

    private static final String CALLERS = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    private final Scenario scenario = Scenario.inOrder();

    private List<String> sent(String plan, String traceparent) {
        Run run = scenario.start(plan, traceparent);
        scenario.end(run);
        String own = TraceContext.of(null, run.id()).traceId();
        return scenario.work.traced.stream()
                .map(header -> header.replace(own, "own"))
                .toList();
    }

    @Test
    void runOfACaller_isPartOfTheCallersTrace() {
        assertThat(sent("{plan: p, steps: {a: {work: a}, b: {work: b}}}", CALLERS))
                .hasSize(2)
                .doesNotHaveDuplicates()
                .allMatch(header -> header.matches("00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-01"));
    }

    @Test
    void runOfNobody_hasATraceOfItsOwn() {
        assertThat(sent("{plan: p, steps: {a: {work: a}, b: {work: b}}}", null))
                .hasSize(2)
                .doesNotHaveDuplicates()
                .allMatch(header -> header.matches("00-own-[0-9a-f]{16}-00"));
    }

    @Test
    void malformedTrace_isIgnored() {
        assertThat(sent("{plan: p, steps: {a: {work: a}}}", CALLERS + "-x"))
                .singleElement()
                .asString()
                .startsWith("00-own-");
    }

    @Test
    void planInAPlan_staysInTheTrace() {
        scenario.plan("{plan: inner, steps: {a: {work: a}}}");
        assertThat(sent("{plan: p, steps: {b: {plan: inner}}}", CALLERS))
                .singleElement()
                .asString()
                .startsWith(CALLERS.substring(0, 36));
    }

    @Test
    void attemptsOfARetry_areSpansOfTheirOwn() {
        String plan =
                "{plan: p, steps: {a: {work: a, fail: unavailable, times: 2, retry: {times: 2, backoff: 1ms..1ms}}}}";
        assertThat(sent(plan, CALLERS))
                .hasSize(3)
                .doesNotHaveDuplicates()
                .allMatch(header -> header.startsWith(CALLERS.substring(0, 36)));
    }
}
