package dev.muster.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.plan.ErrorType;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A fault of the kernel ends the run in which it is seen, and says what it is. */
class BrokenInvariantTest {

    private final Scenario scenario = Scenario.inOrder();

    @Test
    void runEndsAsInternal_andItsNeighbourGoesOn() {
        Run beside = scenario.start("plan: q\nsteps: {a: {work: x, ms: 2000, value: 3}}\noutput: = a", Map.of(), false);
        Run broken = scenario.start(
                "plan: p\nsteps: {a: {work: x, ms: 10, twice: 1}, b: {work: y, ms: 90000}}", Map.of(), false);
        scenario.loop.run();

        Event.End end = Objects.requireNonNull(broken.end().result());
        var failure = Objects.requireNonNull(end.failure());
        assertThat(failure.error().type()).isEqualTo(ErrorType.INTERNAL);
        assertThat(failure.error().detail()).contains("a waiter is resumed once", "the log has the details under ");
        assertThat(failure.stopped()).containsExactly("b");
        assertThat(scenario.work.running).isZero();
        assertThat(Objects.requireNonNull(beside.end().result()).output()).isEqualTo(3L);
    }
}
