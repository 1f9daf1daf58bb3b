package dev.muster.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.loop.VirtualLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class QueueWorkerTest {

    private final VirtualLoop loop = VirtualLoop.inOrder();
    private final FakeChannel node = new FakeChannel();
    private final Map<String, Promise<Object>> started = new LinkedHashMap<>();
    private final List<String> cancelled = new ArrayList<>();
    private QueueWorker worker;

    private void start(WorkOptions options, Function<WorkJob, Future<?>> handler) {
        IntFunction<Duration> pauses = failures -> Duration.ofSeconds(1L << failures);
        var queue = new QueueClient(loop, node, "mail", pauses);
        worker = new QueueWorker(loop, queue, handler, options, pauses).start();
        loop.runReady();
    }

    private void start(WorkOptions options) {
        start(options, job -> {
            Promise<Object> answer = Promise.promise();
            started.put(job.job().id(), answer);
            job.cancelled().onSuccess(told -> cancelled.add(job.job().id()));
            return answer.future();
        });
    }

    private FakeChannel.Asked the(String word) {
        loop.runReady();
        return node.the(word);
    }

    private void end(String id, Object value) {
        started.get(id).complete(value);
    }

    private void pass(long millis) {
        loop.advance(Duration.ofMillis(millis));
        loop.runReady();
    }

    /** Says yes to everything until the worker has ended, and sees that nothing is left of it. */
    @AfterEach
    void nothingIsLeft() {
        worker.end();
        loop.runReady();
        started.values().forEach(answer -> answer.tryFail("told to end"));
        for (int i = 0; i < 10; i++) {
            loop.runReady();
            for (FakeChannel.Asked asked : List.copyOf(node.waiting)) {
                if (asked.body.containsKey("jobs")) {
                    asked.applied();
                } else {
                    asked.giveNothing();
                }
            }
        }
        assertThat(worker.ended().isComplete()).isTrue();
        assertThat(loop.waitingTimers()).isZero();
    }

    @Test
    void result_isTheOutputOfTheAck() {
        start(WorkOptions.consumers(1));
        the("take").give("30s", 5);
        loop.runReady();
        end("5", Map.of("n", 5L));

        assertThat(the("ack").jobs()).isEqualTo(List.of(Map.of("id", "5", "lease", "L5", "output", Map.of("n", 5L))));
        assertThat(node.words()).containsExactly("ack");
        the("ack").applied();
        the("take").give("30s", 6);
        loop.runReady();
        end("6", null);
        assertThat(the("ack").jobs()).isEqualTo(List.of(Map.of("id", "6", "lease", "L6")));
    }

    @Test
    void take_asksForNoMoreThanFreeSlots() {
        start(WorkOptions.consumers(2).withPrefetch(1));
        assertThat(the("take").body).isEqualTo(Map.of("max", 3L, "wait", "20000ms"));
        the("take").give("30s", 1, 2);
        assertThat(the("take").body.get("max")).isEqualTo(1L);
        the("take").give("30s", 3);
        loop.runReady();

        assertThat(started.keySet()).containsExactly("1", "2");
        assertThat(node.words()).isEmpty();
        end("1", null);
        loop.runReady();
        assertThat(started.keySet()).containsExactly("1", "2", "3");
        assertThat(node.words())
                .as("what was not acknowledged takes up its slot")
                .containsExactly("ack");
        the("ack").applied();
        assertThat(the("take").body.get("max")).isEqualTo(1L);
    }

    @Test
    void jobsThatEndTogether_areAcknowledgedTogether() {
        start(WorkOptions.consumers(5));
        the("take").give("30s", 1, 2, 3, 4, 5);
        loop.runReady();
        end("1", null);
        end("3", null);
        assertThat(the("ack").ids()).containsExactly("1", "3");
        end("2", null);
        started.get("4").fail("no luck");
        end("5", null);
        the("ack").applied();

        assertThat(the("take").body.get("max")).as("both slots in one take").isEqualTo(2L);
        assertThat(the("ack").ids()).as("while a message was on its way").containsExactly("2", "5");
        the("ack").applied();
        assertThat(the("fail").ids()).containsExactly("4");
    }

    @Test
    void largeResults_goAlone() {
        start(WorkOptions.consumers(2));
        the("take").give("30s", 1, 2);
        loop.runReady();
        end("1", "x".repeat(200_000));
        end("2", "x".repeat(200_000));

        assertThat(the("ack").ids()).containsExactly("1");
        the("ack").applied();
        assertThat(the("ack").ids()).containsExactly("2");
    }

    @Test
    void failures_areThoseOfTheTry() {
        start(WorkOptions.consumers(4), job -> switch (job.job().id()) {
            case "1" -> throw new IllegalStateException("no luck");
            case "2" -> Future.failedFuture(JobFailure.retryIn(Duration.ofMillis(2_500), "later"));
            case "3" -> Future.failedFuture(JobFailure.giveUp("never"));
            default -> Future.failedFuture(MusterError.unavailable("gone"));
        });
        the("take").give("30s", 1, 2, 3, 4);

        assertThat(the("fail").jobs())
                .isEqualTo(List.of(
                        Map.of("id", "1", "lease", "L1", "error", error("java.lang.IllegalStateException: no luck")),
                        Map.of("id", "2", "lease", "L2", "error", error("later"), "retryIn", "2500ms"),
                        Map.of("id", "3", "lease", "L3", "error", error("never"), "giveUp", true),
                        Map.of("id", "4", "lease", "L4", "error", Map.of("type", "unavailable", "detail", "gone"))));
    }

    @Test
    void handlerThatThrowsAnError_failsTheTry() {
        start(WorkOptions.consumers(1), job -> {
            throw new StackOverflowError("too deep");
        });
        the("take").give("30s", 1);

        assertThat(the("fail").jobs())
                .isEqualTo(List.of(
                        Map.of("id", "1", "lease", "L1", "error", error("java.lang.StackOverflowError: too deep"))));
    }

    @Test
    void handlerThatReturnsNull_failsTheTry() {
        start(WorkOptions.consumers(1), job -> null);
        the("take").give("30s", 1);

        assertThat(String.valueOf(the("fail").jobs().get(0).get("error"))).contains("returned null, not a future");
    }

    @Test
    void failureWhoseMessageThrows_failsTheTry() {
        final class Unspeakable extends RuntimeException {
            private static final long serialVersionUID = 1L;

            @Override
            public String getMessage() {
                throw new IllegalStateException("no message");
            }
        }
        start(WorkOptions.consumers(1), job -> Future.failedFuture(new Unspeakable()));
        the("take").give("30s", 1);

        assertThat(String.valueOf(the("fail").jobs().get(0).get("error"))).contains("Unspeakable");
    }

    private static Map<String, String> error(String detail) {
        return Map.of("type", "failed", "detail", detail);
    }

    @Test
    void resultThatIsNoJson_makesTheJobDead() {
        start(WorkOptions.consumers(1), job -> Future.succeededFuture(new Object()));
        the("take").give("30s", 1);

        assertThat(the("fail").jobs().get(0)).containsEntry("giveUp", true);
    }

    @Test
    void leases_areExtendedAtEachThird() {
        start(WorkOptions.consumers(1).withPrefetch(1));
        the("take").give("3s", 1, 2);
        loop.runReady();
        for (int beat = 0; beat < 10; beat++) {
            pass(1_000);
            assertThat(the("extend").jobs())
                    .isEqualTo(List.of(
                            Map.of("id", "1", "lease", "L1", "by", "3000ms"),
                            Map.of("id", "2", "lease", "L2", "by", "3000ms")));
            the("extend").applied();
        }

        assertThat(cancelled).isEmpty();
        end("1", null);
        loop.runReady();
        the("ack").applied();
        pass(1_000);
        assertThat(the("extend").ids()).containsExactly("2");
    }

    @Test
    void lostLease_tellsTheHandler_andWhatItSaysIsDropped() {
        start(WorkOptions.consumers(2));
        the("take").give("3s", 1, 2);
        pass(1_000);
        the("extend").applied("2");
        loop.runReady();

        assertThat(cancelled).containsExactly("2");
        end("2", "too late");
        // Refused if the lease is lost; if the job's cancel was asked for, it has its effect.
        assertThat(the("release").ids()).containsExactly("2");
        the("release").applied("2");
        assertThat(the("take").body.get("max")).isEqualTo(1L);
        pass(1_000);
        assertThat(the("extend").ids()).containsExactly("1");
    }

    @Test
    void leaseOfAJobAhead_thatIsLost_isGivenUp() {
        start(WorkOptions.consumers(1).withPrefetch(1));
        the("take").give("3s", 1, 2);
        pass(1_000);
        the("extend").applied("2");
        assertThat(the("release").ids()).containsExactly("2");
        the("release").applied("2");
        end("1", null);
        loop.runReady();

        assertThat(started.keySet()).containsExactly("1");
    }

    @Test
    void leaseThatCannotBeExtended_runsOut_andTheHandlerIsTold() {
        start(WorkOptions.consumers(1));
        the("take").give("3s", 1);
        pass(1_000);
        the("extend").fail("unavailable");
        pass(1_999);
        assertThat(cancelled).isEmpty();
        pass(1);

        assertThat(cancelled).containsExactly("1");
        end("1", "too late");
        loop.runReady();
        assertThat(node.words()).doesNotContain("ack", "release", "fail");
    }

    @Test
    void leaseShorterThanTheOneBefore_isExtendedInTime() {
        start(WorkOptions.consumers(2));
        the("take").give("30s", 1);
        the("take").give("3s", 2);
        pass(1_000);

        assertThat(the("extend").jobs())
                .isEqualTo(List.of(
                        Map.of("id", "1", "lease", "L1", "by", "3000ms"),
                        Map.of("id", "2", "lease", "L2", "by", "3000ms")));
    }

    @Test
    void extension_countsByTheLeaseThatItAskedFor() {
        start(WorkOptions.consumers(2));
        the("take").give("3s", 1);
        var take = the("take");
        pass(1_000);
        var extend = the("extend");
        take.give("30s", 2);
        loop.runReady();
        extend.applied();
        pass(2_999);
        assertThat(cancelled).isEmpty();
        pass(1);

        assertThat(cancelled).as("3 s after it was asked").containsExactly("1");
    }

    @Test
    void extensionThatFails_isSentAgainSoon_andKeepsTheLease() {
        start(WorkOptions.consumers(1));
        the("take").give("12s", 1);
        pass(4_000);
        the("extend").fail("unavailable");
        pass(1_000);
        the("extend").fail("unavailable");
        pass(999);
        assertThat(node.words()).as("pauses grow").doesNotContain("extend");
        pass(1_001);
        the("extend").applied();
        pass(3_000);
        assertThat(node.words()).doesNotContain("extend");
        pass(1_000);
        the("extend").applied();
        pass(4_000);
        assertThat(the("extend").ids()).as("at each third again").containsExactly("1");
        assertThat(cancelled).isEmpty();
    }

    @Test
    void extensionThatTheStoreDoesNotAnswer_isSentAgainSoon() {
        start(WorkOptions.consumers(2));
        the("take").give("12s", 1, 2);
        pass(4_000);
        the("extend")
                .reply(Map.of(
                        "jobs",
                        List.of(
                                Map.of("id", "1", "state", "leased"),
                                Map.of("id", "2", "error", Map.of("type", "unavailable", "detail", "the test")))));
        pass(1_000);

        assertThat(the("extend").ids()).contains("2");
    }

    @Test
    void extensionThatIsRefused_isNotSentAgainBeforeTheNextThird() {
        start(WorkOptions.consumers(1));
        the("take").give("12s", 1);
        pass(4_000);
        the("extend").fail("denied");
        pass(3_999);

        assertThat(node.words()).doesNotContain("extend");
    }

    @Test
    void extension_countsFromWhenItWasAskedFor() {
        start(WorkOptions.consumers(1));
        the("take").give("3s", 1);
        pass(1_000);
        var extend = the("extend");
        pass(999);
        extend.applied();
        pass(2_000);
        assertThat(cancelled).isEmpty();
        pass(1);

        assertThat(cancelled).as("3 s after it was asked").containsExactly("1");
    }

    @Test
    void lostConnection_isWaitedOut_andWhatCameOfJobsIsSaidAgain() {
        start(WorkOptions.consumers(2));
        the("take").give("30s", 1);
        loop.runReady();
        end("1", null);
        the("ack").fail("unavailable");
        the("take").fail("unavailable");
        loop.runReady();
        assertThat(node.words()).isEmpty();
        pass(1_000);
        the("ack").fail("unavailable");
        the("take").fail("unavailable");
        pass(1_999);
        assertThat(node.words()).as("pauses grow").doesNotContain("take");
        pass(1);

        assertThat(the("ack").ids()).containsExactly("1");
        assertThat(the("take").body.get("max")).isEqualTo(1L);
    }

    @Test
    void ackThatCannotBeSaidBeforeTheLeaseIsOver_isDropped() {
        start(WorkOptions.consumers(1));
        the("take").give("3s", 1);
        loop.runReady();
        end("1", null);
        the("ack").fail("unavailable");
        pass(1_000);
        the("ack").fail("unavailable");
        pass(1_999);
        assertThat(node.words()).as("the job is held").doesNotContain("take");
        pass(1);

        assertThat(node.words()).contains("take");
    }

    @Test
    void queueThatHasNothingAtOnce_isAskedAfterPauses() {
        start(WorkOptions.consumers(1));
        the("take").reply(Map.of("jobs", List.of()));
        loop.runReady();
        assertThat(node.words()).isEmpty();
        pass(1_000);
        the("take").reply(Map.of("jobs", List.of()));
        pass(2_000);
        var patient = the("take");
        pass(20_000);
        patient.reply(Map.of("jobs", List.of()));

        assertThat(the("take"))
                .as("one that waited its time is no reason for a pause")
                .isNotNull();
    }

    @Test
    void queueThatIsNotThere_endsTheWorker() {
        start(WorkOptions.consumers(1));
        the("take").fail("notFound");
        loop.runReady();

        assertThat(worker.ended().cause()).isInstanceOf(MusterError.class);
    }

    @Test
    void close_givesBackWhatIsAhead_tellsHandlers_andWaits() {
        start(WorkOptions.consumers(2).withPrefetch(2));
        the("take").give("30s", 1, 2, 3);
        var late = the("take");
        Future<Void> closed = worker.close();
        assertThat(the("release").ids()).containsExactly("3");
        assertThat(cancelled).containsExactly("1", "2");
        started.get("1").fail("told to end");
        end("2", "done all the same");
        the("release").applied();
        assertThat(the("release").ids()).containsExactly("1");
        the("release").applied();
        assertThat(the("ack").ids()).containsExactly("2");
        the("ack").applied();
        late.giveNothing();
        assertThat(closed.isComplete()).isFalse();
        loop.runReady();

        assertThat(closed.succeeded()).isTrue();
    }

    @Test
    void close_withdrawsTheTake_andWaitsUntilWhatCameWithItIsGivenBack() {
        start(WorkOptions.consumers(1));
        var take = the("take");
        Future<Void> closed = worker.close();
        loop.runReady();
        assertThat(take.isWithdrawn).isTrue();
        assertThat(closed.isComplete()).isFalse();
        take.give("30s", 1, 2);
        assertThat(the("release").ids()).containsExactly("1", "2");
        assertThat(started).isEmpty();
        assertThat(closed.isComplete()).isFalse();
        the("release").applied();
        loop.runReady();

        assertThat(closed.succeeded()).isTrue();
    }

    @Test
    void takeThatIsLostAfterItWasWithdrawn_isWaitedForNoLonger() {
        start(WorkOptions.consumers(1));
        worker.close();
        the("take").fail("unavailable");
        loop.runReady();

        assertThat(worker.ended().succeeded()).isTrue();
        assertThat(node.words()).isEmpty();
    }

    @Test
    void takeThatIsNotAnsweredAfterItWasWithdrawn_isNotWaitedForForever_andItsJobsGoBack() {
        start(WorkOptions.consumers(1));
        var take = the("take");
        worker.close();
        pass(29_999);
        assertThat(worker.ended().isComplete()).isFalse();
        pass(1);

        assertThat(worker.ended().succeeded()).isTrue();
        take.give("30s", 4);
        assertThat(the("release").ids()).as("what comes too late").containsExactly("4");
    }

    @Test
    void drain_letsHandlersEnd_butNotForever() {
        start(WorkOptions.consumers(2).withDrain(Duration.ofSeconds(5)));
        the("take").give("30s", 1, 2);
        loop.runReady();
        worker.close();
        pass(4_999);
        assertThat(cancelled).isEmpty();
        end("1", null);
        assertThat(the("ack").ids()).containsExactly("1");
        pass(1);

        assertThat(cancelled).containsExactly("2");
    }

    @Test
    void drainUntilDone_neverTells() {
        start(WorkOptions.consumers(1).withDrain(WorkOptions.UNTIL_DONE));
        the("take").give("1h", 1);
        loop.runReady();
        worker.close();
        pass(Duration.ofMinutes(50).toMillis());

        assertThat(cancelled).isEmpty();
        assertThat(worker.ended().isComplete()).isFalse();
    }

    @Test
    void closedWhileTheConnectionIsLost_endsWithoutTryingForever() {
        start(WorkOptions.consumers(1));
        the("take").give("30s", 1);
        loop.runReady();
        end("1", null);
        the("ack").fail("unavailable");
        loop.runReady();
        worker.end();
        the("ack").fail("unavailable");
        loop.runReady();

        assertThat(worker.ended().succeeded()).isTrue();
    }

    @Test
    void closedWorker_saysOutcomesAgain_untilTheLeaseIsOver() {
        start(WorkOptions.consumers(1));
        the("take").give("30s", 1);
        loop.runReady();
        end("1", null);
        the("ack").fail("unavailable");
        worker.close();
        for (int i = 0; i < 14; i++) {
            pass(2_000);
            the("ack").fail("unavailable");
        }
        assertThat(worker.ended().isComplete()).isFalse();
        pass(2_000);

        assertThat(worker.ended().succeeded()).isTrue();
        assertThat(node.words()).as("its lease is extended no more").doesNotContain("extend");
    }

    @Test
    void handler_mayCloseItsWorker() {
        start(WorkOptions.consumers(1).withPrefetch(2).withDrain(WorkOptions.UNTIL_DONE), job -> {
            job.worker().close();
            return Future.succeededFuture(job.body());
        });
        the("take").give("30s", 1, 2, 3);
        assertThat(the("release").ids()).containsExactly("2", "3");
        the("release").applied();
        assertThat(the("ack").ids()).containsExactly("1");
    }

    @Test
    void jobsOfAMessage_areJudgedEachByItsError() {
        start(WorkOptions.consumers(3));
        the("take").give("30s", 1, 2, 3);
        loop.runReady();
        end("1", "a");
        end("2", "b");
        end("3", "c");
        the("ack")
                .reply(Map.of(
                        "jobs",
                        List.of(
                                Map.of("id", "1", "state", "done"),
                                Map.of("id", "2", "error", Map.of("type", "unavailable", "detail", "the test")),
                                Map.of("id", "3", "error", Map.of("type", "badInput", "detail", "not for me")))));

        pass(2_000);
        assertThat(the("ack").ids()).containsExactly("2");
        the("ack").applied();
        assertThat(JobMessages.jobs(the("fail").body))
                .singleElement()
                .satisfies(said -> assertThat(said)
                        .containsEntry("id", "3")
                        .containsEntry("giveUp", true)
                        .containsEntry("error", JobMessages.failed("the result cannot be stored: not for me")));
        the("fail").applied();
        loop.runReady();
        assertThat(the("take").body.get("max")).as("all places are free").isNotNull();
    }

    @Test
    void messageThatIsRefused_isSaidOfEachJobAlone() {
        start(WorkOptions.consumers(2));
        the("take").give("30s", 1, 2);
        loop.runReady();
        end("1", "a");
        end("2", "b");
        the("ack").fail("limit");

        assertThat(the("ack").ids()).containsExactly("1");
        the("ack").applied();
        assertThat(the("ack").ids()).containsExactly("2");
    }

    @Test
    void lease_isExtended_whileItsOutcomeIsSaidAgain() {
        start(WorkOptions.consumers(1));
        the("take").give("3s", 1);
        loop.runReady();
        end("1", "a");
        the("ack").fail("unavailable");
        for (int i = 0; i < 5; i++) {
            pass(1_000);
            the("extend").applied();
            the("ack").fail("unavailable");
        }
        pass(1_000);

        assertThat(the("ack").ids()).containsExactly("1");
    }
}
