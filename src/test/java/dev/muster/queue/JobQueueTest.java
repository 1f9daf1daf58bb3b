package dev.muster.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.loop.VirtualLoop;
import dev.muster.task.CancelledException;
import dev.muster.task.KernelTest;
import dev.muster.task.State;
import dev.muster.task.Task;
import dev.muster.task.Tasks;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class JobQueueTest extends KernelTest {

    private MemoryStore memory;
    private SlowStore slow;
    private JobQueue queue;

    @AfterEach
    void nobodyIsLeft() {
        if (queue != null) {
            JobQueue.Statistics left = queue.statistics();
            assertThat(left.waitingPuts() + left.waitingTakes() + left.joining() + left.settling())
                    .as("who waits: %s", left)
                    .isZero();
            queue.end();
            loop.run();
        }
    }

    private static QueueSettings settings() {
        return QueueSettings.memory("q");
    }

    private void open(QueueSettings settings) {
        memory = new MemoryStore(loop, settings, longest -> longest);
        queue = new JobQueue(loop, settings, memory);
    }

    /** Over a store that needs 10 ms to do something and 10 ms to answer. */
    private void openSlow(QueueSettings settings) {
        memory = new MemoryStore(loop, settings, longest -> longest);
        slow = new SlowStore(loop, memory, () -> ms(10));
        queue = new JobQueue(loop, settings, slow);
    }

    private static NewJob job(String name) {
        return NewJob.of("\"" + name + "\"");
    }

    private static List<String> names(List<Job> jobs) {
        return StoreTest.names(jobs);
    }

    private void inTurn(Runnable... starts) {
        for (Runnable start : starts) {
            start.run();
            loop.runReady();
        }
    }

    private Task<Boolean> putter(String name) {
        return tasks.start("put " + name, scope -> queue.put(scope, job(name)).map(put -> trail.add("put " + name)));
    }

    private Task<List<Job>> taker(String name, int max) {
        return tasks.start(
                "take " + name,
                scope -> queue.take(scope, max).onSuccess(jobs -> trail.add(name + " took " + names(jobs))));
    }

    /** What a future has after a tenth of a second: no lease runs out meanwhile. */
    private <T> T got(Future<T> future) {
        loop.advance(ms(100));
        if (future.failed()) {
            throw (RuntimeException) future.cause();
        }
        return future.result();
    }

    private QueueStatus.Counts counts() {
        Future<QueueStatus> status = memory.status();
        return status.result().counts();
    }

    // ---- take waits

    @Test
    void emptyQueue_takersAreServedInTheirOrder() {
        open(settings());
        inTurn(() -> taker("one", 1), () -> taker("two", 1));
        assertThat(queue.statistics().waitingTakes()).isEqualTo(2);
        inTurn(() -> queue.tryPut(job("a")), () -> queue.tryPut(job("b")));

        assertThat(trail).containsExactly("one took [a]", "two took [b]");
    }

    @Test
    void take_getsAsManyAsAreThere_andNoMoreThanItAskedFor() {
        open(settings());
        for (String name : List.of("a", "b", "c")) {
            queue.tryPut(job(name));
        }
        inTurn(() -> taker("one", 2), () -> taker("two", 2));

        assertThat(trail).containsExactly("one took [a, b]", "two took [c]");
    }

    @Test
    void take_isWokenByADelayThatIsOver() {
        open(settings());
        taker("one", 1);
        queue.tryPut(job("a").withDelay(ms(500)));
        loop.advance(ms(499));
        assertThat(trail).isEmpty();
        loop.advance(ms(1));

        assertThat(trail).containsExactly("one took [a]");
    }

    @Test
    void nobodyGetsASecondBatch_whileAnotherWaits() {
        openSlow(settings());
        taker("one", 1);
        loop.runReady();
        taker("two", 1);
        loop.runReady();
        taker("three", 1);
        for (String name : List.of("a", "b", "c")) {
            queue.tryPut(job(name));
        }
        loop.run();

        assertThat(trail).containsExactlyInAnyOrder("one took [a]", "two took [b]", "three took [c]");
    }

    @Test
    void store_isAskedForNoMoreThanThoseWhoWaitWant() {
        inOrder();
        openSlow(settings());
        inTurn(() -> taker("one", 3), () -> taker("two", 4), () -> taker("three", 5));
        IntStream.range(0, 12).forEach(i -> queue.tryPut(job("j" + i)));
        loop.run();

        assertThat(slow.takeSizes.get(0)).isEqualTo(3);
        assertThat(slow.takeSizes.get(1)).isEqualTo(12);
        assertThat(trail).hasSize(3);
    }

    @Test
    void waitingTakerIsCancelled_theJobGoesToTheNext() {
        open(settings());
        inTurn(() -> taker("one", 1).cancel(caller()), () -> taker("two", 1), () -> queue.tryPut(job("a")));

        assertThat(trail).containsExactly("two took [a]");
        assertThat(counts().leased()).isEqualTo(1);
    }

    @Test
    void takerIsCancelledWhileTheStoreAnswers_theJobIsGivenBackUnworked() {
        openSlow(settings());
        got(queue.tryPut(job("a")));
        Task<List<Job>> taker = taker("one", 1);
        loop.advance(ms(15));
        assertThat(counts().leased()).isEqualTo(1);
        taker.cancel(caller());
        loop.run();

        assertThat(taker.state()).isEqualTo(State.CANCELLED);
        assertThat(counts().ready()).isEqualTo(1);
        assertThat(got(queue.tryTake(1)).get(0).attempt()).isEqualTo(1);
    }

    @Test
    void takerIsCancelledInTheMomentItIsHandedAJob_theNextOneGetsIt() {
        open(settings());
        var takers = new ArrayList<Task<List<Job>>>();
        inTurn(() -> takers.add(taker("one", 1)), () -> taker("two", 1));
        queue.tryPut(job("a"));
        tasks.start(
                "put and cancel",
                scope -> queue.tryPut(job("b")).map(put -> {
                    takers.get(0).cancel(caller());
                    return null;
                }));
        loop.runReady();

        assertThat(String.join("", trail)).contains("two took");
        assertThat(counts().unfinished()).isEqualTo(2);
    }

    @Test
    void tryTake_takesWhatIsThere_butNotBeforeThoseWhoWait() {
        open(settings());
        assertThat(got(queue.tryTake(5))).isEmpty();
        queue.tryPut(job("a"));
        assertThat(names(got(queue.tryTake(5)))).containsExactly("a");
        queue.pause();
        Task<List<Job>> waiting = taker("one", 1);
        loop.runReady();
        queue.tryPut(job("b"));
        queue.resume();
        Future<List<Job>> tried = queue.tryTake(5);

        assertThat(got(tried)).isEmpty();
        assertThat(names(waiting.result())).containsExactly("b");
    }

    @Test
    void pausedQueue_takersWaitUntilItIsResumed() {
        open(settings());
        queue.pause();
        queue.tryPut(job("a"));
        taker("one", 1);
        loop.run();
        assertThat(trail).isEmpty();
        queue.resume();
        loop.runReady();

        assertThat(trail).containsExactly("one took [a]");
    }

    @Test
    void take_ofNoneOrTooMany_isRefused() {
        open(settings());

        assertThat(failureOf(scope -> queue.take(scope, 0))).isInstanceOf(IllegalArgumentException.class);
        assertThat(failureOf(scope -> queue.take(scope, JobQueue.MAX_TAKEN + 1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    // ---- put waits

    @Test
    void fullQueue_putsWaitForRoomInTheirOrder() {
        open(settings().withSize(1));
        inTurn(() -> putter("a"), () -> putter("b"), () -> putter("c"));
        assertThat(trail).containsExactly("put a");
        assertThat(queue.statistics().waitingPuts()).isEqualTo(2);
        assertThat(got(queue.tryPut(job("late")))).isEqualTo(PutResult.FULL);
        for (String name : List.of("a", "b", "c")) {
            assertThat(names(got(queue.tryTake(1)))).containsExactly(name);
        }

        assertThat(trail).containsExactlyInAnyOrder("put a", "put b", "put c");
    }

    @Test
    void fullQueue_ofASlowStore_putsKeepTheirOrder() {
        inOrder();
        openSlow(settings().withSize(2));
        for (int i = 0; i < 20; i++) {
            putter("j" + i);
        }
        var got = new ArrayList<String>();
        tasks.start(
                "taker",
                scope -> dev.muster.task.Repeat.whileTrue(
                        scope,
                        () -> queue.take(scope, 3).map(jobs -> {
                            got.addAll(names(jobs));
                            return got.size() < 20;
                        })));
        loop.run();

        assertThat(got)
                .containsExactlyElementsOf(
                        IntStream.range(0, 20).mapToObj(i -> "j" + i).toList());
    }

    @Test
    void putsWhileTheStoreIsBusy_goTogether() {
        openSlow(settings());
        for (int i = 0; i < 100; i++) {
            putter("j" + i);
        }
        loop.run();

        assertThat(trail).hasSize(100);
        assertThat(slow.putSizes).containsExactly(1, 99);
    }

    @Test
    void putsOfLargeBodies_goTogetherUpToSixteenMebibytes() {
        openSlow(settings().withBytes(64 << 20, 4 << 20));
        NewJob large = job("x".repeat((4 << 20) - 2));
        for (int i = 0; i < 8; i++) {
            queue.tryPut(large);
        }
        loop.advance(ms(100));

        assertThat(slow.putSizes).containsExactly(1, 4, 3);
        assertThat(counts().ready()).isEqualTo(8);
    }

    @Test
    void waitingPutIsCancelled_itLeavesNothing() {
        open(settings().withSize(1));
        var putters = new ArrayList<Task<Boolean>>();
        inTurn(() -> putter("a"), () -> putters.add(putter("b")), () -> putter("c"));
        putters.get(0).cancel(caller());
        assertThat(names(got(queue.tryTake(1)))).containsExactly("a");
        assertThat(names(got(queue.tryTake(1)))).containsExactly("c");

        assertThat(putters.get(0).state()).isEqualTo(State.CANCELLED);
        assertThat(counts().unfinished()).isEqualTo(2);
    }

    @Test
    void putIsCancelledWhileTheStoreHasIt_itsAnswerComes() {
        openSlow(settings());
        var results = new ArrayList<PutResult>();
        Task<Boolean> putter =
                tasks.start("put", scope -> queue.put(scope, job("a")).map(results::add));
        loop.advance(ms(5));
        putter.cancel(caller());
        loop.run();

        assertThat(results).extracting(PutResult::verdict).containsExactly(PutResult.Verdict.ACCEPTED);
        assertThat(counts().ready()).isEqualTo(1);
    }

    @Test
    void putIsCancelledWhileTheFullStoreHasIt_itIsCancelled() {
        openSlow(settings().withSize(1));
        got(queue.tryPut(job("a")));
        Task<Boolean> putter = putter("b");
        loop.advance(ms(5));
        putter.cancel(caller());
        loop.run();

        assertThat(putter.failure()).isInstanceOf(CancelledException.class);
        assertThat(counts().unfinished()).isEqualTo(1);
    }

    @Test
    void tooLongBody_isRefused_withTheSetting() {
        open(settings().withBytes(1_000, 10));
        assertThat(failureOf(scope -> queue.put(scope, NewJob.of("\"\u00fc\u00fc\u00fc\u00fc1\""))))
                .hasMessage("the body has 11 bytes; a job of the queue \"q\" may have 10B (queues.q.body)");
        assertThat(got(queue.tryPut(NewJob.of("\"\u00fc\u00fc\u00fc\u00fc\""))).verdict())
                .isEqualTo(PutResult.Verdict.ACCEPTED);
    }

    @Test
    void moreWaitThanTheBound_isRefused() {
        open(settings());
        var waiting = new ArrayList<Task<List<Job>>>();
        for (int i = 0; i < 10_000; i++) {
            waiting.add(taker("t", 1));
        }
        loop.runReady();

        assertThat(failureOf(scope -> queue.take(scope, 1)))
                .isInstanceOfSatisfying(
                        QueueException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(QueueException.Kind.BUSY));
        waiting.forEach(task -> task.cancel(caller()));
        loop.run();
    }

    // ---- settles

    @Test
    void settlesWhileTheStoreIsBusy_goTogether_ofOneJobOneAtATime() {
        openSlow(settings());
        IntStream.range(0, 10).forEach(i -> queue.tryPut(job("j" + i)));
        loop.advance(ms(100));
        List<Job> jobs = got(queue.tryTake(10));
        jobs.forEach(job -> queue.extend(job, ms(60_000)));
        var settled = jobs.stream().map(job -> queue.ack(job, null)).toList();
        loop.run();

        assertThat(settled).allSatisfy(one -> assertThat(one.result()).isEqualTo(Settled.to(JobState.DONE)));
        assertThat(slow.settleSizes).containsExactly(1, 10, 9);
    }

    @Test
    void manySettles_goInThreeCallsAtOnce_ofOneJobOneAtATime() {
        openSlow(settings().withSize(5_000));
        IntStream.range(0, 4_000).forEach(i -> queue.tryPut(job("j" + i)));
        loop.advance(ms(200));
        List<Job> jobs = new ArrayList<>();
        IntStream.range(0, 4).forEach(i -> jobs.addAll(got(queue.tryTake(1_000))));
        slow.mostAtOnce = 0;
        jobs.forEach(job -> queue.extend(job, ms(60_000)));
        var settled = jobs.stream().map(job -> queue.ack(job, null)).toList();
        loop.run();

        assertThat(settled).allSatisfy(one -> assertThat(one.result()).isEqualTo(Settled.to(JobState.DONE)));
        assertThat(slow.settleSizes).startsWith(1, 200, 200).contains(1_000);
        assertThat(slow.mostAtOnce).isEqualTo(3);
    }

    @Test
    void largeOutputs_goTogetherUpToSixteenMebibytes() {
        openSlow(settings());
        IntStream.range(0, 8).forEach(i -> queue.tryPut(job("a")));
        loop.advance(ms(100));
        String output = "\"" + "x".repeat((4 << 20) - 2) + "\"";
        got(queue.tryTake(8)).forEach(job -> queue.ack(job, output));
        loop.advance(ms(100));

        assertThat(slow.settleSizes).containsExactly(1, 4, 3);
        assertThat(counts().done()).isEqualTo(8);
    }

    @Test
    void failedJob_isTakenAgainByWhoWaits() {
        open(settings());
        queue.tryPut(job("a"));
        Job job = got(queue.tryTake(1)).get(0);
        taker("one", 1);
        queue.fail(job, "1");
        loop.run();

        assertThat(trail).containsExactly("one took [a]");
        assertThat(nowMs()).isGreaterThanOrEqualTo(1_000);
    }

    // ---- watch

    @Test
    void cancelOfALeasedJob_tellsItsWatch_once() {
        open(settings());
        queue.tryPut(job("a"));
        Job job = got(queue.tryTake(1)).get(0);
        queue.watch(job, () -> trail.add("told"));
        queue.cancel(job.id());
        queue.cancel(job.id());
        loop.runReady();

        assertThat(trail).containsExactly("told");
        assertThat(queue.fail(job, "1").result()).isEqualTo(Settled.to(JobState.CANCELLED));
    }

    @Test
    void watchThatComesAfterTheCancel_isToldAtOnce() {
        open(settings());
        queue.tryPut(job("a"));
        Job job = got(queue.tryTake(1)).get(0);
        queue.cancel(job.id());
        loop.runReady();
        queue.watch(job, () -> trail.add("told"));

        assertThat(trail).containsExactly("told");
    }

    @Test
    void watch_endsWithTheLease_orWhenItIsEnded() {
        open(settings());
        queue.tryPut(job("a"));
        queue.tryPut(job("b"));
        List<Job> jobs = got(queue.tryTake(2));
        queue.watch(jobs.get(0), () -> trail.add("told"));
        Runnable end = queue.watch(jobs.get(1), () -> trail.add("told"));
        queue.release(jobs.get(0));
        end.run();
        queue.cancel(jobs.get(1).id());
        loop.runReady();

        assertThat(queue.statistics().watched()).isZero();
        assertThat(trail).isEmpty();
    }

    // ---- close, join, drain, end

    @Test
    void close_failsWaitingPuts_takersGetTheRest_andThenNothing() {
        open(settings().withSize(1));
        var late = new ArrayList<Task<Boolean>>();
        inTurn(() -> putter("a"), () -> late.add(putter("b")));
        late.get(0).onEnd(ended -> {});
        queue.close();
        loop.runReady();

        assertThat(late.get(0).failure())
                .isInstanceOfSatisfying(
                        QueueException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(QueueException.Kind.CONFLICT));
        assertThatThrownBy(() -> got(queue.tryPut(job("c")))).hasMessage("the queue \"q\" is closed");
        Job job = got(queue.tryTake(1)).get(0);
        Task<List<Job>> waiting = taker("one", 1);
        loop.runReady();
        assertThat(waiting.isDone()).as("the leased job may come back").isFalse();
        queue.ack(job, null);
        loop.runReady();
        assertThat(waiting.result()).isEmpty();
        List<Job> last = valueOf(scope -> queue.take(scope, 1));
        assertThat(last).isEmpty();
    }

    @Test
    void reopenedQueue_acceptsPuts() {
        open(settings());
        queue.close();
        queue.reopen();

        assertThat(got(queue.tryPut(job("a"))).verdict()).isEqualTo(PutResult.Verdict.ACCEPTED);
    }

    @Test
    void join_waitsUntilNothingIsUnfinished() {
        open(settings());
        valueOf(queue::join);
        queue.tryPut(job("a"));
        queue.tryPut(job("b").withDelay(ms(100)));
        tasks.start(
                "worker",
                scope -> queue.take(scope, 1)
                        .compose(jobs -> queue.ack(jobs.get(0), null))
                        .compose(done -> queue.take(scope, 1))
                        .compose(jobs -> queue.ack(jobs.get(0), null)));
        valueOf(scope -> queue.join(scope).map(joined -> trail.add("joined at " + nowMs())));

        assertThat(trail).containsExactly("joined at 100");
    }

    @Test
    void join_ofAClosedQueue_waitsForItsJobs() {
        openSlow(settings());
        got(queue.tryPut(job("a")));
        Task<Void> drain = tasks.start(
                "drain", scope -> scope.await("the close", queue.close()).compose(closed -> queue.join(scope)));
        loop.advance(ms(100));
        assertThat(drain.isDone()).isFalse();
        Job job = queueTake();
        queue.ack(job, null);
        loop.run();

        assertThat(drain.state()).isEqualTo(State.FINISHED);
        assertThatThrownBy(() -> got(queue.tryPut(job("b")))).hasMessageContaining("closed");
    }

    private Job queueTake() {
        Future<List<Job>> taken = queue.tryTake(1);
        loop.advance(ms(30));
        return taken.result().get(0);
    }

    @Test
    void end_sendsWaitersAway_andLetsTheStoreAnswerFirst() {
        openSlow(settings().withSize(1));
        got(queue.tryPut(job("a")));
        var tasksHere = new ArrayList<Task<?>>();
        tasksHere.add(tasks.start("join", queue::join));
        loop.advance(ms(50));
        tasksHere.add(taker("one", 1));
        loop.advance(ms(15));
        assertThat(counts().leased()).isEqualTo(1);
        tasksHere.forEach(task -> task.onEnd(ended -> {}));
        Future<Void> end = queue.end();
        assertThat(slow.hasEnded).isFalse();
        loop.runReady();
        assertThat(slow.hasEnded).isFalse();
        loop.advance(ms(10));
        assertThat(slow.settleSizes).as("the job is given back").containsExactly(1);
        loop.run();

        assertThat(end.succeeded()).isTrue();
        assertThat(slow.hasEnded).isTrue();
        assertThat(slow.atOnce).isZero();
        assertThat(tasksHere).allSatisfy(task -> assertThat(task.failure()).isInstanceOf(QueueException.class));
        assertThat(failureOf(scope -> queue.take(scope, 1))).hasMessageContaining("ended");
        assertThat(failureOf(scope -> queue.put(scope, job("c")))).hasMessageContaining("ended");
        assertThat(failureOf(queue::join)).hasMessageContaining("ended");
        queue.end();
    }

    @Test
    void storeOutOfReach_failsWhoeverIsThere_andWorksLater() {
        openSlow(settings());
        loop.run();
        slow.outOfReach = new Broken("no connection");

        assertThat(failureOf(scope -> queue.put(scope, job("a")))).hasMessage("no connection");
        assertThat(failureOf(scope -> queue.take(scope, 1))).hasMessage("no connection");
        assertThatThrownBy(() -> got(queue.status())).hasMessage("no connection");
        slow.outOfReach = null;
        got(queue.tryPut(job("a")));
        assertThat(names(valueOf(scope -> queue.take(scope, 1)))).containsExactly("a");
    }

    // ---- from another loop

    @Test
    void scopesOfAnotherLoop_putTakeAndAreCancelled() {
        open(settings().withSize(1));
        VirtualLoop other = seed == IN_ORDER ? VirtualLoop.inOrder() : VirtualLoop.shuffled(seed + 100);
        Tasks elsewhere = Tasks.on(other, options());
        Task<List<Job>> taker = elsewhere.start("take", scope -> queue.take(scope, 1));
        both(other);
        Task<PutResult> put = elsewhere.start("put", scope -> queue.put(scope, job("a")));
        both(other);
        assertThat(put.result().verdict()).isEqualTo(PutResult.Verdict.ACCEPTED);
        assertThat(names(taker.result())).containsExactly("a");

        Task<List<Job>> cancelled = elsewhere.start("take", scope -> queue.take(scope, 1));
        both(other);
        cancelled.cancel(caller());
        queue.tryPut(job("b"));
        both(other);
        assertThat(cancelled.state()).isEqualTo(State.CANCELLED);
        assertThat(counts().ready()).isEqualTo(1);

        Task<PutResult> late = elsewhere.start("put", scope -> queue.put(scope, job("c")));
        both(other);
        late.cancel(caller());
        both(other);
        assertThat(late.state()).isEqualTo(State.CANCELLED);
        assertThat(queue.statistics().waitingPuts()).isZero();
        elsewhere.close();
        both(other);
    }

    private void both(VirtualLoop other) {
        for (int i = 0; i < 4; i++) {
            other.advance(Duration.ZERO);
            loop.runReady();
        }
    }
}
