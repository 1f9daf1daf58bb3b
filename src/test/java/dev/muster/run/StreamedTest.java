package dev.muster.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.config.ProblemsException;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.task.CancelReason;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Items of a step that go to the caller's stream. */
class StreamedTest {

    private static final String PLAN = """
            plan: p
            steps:
              rows: {work: s, flow: 3, stream: true}
              other: {work: o}
            output: = other
            """;

    private static final String PATIENT = """
            plan: p
            timeout: 15m
            steps:
              rows: {work: s, flow: 3, stream: true}
            output: all were told
            """;

    private final Scenario scenario = Scenario.inOrder();
    private final ArrayDeque<Promise<Void>> reader = new ArrayDeque<>();

    @AfterEach
    void sourceIsClosed() {
        assertThat(scenario.work.open).isZero();
    }

    @Test
    void items_areEventsOfTheirStep() {
        scenario.end(scenario.start(PLAN, item -> Future.succeededFuture()));
        assertThat(scenario.told())
                .containsSubsequence(
                        "{\"event\":\"item\",\"path\":\"rows\",\"value\":0}",
                        "{\"event\":\"item\",\"path\":\"rows\",\"value\":1}",
                        "{\"event\":\"item\",\"path\":\"rows\",\"value\":2}",
                        "{\"event\":\"step\",\"path\":\"rows\",\"state\":\"done\"}");
    }

    @Test
    void slowReader_holdsTheSource() {
        var run = scenario.start(PLAN, item -> {
            reader.add(Promise.promise());
            return reader.getLast().future();
        });
        scenario.loop.advance(Duration.ofMillis(1));
        assertThat(scenario.work.taken).isEqualTo(1);
        Objects.requireNonNull(reader.poll()).complete();
        scenario.loop.advance(Duration.ofMillis(1));
        assertThat(scenario.work.taken).isEqualTo(2);
        run.cancel(CancelReason.of("left"));
        assertThat(scenario.end(run).state()).isEqualTo(EndState.CANCELLED);
    }

    @Test
    void readerWhoTakesNothing_endsTheRunAfterItsTime_andTheSourceIsClosed() {
        var run = scenario.start(PATIENT, item -> Promise.<Void>promise().future());
        scenario.loop.advance(Duration.ofSeconds(59));
        assertThat(run.end().isComplete()).isFalse();
        assertThat(scenario.work.open).isEqualTo(1);
        Event.End end = scenario.end(run);
        assertThat(end.state()).isEqualTo(EndState.FAILED);
        assertThat(end.failure().error().type()).isEqualTo(ErrorType.LIMIT);
        assertThat(end.failure().error().detail()).contains("has read nothing for 1m", "server.limits.readerTime");
        assertThat(scenario.millis()).isEqualTo(60_000);
    }

    @Test
    void readerWhoTakesSomethingNowAndThen_isWaitedFor() {
        var run = scenario.start(PATIENT, item -> {
            reader.add(Promise.promise());
            return reader.getLast().future();
        });
        for (int taken = 0; taken < 3; taken++) {
            scenario.loop.advance(Duration.ofSeconds(50));
            Objects.requireNonNull(reader.poll()).complete();
        }
        assertThat(scenario.end(run).state()).isEqualTo(EndState.DONE);
        assertThat(scenario.millis()).isEqualTo(150_000);
    }

    @Test
    void readerWhoTakesNoValuesOfAnEach_endsIt_howeverManyFailuresAreCollected() {
        scenario.room = Promise.<Void>promise().future();
        var run = scenario.start("""
                plan: p
                timeout: 15m
                steps:
                  rows: {work: s, flow: 300}
                  all: {each: = rows, do: {work: w}, errors: collect, concurrency: 2, stream: true}
                output: all were told
                """, item -> Future.succeededFuture());
        Event.End end = scenario.end(run);
        assertThat(end.failure().error().type()).isEqualTo(ErrorType.LIMIT);
        assertThat(end.failure().error().detail()).contains("server.limits.readerTime");
        assertThat(scenario.millis()).isEqualTo(60_000);
    }

    @Test
    void callerWhoLeavesWhileItIsWaitedFor_leavesNoTimer() {
        var run = scenario.start(PATIENT, item -> Promise.<Void>promise().future());
        scenario.loop.advance(Duration.ofSeconds(5));
        run.cancel(CancelReason.of("left"));
        assertThat(scenario.end(run).state()).isEqualTo(EndState.CANCELLED);
        assertThat(scenario.millis()).isEqualTo(5_000);
    }

    @Test
    void callerWithoutAStream_isRefusedBeforeAnythingBegins() {
        assertThatThrownBy(() -> scenario.start(PLAN, Map.of(), false))
                .isInstanceOf(MusterException.class)
                .hasMessageStartingWith("the items of rows go to the caller's event stream")
                .extracting(thrown -> ((MusterException) thrown).type())
                .isEqualTo(ErrorType.BAD_INPUT);
        assertThat(scenario.events).isEmpty();
    }

    @Test
    void mentionedStep_isAList() {
        var end = scenario.run("""
                plan: p
                steps: {rows: {work: s, flow: 3, stream: true}}
                output: = rows
                """);
        assertThat(end.state()).isEqualTo(EndState.DONE);
        assertThat(scenario.told()).noneMatch(event -> event.contains("\"item\""));
    }

    @Test
    void stepThatCanOnlyFlow_mayNotBeMentioned() {
        assertThatThrownBy(() -> scenario.parse("""
                plan: p
                steps: {rows: {work: s, flow: 3, only: 1}}
                output: = rows
                """))
                .isInstanceOf(ProblemsException.class)
                .hasMessageContaining("cannot be used as a whole");
        scenario.end(scenario.start("""
                plan: p
                steps: {rows: {work: s, flow: 3, only: 1}}
                """, item -> Future.succeededFuture()));
        assertThat(scenario.told()).contains("{\"event\":\"item\",\"path\":\"rows\",\"value\":2}");
    }
}
