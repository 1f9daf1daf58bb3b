package dev.muster.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.task.CancelReason;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Items that flow from one step into the {@code each} of another. */
class StepStreamTest {

    private final Scenario scenario = Scenario.inOrder();

    @AfterEach
    void sourceIsClosed() {
        assertThat(scenario.work.open).isZero();
    }

    @Test
    void items_areTakenOnlyAsFastAsTheyAreUsed() {
        var run = scenario.start("""
                plan: p
                steps:
                  source: {work: s, flow: 1000}
                  r: {each: = source, as: n, concurrency: 3, do: {work: w, ms: 100}}
                output: done
                """, Map.of(), false);
        scenario.loop.advance(Duration.ofMillis(150));
        assertThat(scenario.work.taken).isEqualTo(6);
        run.cancel(CancelReason.of("enough"));
        scenario.end(run);
        assertThat(scenario.millis()).isEqualTo(150);
    }

    @Test
    void flow_givesItsItemsInOrder() {
        var end = scenario.run("""
                plan: p
                steps:
                  source: {work: s, flow: 3}
                  r: {each: = source, as: n, do: {set: = n * 10}}
                output: = r
                """);
        assertThat(end.output()).isEqualTo(List.of(0L, 10L, 20L));
        assertThat(scenario.told()).contains("{\"event\":\"step\",\"path\":\"source\",\"state\":\"done\"}");
    }

    @Test
    void sourceThatCannotBeOpened_failsTheReader() {
        var end = scenario.run("""
                plan: p
                steps:
                  source: {work: s, flow: 3, fail: file}
                  r: {each: = source, as: n, do: {set: = n}}
                output: = r
                """);
        assertThat(end.failure().toValue()).containsEntry("type", "file").containsEntry("step", "source");
    }

    @Test
    void optionalSourceThatFails_isNoItems() {
        var end = scenario.run("""
                plan: p
                steps:
                  source: {work: s, flow: 3, fail: file, optional: true}
                  r: {each: = source, as: n, do: {set: = n}}
                output: = r
                """);
        assertThat(end.output()).isEqualTo(List.of());
    }

    @Test
    void failingReader_closesTheSource() {
        var end = scenario.run("""
                plan: p
                steps:
                  source: {work: s, flow: 1000}
                  r: {each: = source, as: n, concurrency: 1, do: {work: w, ms: 10, fail: query}}
                output: = r
                """);
        assertThat(end.failure().toValue()).containsEntry("type", "query").containsEntry("step", "r[0]");
        assertThat(scenario.work.taken).isLessThanOrEqualTo(2);
    }

    @Test
    void sourcesTimeout_coversTheWholeReading() {
        var end = scenario.run("""
                plan: p
                steps:
                  source: {work: s, flow: 1000, timeout: 50ms}
                  r: {each: = source, as: n, concurrency: 1, do: {work: w, ms: 20}}
                output: = r
                """);
        assertThat(end.failure().toValue()).containsEntry("type", "timeout");
        assertThat(scenario.millis()).isLessThanOrEqualTo(60);
    }

    @Test
    void sourceWhoseTimeIsUp_endsWhatItsReaderDoes() {
        var end = scenario.run("""
                plan: p
                steps:
                  source: {work: s, flow: 1000, timeout: 50ms}
                  r: {each: = source, as: n, concurrency: 1, do: {work: w, ms: 20000}}
                output: = r
                """);
        assertThat(end.failure().toValue()).containsEntry("type", "timeout").containsEntry("step", "source");
        assertThat(scenario.millis()).isEqualTo(50);
    }

    @Test
    void optionalReader_takesNullOnceItsSourceFails() {
        var end = scenario.run("""
                plan: p
                steps:
                  source: {work: s, flow: 1000, timeout: 50ms}
                  r: {each: = source, as: n, do: {work: w, ms: 20000}, optional: true}
                output: = r
                """);
        assertThat(end.output()).isNull();
        assertThat(scenario.millis()).isEqualTo(50);
    }

    @Test
    void flowInASequentialRun_stillEnds() {
        var run = scenario.start("""
                plan: p
                steps:
                  source: {work: s, flow: 3}
                  r: {each: = source, as: n, do: {work: w, ms: 10}}
                output: done
                """, Map.of(), true);
        assertThat(scenario.end(run).output()).isEqualTo("done");
        assertThat(scenario.millis()).isEqualTo(30);
    }
}
