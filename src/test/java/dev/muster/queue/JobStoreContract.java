package dev.muster.queue;

import static dev.muster.queue.StoreFixture.Switch.CLOSED;
import static dev.muster.queue.StoreFixture.Switch.PAUSED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.muster.queue.JobStore.CancelVerdict;
import dev.muster.queue.JobStore.RedriveVerdict;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What {@link JobStore} says, by example; every store passes it. */
public abstract class JobStoreContract extends StoreTest {

    // ---- put and take

    @Test
    void jobs_areTakenInTheOrderInWhichTheyWerePut() {
        open();
        List<String> ids = putNamed("a", "b", "c");
        List<Job> taken = take(2);

        assertThat(names(taken)).containsExactly("a", "b");
        assertThat(taken).extracting(Job::id).isEqualTo(ids.subList(0, 2));
        assertThat(takeNames(5)).containsExactly("c");
        assertThat(takeNames(5)).isEmpty();
    }

    @Test
    void jobs_ofSeveralPuts_areTakenInTheirOrder() {
        open();
        IntStream.range(0, 30).forEach(i -> putNamed("j" + i));

        assertThat(takeNames(30))
                .containsExactlyElementsOf(
                        IntStream.range(0, 30).mapToObj(i -> "j" + i).toList());
    }

    @Test
    void ids_areIncreasingDecimals() {
        open();
        List<String> ids = putNamed("a", "b", "c");

        assertThat(ids).allMatch(id -> id.matches("[1-9][0-9]*"));
        assertThat(ids.stream().map(Long::valueOf)).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void takenJob_saysAllThatWasPut() {
        open();
        String body = "{\"b\": 1.0,  \"a\":\"\\u0000 \u00fc \ud83d\ude00\"}";
        String id = putOne(NewJob.of(body).withKey("k'\u00fc").withPriority(7));
        Job job = takeOne();

        assertThat(job.id()).isEqualTo(id);
        assertThat(job.body()).as("the same text").isEqualTo(body);
        assertThat(job.attempt()).isEqualTo(1);
        assertThat(job.lease()).isNotEmpty();
        assertThat(job.key()).isEqualTo("k'\u00fc");
        assertThat(job.priority()).isEqualTo(7);
        assertThat(job.checkpoint()).isNull();
    }

    @Test
    void expires_isTheLeaseFromNow() {
        open();
        putNamed("a", "b");
        Job early = takeOne();
        store.advance(seconds(5));

        assertThat(Duration.between(early.expires(), takeOne().expires())).isBetween(ms(4_900), ms(7_000));
    }

    @Test
    void higherPriority_isTakenFirst() {
        open();
        putAll(job("low").withPriority(-5), job("a"), job("high").withPriority(9), job("b"));

        assertThat(takeNames(4)).containsExactly("high", "a", "b", "low");
    }

    @Test
    void emptyBatches_areAnsweredWithNothing() {
        open();

        assertThat(put()).isEmpty();
        assertThat(settleAll()).isEmpty();
        assertThat(cancelAll(List.of())).isEmpty();
    }

    @Test
    void put_hintsThatJobsAreReady() {
        open();
        putNamed("a");

        store.until("jobs are ready", () -> hints.ready > 0);
    }

    // ---- delay

    @Test
    void delayedJob_isTakenOnceItIsDue() {
        open();
        String id = putOne(job("a").withDelay(seconds(10)));

        assertThat(find(id).state()).isEqualTo(JobState.SCHEDULED);
        assertThat(find(id).due()).isNotNull();
        store.advance(seconds(9));
        assertThat(takeNames(1)).isEmpty();
        hints.ready = 0;
        store.advance(seconds(2));
        store.until("jobs are ready", () -> hints.ready > 0);
        assertThat(find(id).state()).isEqualTo(JobState.READY);
        assertThat(find(id).due()).isNull();
        assertThat(takeNames(1)).containsExactly("a");
    }

    @Test
    void dueJobs_areTakenInTheOrderInWhichTheyBecameDue() {
        open();
        putAll(job("c").withDelay(seconds(3)), job("a").withDelay(seconds(1)), job("b").withDelay(seconds(2)));
        store.advance(seconds(5));
        putNamed("d");

        assertThat(takeNames(4)).containsExactly("a", "b", "c", "d");
    }

    // ---- room

    @Test
    void fullQueue_acceptsWhatFits() {
        open(settings().withSize(2));
        List<PutResult> results = put(job("a"), job("b").withDelay(LONG), job("c"), job("d"));

        assertThat(results.subList(0, 2)).extracting(PutResult::verdict).containsOnly(PutResult.Verdict.ACCEPTED);
        assertThat(results.subList(2, 4)).containsOnly(PutResult.FULL);
        assertThat(put(job("e"))).containsExactly(PutResult.FULL);
        assertThat(counts()).isEqualTo(new QueueStatus.Counts(1, 1, 0, 0, 0, 0));
    }

    @Test
    void leasedJobs_doNotTakeUpRoom_andATakeHintsAtRoom() {
        open(settings().withSize(1));
        putNamed("a");
        put(job("b"));
        assertThat(hints.room).isZero();
        takeOne();
        store.until("there is room", () -> hints.room > 0);

        putNamed("b");
    }

    @Test
    void cancelOfAWaitingJob_hintsAtRoom() {
        open(settings().withSize(1));
        String id = putOne(job("a"));
        put(job("b"));
        cancel(id);

        store.until("there is room", () -> hints.room > 0);
    }

    @Test
    void jobsThatComeBack_mayExceedTheSize() {
        open(settings().withSize(1));
        putNamed("a");
        Job first = takeOne();
        putNamed("b");
        release(first);

        assertThat(counts().ready()).isEqualTo(2);
        assertThat(put(job("c"))).containsExactly(PutResult.FULL);
        takeOne();
        assertThat(put(job("c"))).containsExactly(PutResult.FULL);
    }

    // ---- unique

    @Test
    void uniqueWord_ofAnUnfinishedJob_givesItsId() {
        open();
        String id = putOne(job("a").withUnique("u").withDelay(seconds(1)));
        PutResult existing = PutResult.existing(id);

        assertThat(put(job("b").withUnique("u"))).as("scheduled").containsExactly(existing);
        store.advance(seconds(2));
        assertThat(put(job("b").withUnique("u"))).as("ready").containsExactly(existing);
        takeOne();
        assertThat(put(job("b").withUnique("u"))).as("leased").containsExactly(existing);
        assertThat(counts().unfinished()).isEqualTo(1);
    }

    @Test
    void uniqueWord_isFreeOnceTheJobIsFinished() {
        open();
        putOne(job("done").withUnique("u"));
        ack(takeOne());
        cancel(putOne(job("cancelled").withUnique("u")));
        putDead(job("dead").withUnique("u"));

        putOne(job("a").withUnique("u"));
    }

    @Test
    void uniqueWord_twiceInABatch_isOneJob() {
        open();
        List<PutResult> results = put(job("a").withUnique("u"), job("b").withUnique("v"), job("c").withUnique("u"));

        assertThat(results.get(2)).isEqualTo(PutResult.existing(results.get(0).id()));
        assertThat(takeNames(5)).containsExactly("a", "b");
    }

    @Test
    void uniqueWord_inAFullQueue_stillGivesTheId() {
        open(settings().withSize(1));
        String id = putOne(job("a").withUnique("u"));

        assertThat(put(job("b"), job("c").withUnique("u"), job("d").withUnique("v")))
                .containsExactly(PutResult.FULL, PutResult.existing(id), PutResult.FULL);
    }

    // ---- switches

    @Test
    void closedQueue_refusesPuts_andGivesWhatItHas() {
        open();
        putNamed("a");
        turn(CLOSED, true);
        turn(CLOSED, true);

        assertThat(put(job("b"))).containsExactly(PutResult.CLOSED);
        assertThat(status().closed()).isTrue();
        fail(takeOne(), Duration.ZERO);
        assertThat(takeNames(2)).containsExactly("a");
        turn(CLOSED, false);
        putNamed("c");
    }

    @Test
    void close_hintsThoseWhoWaitForRoom_andForTheEnd() {
        open(settings().withSize(1));
        String id = putOne(job("a"));
        put(job("b"));
        turn(CLOSED, true);
        store.until("those who wait for room are told", () -> hints.room > 0);
        turn(CLOSED, false);
        cancel(id);
        store.until("the queue is idle", () -> hints.idle > 0);
        hints.idle = 0;
        turn(CLOSED, true);

        store.until("those who wait for the end are told", () -> hints.idle > 0);
    }

    @Test
    void pausedQueue_givesNothing_andTakesPutsAndSettles() {
        open();
        putNamed("a", "b");
        Job job = takeOne();
        turn(PAUSED, true);
        putNamed("c");

        assertThat(take(5)).isEmpty();
        assertThat(status().paused()).isTrue();
        assertThat(ack(job).isApplied()).isTrue();
        store.advance(ms(1));
        hints.ready = 0;
        turn(PAUSED, false);
        store.until("jobs are ready", () -> hints.ready > 0);
        assertThat(takeNames(5)).containsExactly("b", "c");
    }

    @Test
    void status_namesQueueStoreAndSize() {
        open(settings().withSize(77));

        assertThat(status())
                .isEqualTo(new QueueStatus(
                        settings().name(),
                        settings().store(),
                        77,
                        new QueueStatus.Counts(0, 0, 0, 0, 0, 0),
                        false,
                        false));
    }

    // ---- acknowledge

    @Test
    void ack_makesItDone() {
        open();
        String id = putOne(job("a"));
        Settled settled = settle(new Settle.Ack(id, takeOne().lease(), "{\"n\": 1}"));

        assertThat(settled).isEqualTo(Settled.to(JobState.DONE));
        assertThat(counts()).isEqualTo(new QueueStatus.Counts(0, 0, 0, 1, 0, 0));
        store.advance(LONG);
        assertThat(take(1)).isEmpty();
    }

    @Test
    void doneJob_isFoundWithItsOutput_whereFinishedOnesAreKept() {
        open();
        String id = putOne(job("a"));
        settle(new Settle.Ack(id, takeOne().lease(), "{\"n\": 1}"));
        assumeTrue(store.keepsFinished());

        assertThat(find(id).state()).isEqualTo(JobState.DONE);
        assertThat(find(id).output()).isEqualTo("{\"n\": 1}");
        store.advance(settings().keep().done().plus(LONG));
        assertThat(find(id)).isNull();
    }

    @Test
    void lastAck_hintsThatTheQueueIsIdle() {
        open();
        putNamed("a", "b");
        List<Job> jobs = take(2);
        ack(jobs.get(0));
        store.advance(ms(1));
        assertThat(hints.idle).isZero();
        ack(jobs.get(1));

        store.until("the queue is idle", () -> hints.idle > 0);
    }

    @Test
    void settle_withALeaseThatIsNotTheJobs_isRefused() {
        open();
        List<String> ids = putNamed("a", "b");
        List<Job> jobs = take(2);
        String other = jobs.get(1).lease();

        assertThat(other).isNotEqualTo(jobs.get(0).lease());
        for (String lease : List.of(other, "", "0", "x", "99999999999999999999999", "-1")) {
            assertThat(settle(new Settle.Ack(ids.get(0), lease, null)))
                    .as(lease)
                    .isEqualTo(Settled.STALE);
        }
        for (String id : List.of("999999999", "", "x", "-1", "99999999999999999999999", "1.5", "0" + ids.get(0))) {
            assertThat(settle(new Settle.Release(id, jobs.get(0).lease())))
                    .as(id)
                    .isEqualTo(Settled.STALE);
        }
        assertThat(counts().leased()).isEqualTo(2);
    }

    @Test
    void settledLease_isNoLongerTheJobs() {
        open();
        putNamed("acked", "failed", "released");
        List<Job> jobs = take(3);
        ack(jobs.get(0));
        fail(jobs.get(1), LONG);
        release(jobs.get(2));

        for (int i = 0; i < 3; i++) {
            Job job = jobs.get(i);
            if (i != 0) {
                assertThat(ack(job)).as(job.body()).isEqualTo(Settled.STALE);
            }
            if (i != 1) {
                assertThat(fail(job)).as(job.body()).isEqualTo(Settled.STALE);
            }
            if (i != 2) {
                assertThat(release(job)).as(job.body()).isEqualTo(Settled.STALE);
            }
            assertThat(settle(new Settle.Fail(job.id(), job.lease(), "1", null, true)))
                    .as(job.body())
                    .isEqualTo(Settled.STALE);
            assertThat(extend(job, LONG)).as(job.body()).isEqualTo(Settled.STALE);
            assertThat(checkpoint(job, "1")).as(job.body()).isEqualTo(Settled.STALE);
        }
        assertThat(counts()).isEqualTo(new QueueStatus.Counts(1, 1, 0, 1, 0, 0));
    }

    @Test
    void outcomeThatIsSaidAgain_isAnsweredAsBefore_andChangesNothing() {
        open();
        putNamed("acked", "failed", "released", "given up");
        List<Job> jobs = take(4);
        var giveUp = new Settle.Fail(jobs.get(3).id(), jobs.get(3).lease(), "1", null, true);
        List<Settled> first = List.of(ack(jobs.get(0)), fail(jobs.get(1), LONG), release(jobs.get(2)), settle(giveUp));
        QueueStatus.Counts before = counts();

        assertThat(List.of(ack(jobs.get(0)), fail(jobs.get(1), LONG), release(jobs.get(2)), settle(giveUp)))
                .isEqualTo(first)
                .extracting(Settled::state)
                .containsExactly(JobState.DONE, JobState.SCHEDULED, JobState.READY, JobState.DEAD);
        assertThat(counts()).isEqualTo(before);
        assertThat(find(jobs.get(1).id()).attempt()).isOne();
    }

    @Test
    void releaseThatIsSaidAgain_whenAnotherHasTheJob_leavesItsLease() {
        open();
        putNamed("a");
        Job first = takeOne();
        release(first);
        Job second = takeOne();

        assertThat(release(first)).isEqualTo(Settled.to(JobState.READY));
        assertThat(ack(first)).isEqualTo(Settled.STALE);
        assertThat(ack(second)).isEqualTo(Settled.to(JobState.DONE));
    }

    @Test
    void leaseThatRanOut_isNotTakenForOneThatWasEnded() {
        open();
        putNamed("a");
        Job first = takeOne();
        store.advance(settings().lease().plusMillis(10));

        assertThat(fail(first)).isEqualTo(Settled.STALE);
        assertThat(ack(first)).isEqualTo(Settled.STALE);
    }

    @Test
    void settles_ofABatch_areAnsweredInTheirOrder() {
        open();
        putNamed("a", "b", "c", "d", "e");
        List<Job> jobs = take(5);
        List<Settled> settled = settleAll(
                new Settle.Release(jobs.get(4).id(), jobs.get(4).lease()),
                new Settle.Ack(jobs.get(0).id(), jobs.get(0).lease(), null),
                new Settle.Ack(jobs.get(1).id(), "x", null),
                new Settle.Extend(jobs.get(2).id(), jobs.get(2).lease(), LONG),
                new Settle.Fail(jobs.get(3).id(), jobs.get(3).lease(), "1", null, true));

        assertThat(settled)
                .extracting(Settled::state)
                .containsExactly(JobState.READY, JobState.DONE, null, JobState.LEASED, JobState.DEAD);
    }

    // ---- fail

    @Test
    void failedJob_isTriedAgainAfterAPause_withAnotherLease() {
        open();
        String id = putOne(job("a"));
        Job first = takeOne();
        store.advance(ms(10));
        assertThat(fail(first)).isEqualTo(Settled.to(JobState.SCHEDULED));
        assertThat(find(id).error()).isEqualTo("{\"detail\":\"broken\"}");
        hints.ready = 0;
        store.advance(seconds(2));
        store.until("jobs are ready", () -> hints.ready > 0);
        Job second = takeOne();

        assertThat(second.id()).isEqualTo(id);
        assertThat(second.attempt()).isEqualTo(2);
        assertThat(second.lease()).isNotEqualTo(first.lease());
        assertThat(second.fence()).isGreaterThan(first.fence());
        assertThat(ack(first)).isEqualTo(Settled.STALE);
        assertThat(ack(second).isApplied()).isTrue();
    }

    @Test
    void pauses_haveJitter_withinTheBackOff() {
        open(settings().withRetries(1, new QueueSettings.Backoff(seconds(100), seconds(100))));
        IntStream.range(0, 40).forEach(i -> putNamed("j" + i));
        take(40).forEach(this::fail);
        store.advance(seconds(50));
        int early = take(40).size();

        assertThat(early).as("of 40, after half of the longest pause").isBetween(6, 34);
        store.advance(seconds(51));
        assertThat(take(40).size() + early).isGreaterThanOrEqualTo(40);
    }

    @Test
    void retryIn_isThePause() {
        open();
        putNamed("a");
        fail(takeOne(), seconds(100));
        store.advance(seconds(99));
        assertThat(take(1)).isEmpty();
        store.advance(seconds(2));

        assertThat(takeNames(1)).containsExactly("a");
    }

    @Test
    void retryInOfZero_isAtOnce_behindThoseThatAreReady() {
        open();
        putNamed("a", "b");
        Job a = takeOne();
        store.advance(ms(10));
        fail(a, Duration.ZERO);

        assertThat(takeNames(2)).containsExactly("b", "a");
    }

    @Test
    void lastTryFails_makesItDead() {
        open();
        String id = putOne(job("a"));
        fail(takeOne(), Duration.ZERO);
        fail(takeOne(), Duration.ZERO);

        assertThat(fail(takeOne(), Duration.ZERO)).isEqualTo(Settled.to(JobState.DEAD));
        assertThat(find(id).state()).isEqualTo(JobState.DEAD);
        assertThat(find(id).attempt()).isEqualTo(3);
        assertThat(counts()).isEqualTo(new QueueStatus.Counts(0, 0, 0, 0, 1, 0));
        store.until("the queue is idle", () -> hints.idle > 0);
    }

    @Test
    void givenUpJob_isDeadAtItsFirstTry() {
        open();
        String id = putDead(job("a"));

        assertThat(find(id).error()).isEqualTo("{\"detail\":\"broken\"}");
        store.advance(LONG);
        assertThat(take(1)).isEmpty();
    }

    @Test
    void noRetries_firstFailureIsTheLast() {
        open(settings().withRetries(0, QueueSettings.Backoff.USUAL));
        putNamed("a");

        assertThat(fail(takeOne())).isEqualTo(Settled.to(JobState.DEAD));
    }

    @Test
    void deadJob_isKnownForItsTime() {
        open(settings().withKeep(new QueueSettings.Keep(seconds(1), seconds(100), seconds(1))));
        String id = putDead(job("a"));
        store.advance(seconds(90));
        assertThat(find(id)).isNotNull();
        store.advance(seconds(90));

        assertThat(find(id)).isNull();
        assertThat(redrive(1)).isZero();
        assertThat(counts().dead()).isZero();
    }

    // ---- release

    @Test
    void releasedJob_isTakenFromItsOldPlace_andTheTryDoesNotCount() {
        open();
        putNamed("a", "b");
        Job first = takeOne();
        store.advance(ms(10));
        putNamed("c");
        hints.ready = 0;
        assertThat(release(first)).isEqualTo(Settled.to(JobState.READY));
        store.until("jobs are ready", () -> hints.ready > 0);
        List<Job> again = take(3);

        assertThat(names(again)).containsExactly("a", "b", "c");
        assertThat(again.get(0).attempt()).isEqualTo(1);
        assertThat(again.get(0).lease()).isNotEqualTo(first.lease());
        assertThat(again.get(0).fence()).isGreaterThan(first.fence());
        assertThat(ack(first)).isEqualTo(Settled.STALE);
    }

    // ---- leases

    @Test
    void leaseThatRanOut_isATry_andTheJobIsTakenAgain() {
        open();
        putNamed("a");
        Job first = takeOne();
        store.advance(LEASE.minusSeconds(2));
        assertThat(counts().leased()).isEqualTo(1);
        store.advance(seconds(2));
        assertThat(ack(first)).isEqualTo(Settled.STALE);
        assertThat(counts().leased()).isZero();
        store.advance(seconds(1));
        Job second = takeOne();

        assertThat(second.attempt()).isEqualTo(2);
        assertThat(extend(first, LONG)).isEqualTo(Settled.STALE);
        assertThat(ack(first)).isEqualTo(Settled.STALE);
        assertThat(ack(second).isApplied()).isTrue();
    }

    @Test
    void leaseOfTheLastTryThatRanOut_makesItDead() {
        open(settings().withRetries(0, QueueSettings.Backoff.USUAL));
        String id = putOne(job("a"));
        takeOne();
        store.advance(LEASE);

        assertThat(find(id).state()).isEqualTo(JobState.DEAD);
        assertThat(find(id).error()).as("why").contains("lease");
        store.until("the queue is idle", () -> hints.idle > 0);
    }

    @Test
    void extendedLease_runsOn() {
        open();
        putNamed("a");
        Job job = takeOne();
        store.advance(seconds(20));
        Settled settled = extend(job, seconds(60));
        store.advance(seconds(50));

        assertThat(settled.state()).isEqualTo(JobState.LEASED);
        assertThat(Duration.between(job.expires(), settled.expires())).isBetween(ms(49_900), ms(52_000));
        assertThat(counts().leased()).isEqualTo(1);
        store.advance(seconds(11));
        assertThat(counts().leased()).isZero();
    }

    @Test
    void extension_neverShortensALease() {
        open();
        putNamed("a");
        Job job = takeOne();

        assertThat(extend(job, seconds(1)).expires()).isEqualTo(job.expires());
        store.advance(seconds(25));
        assertThat(ack(job).isApplied()).isTrue();
    }

    // ---- checkpoint

    @Test
    void checkpoint_isThereForTheNextTry() {
        open();
        String id = putOne(job("a"));
        Job first = takeOne();
        checkpoint(first, "1");
        Settled settled = checkpoint(first, "{\"at\":  2}");
        assertThat(settled.state()).isEqualTo(JobState.LEASED);
        assertThat(settled.expires()).isEqualTo(first.expires());
        assertThat(find(id).checkpoint()).isEqualTo("{\"at\":  2}");
        store.advance(LEASE.plusSeconds(2));
        Job second = takeOne();
        assertThat(second.checkpoint()).isEqualTo("{\"at\":  2}");
        fail(second, Duration.ZERO);

        assertThat(takeOne().checkpoint()).isEqualTo("{\"at\":  2}");
    }

    // ---- cancel

    @Test
    void cancelOfWaitingJobs_cancelsThem() {
        open();
        List<String> ids = putAll(job("a"), job("b").withDelay(LONG), job("c"));

        assertThat(cancelAll(ids.subList(0, 2))).containsExactly(CancelVerdict.CANCELLED, CancelVerdict.CANCELLED);
        assertThat(counts()).isEqualTo(new QueueStatus.Counts(0, 1, 0, 0, 0, 2));
        store.advance(LONG.plusSeconds(1));
        assertThat(takeNames(5)).containsExactly("c");
    }

    @Test
    void cancelOfALeasedJob_tellsItsHolder_andRefusesExtensions() {
        open();
        String id = putOne(job("a"));
        Job job = takeOne();

        assertThat(cancel(id)).isEqualTo(CancelVerdict.ASKED);
        store.until("the cancel is told", () -> hints.cancels.contains(id + " " + job.fence()));
        assertThat(extend(job, LONG)).isEqualTo(Settled.CANCEL_ASKED);
        assertThat(find(id).state()).isEqualTo(JobState.LEASED);
        assertThat(find(id).cancelAsked()).isTrue();
        assertThat(cancel(id)).isEqualTo(CancelVerdict.ASKED);
    }

    @Test
    void cancelAsked_thenAck_isDone() {
        open();
        putNamed("a");
        Job job = takeOne();
        cancel(job.id());

        assertThat(ack(job)).isEqualTo(Settled.to(JobState.DONE));
    }

    @Test
    void cancelAsked_thenFailReleaseOrExpiry_isCancelled() {
        open();
        putNamed("failed", "released", "forgotten");
        List<Job> jobs = take(3);
        jobs.forEach(job -> cancel(job.id()));

        assertThat(fail(jobs.get(0))).isEqualTo(Settled.to(JobState.CANCELLED));
        assertThat(release(jobs.get(1))).isEqualTo(Settled.to(JobState.CANCELLED));
        store.advance(LEASE);
        assertThat(counts()).isEqualTo(new QueueStatus.Counts(0, 0, 0, 0, 0, 3));
        store.until("the queue is idle", () -> hints.idle > 0);
    }

    @Test
    void cancelOfAFinishedOrUnknownJob_changesNothing() {
        open();
        String done = putOne(job("a"));
        ack(takeOne());
        String dead = putDead(job("b"));
        String cancelled = putOne(job("c"));
        cancel(cancelled);

        for (String id : List.of(done, dead, cancelled)) {
            assertThat(cancel(id)).isEqualTo(CancelVerdict.FINISHED);
        }
        for (String id : List.of("999999999", "", "x", "-1", "0", "99999999999999999999999", "0" + dead)) {
            assertThat(cancel(id)).as(id).isEqualTo(CancelVerdict.MISSING);
            assertThat(find(id)).as(id).isNull();
        }
        assertThat(counts()).isEqualTo(new QueueStatus.Counts(0, 0, 0, 1, 1, 1));
    }

    // ---- perKey

    @Test
    void perKey_holdsJobsOfAKeyBack_otherKeysGoAhead() {
        openPerKey(1);
        putAll(job("a1").withKey("a"), job("a2").withKey("a"), job("b1").withKey("b"), job("x"), job("y"));
        List<Job> taken = take(10);

        assertThat(names(taken)).containsExactly("a1", "b1", "x", "y");
        assertThat(take(10)).isEmpty();
        assertThat(counts().ready()).isEqualTo(1);
        store.advance(ms(1));
        hints.ready = 0;
        ack(taken.get(0));
        store.until("jobs are ready", () -> hints.ready > 0);
        assertThat(takeNames(10)).containsExactly("a2");
    }

    @Test
    void perKey_isFreedByFailReleaseAndExpiry() {
        openPerKey(1);
        putAll(job("a1").withKey("a"), job("a2").withKey("a"), job("a3").withKey("a"));
        fail(takeOne(), LONG);
        Job second = takeOne();
        assertThat(name(second)).isEqualTo("a2");
        assertThat(take(5)).isEmpty();
        release(second);
        assertThat(takeNames(5)).containsExactly("a2");
        store.advance(LEASE);

        assertThat(takeNames(5)).containsExactly("a3");
    }

    @Test
    void perKey_cancelAsked_stillHoldsTheKeyUntilItIsSettled() {
        openPerKey(1);
        putAll(job("a1").withKey("a"), job("a2").withKey("a"));
        Job first = takeOne();
        cancel(first.id());
        assertThat(take(5)).isEmpty();
        release(first);

        assertThat(takeNames(5)).containsExactly("a2");
    }

    @Test
    void perKey_ofMore_letsSoManyGo() {
        openPerKey(2);
        putAll(job("a1").withKey("a"), job("a2").withKey("a"), job("a3").withKey("a"));
        List<Job> taken = take(1);

        assertThat(takeNames(5)).containsExactly("a2");
        ack(taken.get(0));
        assertThat(takeNames(5)).containsExactly("a3");
    }

    @Test
    void perKey_withinAKey_higherPriorityGoesFirst() {
        openPerKey(1);
        putAll(
                job("a1").withKey("a"),
                job("a2").withKey("a").withPriority(5),
                job("b").withKey("b").withPriority(1));
        List<Job> taken = take(5);

        assertThat(names(taken)).containsExactly("a2", "b");
        ack(taken.get(0));
        assertThat(takeNames(5)).containsExactly("a1");
    }

    @Test
    void perKey_cancelledJobOfAKey_letsTheNextOneGo() {
        openPerKey(1);
        List<String> ids = putAll(job("a1").withKey("a"), job("a2").withKey("a"));
        cancel(ids.get(0));

        assertThat(takeNames(5)).containsExactly("a2");
    }

    // ---- keyRate

    @Test
    void keyRate_boundsStartsOfAKey_otherKeysGoAhead() {
        openKeyRate(2, seconds(10));
        putAll(
                job("a1").withKey("a"),
                job("a2").withKey("a"),
                job("a3").withKey("a"),
                job("a4").withKey("a"));
        putAll(job("b1").withKey("b"), job("x"));
        List<Job> taken = take(10);
        assertThat(names(taken)).containsExactly("a1", "a2", "b1", "x");
        taken.forEach(this::ack);
        assertThat(take(10)).isEmpty();
        hints.ready = 0;
        store.advance(ms(5_100));
        store.until("jobs are ready", () -> hints.ready > 0);
        assertThat(takeNames(10)).containsExactly("a3");
        store.advance(ms(3_000));
        assertThat(take(10)).isEmpty();
        store.advance(ms(2_100));

        assertThat(takeNames(10)).containsExactly("a4");
    }

    @Test
    void keyRate_afterALongTime_letsNoMoreThanTheTokensGo() {
        openKeyRate(2, seconds(10));
        putAll(job("a1").withKey("a"));
        ack(takeOne());
        store.advance(LONG);
        putAll(job("a2").withKey("a"), job("a3").withKey("a"), job("a4").withKey("a"));

        assertThat(takeNames(10)).containsExactly("a2", "a3");
    }

    @Test
    void keyRate_releasedStart_staysCounted() {
        openKeyRate(1, seconds(10));
        putAll(job("a1").withKey("a"));
        release(takeOne());

        assertThat(take(1)).isEmpty();
        store.advance(ms(10_100));
        assertThat(takeNames(1)).containsExactly("a1");
    }

    @Test
    void keyRateAndPerKey_holdTogether() {
        open(settings().withKeys(OptionalInt.of(1), new QueueSettings.KeyRate(10, seconds(10))));
        putAll(job("a1").withKey("a"), job("a2").withKey("a"));
        Job first = takeOne();
        assertThat(take(5)).isEmpty();
        ack(first);

        assertThat(takeNames(5)).containsExactly("a2");
    }

    // ---- redrive

    @Test
    void redrivenJob_isReadyWithAllItsTries() {
        open();
        String id = putDead(job("a"));
        store.advance(ms(10));
        hints.ready = 0;
        assertThat(redrive(10)).isEqualTo(1);
        store.until("jobs are ready", () -> hints.ready > 0);

        assertThat(find(id).state()).isEqualTo(JobState.READY);
        assertThat(find(id).attempt()).isZero();
        Job job = takeOne();
        assertThat(job.id()).isEqualTo(id);
        assertThat(job.attempt()).isEqualTo(1);
        assertThat(redrive(10)).isZero();
    }

    @Test
    void redrive_takesTheOldestFirst_asManyAsAsked() {
        open();
        for (String name : List.of("a", "b", "c")) {
            putDead(job(name));
            store.advance(ms(10));
        }
        assertThat(redrive(2)).isEqualTo(2);

        assertThat(takeNames(5)).containsExactly("a", "b");
        assertThat(counts().dead()).isEqualTo(1);
    }

    @Test
    void redrive_respectsTheSize() {
        open(settings().withSize(2));
        putDead(job("a"));
        store.advance(ms(10));
        putDead(job("b"));
        putNamed("c");

        assertThat(redrive(10)).isEqualTo(1);
        assertThat(counts()).isEqualTo(new QueueStatus.Counts(0, 2, 0, 0, 1, 0));
    }

    @Test
    void redrive_leavesAJobWhoseUniqueWordIsTaken() {
        open();
        putDead(job("a").withUnique("u"));
        store.advance(ms(10));
        putDead(job("b").withUnique("u"));
        store.advance(ms(10));
        assertThat(redrive(10)).as("of two with the same word").isEqualTo(1);
        assertThat(takeNames(5)).containsExactly("a");

        assertThat(redrive(10)).isZero();
        assertThat(counts().dead()).isEqualTo(1);
    }

    @Test
    void redrivenJob_waitsForItsKey() {
        openPerKey(1);
        putDead(job("a").withKey("k"));
        putAll(job("b").withKey("k"));
        Job b = takeOne();
        redrive(1);

        assertThat(take(5)).isEmpty();
        ack(b);
        assertThat(takeNames(5)).containsExactly("a");
    }

    @Test
    void deadJob_canBeBroughtBackByItsId() {
        open();
        String first = putDead(job("a").withUnique("u"));
        String second = putDead(job("b"));
        store.advance(ms(10));
        hints.ready = 0;
        assertThat(redrive(second)).isEqualTo(RedriveVerdict.REDRIVEN);
        store.until("jobs are ready", () -> hints.ready > 0);

        assertThat(counts()).isEqualTo(new QueueStatus.Counts(0, 1, 0, 0, 1, 0));
        assertThat(find(second).state()).isEqualTo(JobState.READY);
        assertThat(find(second).attempt()).isZero();
        assertThat(find(first).state()).isEqualTo(JobState.DEAD);
        assertThat(put(job("c").withUnique("u")))
                .extracting(PutResult::verdict)
                .containsOnly(PutResult.Verdict.ACCEPTED);
    }

    @Test
    void jobBroughtBackByItsId_hasItsUniqueWordAgain() {
        open();
        String id = putDead(job("a").withUnique("u"));
        redrive(id);

        assertThat(put(job("b").withUnique("u"))).containsExactly(PutResult.existing(id));
    }

    @Test
    void jobThatIsNotDead_isNotBroughtBack() {
        open();
        String ready = putOne(job("a"));
        String scheduled = putOne(job("b").withDelay(LONG));
        String dead = putDead(job("c").withPriority(1));

        assertThat(redrive(ready)).isEqualTo(RedriveVerdict.NOT_DEAD);
        assertThat(redrive(scheduled)).isEqualTo(RedriveVerdict.NOT_DEAD);
        assertThat(redrive("4711000")).isEqualTo(RedriveVerdict.MISSING);
        assertThat(redrive("x")).isEqualTo(RedriveVerdict.MISSING);
        assertThat(redrive(dead)).isEqualTo(RedriveVerdict.REDRIVEN);
        assertThat(redrive(dead)).isEqualTo(RedriveVerdict.NOT_DEAD);
    }

    @Test
    void jobBroughtBackByItsId_needsRoomAndItsUniqueWord() {
        open(settings().withSize(2));
        String first = putDead(job("a").withUnique("u"));
        String second = putDead(job("b"));
        putAll(job("c").withUnique("u"), job("d"));

        assertThat(redrive(first)).isEqualTo(RedriveVerdict.TAKEN);
        assertThat(redrive(second)).isEqualTo(RedriveVerdict.FULL);
        assertThat(counts().dead()).isEqualTo(2);
    }

    // ---- list

    @Test
    void list_hasTheJobsOfAState_byTheirIds() {
        open();
        String dead = putDead(job("dead"));
        String late = putOne(job("late").withDelay(LONG));
        String leased = putOne(job("leased").withPriority(9));
        takeOne();
        List<String> ready = putAll(job("b"), job("a").withPriority(5));

        assertThat(list(JobState.READY)).isEqualTo(ready);
        assertThat(list(JobState.SCHEDULED)).containsExactly(late);
        assertThat(list(JobState.LEASED)).containsExactly(leased);
        assertThat(list(JobState.DEAD)).containsExactly(dead);
        assertThat(list(JobState.DONE)).isEmpty();
        assertThat(list(JobState.CANCELLED)).isEmpty();
    }

    @Test
    void listedJob_isWhatFindSays() {
        open();
        putDead(job("dead").withKey("k").withUnique("u").withPriority(3));
        putOne(job("late").withDelay(LONG).withPriority(-3));
        putNamed("leased");
        takeOne();
        putNamed("ready");

        for (JobState state : List.of(JobState.DEAD, JobState.LEASED, JobState.READY)) {
            assertThat(views(state))
                    .as(state.word())
                    .singleElement()
                    .satisfies(job -> assertThat(job).isEqualTo(find(job.id())));
        }
        assertThat(views(JobState.SCHEDULED))
                .singleElement()
                .satisfies(job -> assertThat(job.due()).isNotNull());
    }

    @Test
    void list_goesOnBehindAnId_whetherOrNotItIsThereStill() {
        open();
        List<String> ids = putNamed("a", "b", "c", "d", "e");

        assertThat(list(JobState.READY, null, 2)).isEqualTo(ids.subList(0, 2));
        cancel(ids.get(1));
        assertThat(list(JobState.READY, ids.get(1), 2)).isEqualTo(ids.subList(2, 4));
        assertThat(list(JobState.READY, ids.get(3), 2)).isEqualTo(ids.subList(4, 5));
        assertThat(list(JobState.READY, ids.get(4), 2)).isEmpty();
    }

    @Test
    void list_knowsWhatTimeHasBroughtAbout() {
        open();
        String id = putOne(job("a").withDelay(seconds(10)));
        assertThat(list(JobState.SCHEDULED)).containsExactly(id);
        store.advance(seconds(11));

        assertThat(list(JobState.SCHEDULED)).isEmpty();
        assertThat(list(JobState.READY)).containsExactly(id);
    }

    @Test
    void list_ofFinishedJobs_hasThoseThatAreKnown() {
        open();
        String done = putOne(job("a"));
        ack(takeOne());
        String cancelled = putOne(job("b"));
        cancel(cancelled);

        assertThat(list(JobState.DONE)).isEqualTo(store.keepsFinished() ? List.of(done) : List.of());
        assertThat(list(JobState.CANCELLED)).isEqualTo(store.keepsFinished() ? List.of(cancelled) : List.of());
    }

    @Test
    void list_ofLargeJobs_isBounded() {
        open(settings());
        String body = '"' + "x".repeat((1 << 20) - 100) + '"';
        for (int i = 0; i < 20; i++) {
            putAll(NewJob.of(body));
        }
        List<String> first = list(JobState.READY);

        assertThat(first).hasSize(16);
        assertThat(list(JobState.READY, first.get(15), 100)).hasSize(4);
    }

    // ---- find

    @Test
    void find_showsAJobWithoutItsLease() {
        open();
        String id = putOne(job("a").withKey("k").withUnique("u").withPriority(3));
        Job.View ready = find(id);

        assertThat(ready)
                .isEqualTo(new Job.View(
                        id,
                        JobState.READY,
                        "\"a\"",
                        0,
                        "k",
                        "u",
                        3,
                        ready.created(),
                        null,
                        null,
                        false,
                        null,
                        null,
                        null));
        Job job = takeOne();
        Job.View leased = find(id);
        assertThat(leased.state()).isEqualTo(JobState.LEASED);
        assertThat(leased.attempt()).isEqualTo(1);
        assertThat(leased.expires()).isEqualTo(job.expires());
        assertThat(leased.created()).isEqualTo(ready.created());
    }

    // ---- end

    @Test
    void endedStore_refusesEverything() {
        open();
        putNamed("a");
        store.call(JobStore::end);
        store.call(JobStore::end);

        assertThatThrownBy(() -> take(1)).isInstanceOf(RuntimeException.class).hasMessageContaining("ended");
        assertThatThrownBy(() -> put(job("b")))
                .isInstanceOf(RuntimeException.class)
                .hasMessageContaining("ended");
    }
}
