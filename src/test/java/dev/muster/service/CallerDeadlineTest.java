package dev.muster.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.connect.DeadlineHeader;
import dev.muster.loop.VirtualLoop;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.run.Deadline;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a request says of its deadline. */
class CallerDeadlineTest {

    private final CallerDeadline said = new CallerDeadline(1_000);

    private static void refused(ErrorType type, String detail, Runnable act) {
        assertThatThrownBy(act::run).isInstanceOfSatisfying(MusterException.class, refused -> {
            assertThat(refused.type()).isEqualTo(type);
            assertThat(refused.detail()).isEqualTo(detail);
        });
    }

    @Test
    void nothingSaid_isNone() {
        assertThat(said.word("deadline", null)
                        .header(DeadlineHeader.MUSTER, List.of())
                        .get())
                .isNull();
    }

    @Test
    void smallest_counts_fromWhenTheRequestCame_andSaysWhose() {
        Deadline deadline = said.header(DeadlineHeader.MUSTER, List.of("2s"))
                .header(DeadlineHeader.GRPC, List.of("300m"))
                .header(DeadlineHeader.ENVOY, List.of("301"))
                .word("deadline", "1s")
                .get();

        assertThat(deadline).isEqualTo(new Deadline(300_001_000, Duration.ofMillis(300), "grpc-timeout"));
        assertThat(deadline.passed()).isEqualTo("no answer within the 300 ms that grpc-timeout gives");
    }

    @Test
    void sameLineAgain_saysNothingNew() {
        assertThat(said.header(DeadlineHeader.ENVOY, List.of("300", "300", "300"))
                        .get())
                .isNotNull();
    }

    @Test
    void linesThatDiffer_areMalformed_whateverTheyMean() {
        refused(
                ErrorType.BAD_INPUT,
                "grpc-timeout occurs more than once, with different values",
                () -> said.header(DeadlineHeader.GRPC, List.of("1S", "1000m")));
    }

    @Test
    void malformedOne_isRefused_besideGoodOnesAndZero() {
        said.header(DeadlineHeader.GRPC, List.of("0n"));
        refused(
                ErrorType.BAD_INPUT,
                "Muster-Deadline must be a whole number with ms, s, m or h, such as 300ms, not \"soon\"",
                () -> said.header(DeadlineHeader.MUSTER, List.of("soon")));
    }

    @Test
    void word_isText() {
        for (Object wrong : List.of(300L, true, List.of("300ms"))) {
            refused(
                    ErrorType.BAD_INPUT,
                    "deadline must be a duration such as \"300ms\"",
                    () -> said.word("deadline", wrong));
        }
        refused(
                ErrorType.BAD_INPUT,
                "deadline must be a whole number with ms, s, m or h, such as 300ms, not \"300\"",
                () -> said.word("deadline", "300"));
    }

    @Test
    void zero_isATimeoutAtOnce() {
        said.header(DeadlineHeader.MUSTER, List.of("5s")).header(DeadlineHeader.ENVOY, List.of("0"));
        refused(ErrorType.TIMEOUT, "no answer within the 0 ms that x-envoy-expected-rq-timeout-ms gives", said::get);
    }

    @Test
    void hugeOne_doesNotOverflow() {
        Deadline deadline =
                said.header(DeadlineHeader.GRPC, List.of("99999999H")).get();
        assertThat(deadline).isNotNull();
        assertThat(deadline.left(1_000)).isEqualTo(Duration.ofDays(365));
    }

    @Test
    void bound_givesUpAtTheDeadline_andTellsOnce() {
        VirtualLoop loop = VirtualLoop.inOrder();
        var told = new ArrayList<String>();
        Promise<String> slow = Promise.promise();
        var deadline = new Deadline(Duration.ofMillis(50).toNanos(), Duration.ofMillis(50), "deadline");
        Future<String> bound = CallerDeadline.bound(loop, slow.future(), deadline, () -> told.add("late"));
        loop.run();

        assertThat(loop.nanos()).isEqualTo(50_000_000);
        assertThat(bound.cause()).hasMessage("no answer within the 50 ms that deadline gives");
        slow.complete("too late");
        loop.run();
        assertThat(told).containsExactly("late");
    }

    @Test
    void bound_givesWhatComesInTime_andLeavesNoTimer() {
        VirtualLoop loop = VirtualLoop.inOrder();
        Promise<String> quick = Promise.promise();
        var deadline = new Deadline(Duration.ofHours(1).toNanos(), Duration.ofHours(1), "deadline");
        Future<String> bound = CallerDeadline.bound(loop, quick.future(), deadline, () -> {
            throw new AssertionError("late");
        });
        quick.complete("here");
        loop.run();

        assertThat(bound.result()).isEqualTo("here");
        assertThat(loop.nanos()).isZero();
        assertThat(loop.waitingTimers()).isZero();
        assertThat(CallerDeadline.bound(loop, slowly(), null, () -> {}).isComplete())
                .isFalse();
        assertThat(loop.waitingTimers()).isZero();
    }

    private static Future<String> slowly() {
        return Promise.<String>promise().future();
    }
}
