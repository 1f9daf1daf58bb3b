package dev.muster.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.loop.Loop;
import dev.muster.loop.Timer;
import dev.muster.loop.VirtualLoop;
import dev.muster.sync.Event;
import dev.muster.sync.Lock;
import dev.muster.sync.Queue;
import dev.muster.sync.Semaphore;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One random tree of tasks that use everything the kernel has, and are cancelled, fail and time out at random. The seed
 * decides all of it. What must always hold is checked after each step and at the end.
 */
final class RandomTree {

    private final VirtualLoop virtual;
    private final Random random;
    private final Tasks tasks;
    private final Semaphore semaphore;
    private final Lock lock;
    private final Queue<Integer> queue;
    private final Event event;
    private final List<TaskNode<?>> begun = new ArrayList<>();
    private final List<int[]> cleanUps = new ArrayList<>();
    private final List<Integer> put = new ArrayList<>();
    private final List<Integer> taken = new ArrayList<>();
    private final StringBuilder trail = new StringBuilder();
    private int budget;
    private int holders;
    private int inLock;
    private int parked;
    private int items;
    private int granted;

    RandomTree(long seed) {
        virtual = VirtualLoop.shuffled(seed);
        random = new Random(~seed);
        Loop loop = new CheckedLoop();
        tasks = Tasks.on(loop, Tasks.Options.defaults().diagnostics(new Silent()));
        semaphore = new Semaphore(loop, 1 + random.nextInt(3));
        lock = new Lock(loop);
        queue = new Queue<>(loop, 1 + random.nextInt(3));
        event = new Event(loop);
        budget = 10 + random.nextInt(40);
    }

    /** Runs the tree to its end and checks what must hold then. Gives what happened. */
    String run() {
        Task<Integer> root = tasks.start("root", body(4)).withTimeout(ms(50 + random.nextInt(300)));
        root.onEnd(ended -> trail.append("root ").append(ended.state()));
        if (random.nextInt(4) == 0) {
            virtual.schedule(ms(random.nextInt(100)), () -> root.cancel(CancelReason.of("caller left")));
        }
        virtual.run();
        checkEnd();
        return trail.append(" at ").append(virtual.nanos()).toString();
    }

    private void checkEnd() {
        assertThat(begun).as("ended").allMatch(Task::isDone);
        assertThat(tasks.statistics().live()).as("live tasks").isZero();
        assertThat(virtual.readySteps()).as("ready steps").isZero();
        assertThat(virtual.waitingTimers()).as("timers").isZero();
        assertThat(cleanUps).as("clean-up runs").allMatch(runs -> runs[0] == 1);
        assertThat(parked).as("waits that were neither resumed nor undone").isZero();
        assertThat(granted).as("resources that were neither read nor released").isZero();
        assertThat(tasks.futureWaits().size()).as("futures that are waited for").isZero();
        assertThat(semaphore.statistics().available())
                .as("permits")
                .isEqualTo(semaphore.statistics().permits());
        assertThat(semaphore.statistics().waiting()).as("in line for a permit").isZero();
        assertThat(lock.statistics()).as("lock").isEqualTo(new Lock.Statistics(null, 0));
        assertThat(event.statistics().waiting()).as("in line for the event").isZero();
        assertThat(queue.statistics().waitingPutters() + queue.statistics().waitingTakers())
                .isZero();
        for (Integer left = queue.tryTake(); left != null; left = queue.tryTake()) {
            taken.add(left);
        }
        assertThat(taken).as("items").doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(put);
    }

    private void checkStep() {
        for (TaskNode<?> task : begun) {
            if (task.isDone()) {
                if (task.firstChild != null || task.firstWaiter != null) {
                    throw new AssertionError(task + " ended before its children or waits");
                }
                if (task.cancelReason() != null && !task.aborted && task.state() == State.FINISHED) {
                    throw new AssertionError(task + " swallowed its cancel");
                }
            }
        }
        if (holders > semaphore.statistics().permits() || inLock > 1) {
            throw new AssertionError("too many hold a permit or the lock");
        }
    }

    // ---- bodies

    private Body<Integer> body(int depth) {
        return scope -> {
            begun.add((TaskNode<?>) scope.task());
            trail.append(scope.task().name()).append(virtual.nanos()).append(' ');
            for (int i = random.nextInt(6) - 3; i > 0; i--) {
                registerCleanUp(scope);
            }
            return sequence(scope, depth, 1 + random.nextInt(3));
        };
    }

    private void registerCleanUp(Scope scope) {
        int[] runs = {0};
        cleanUps.add(runs);
        scope.cleanUp("clean-up", own -> {
            runs[0]++;
            begun.add((TaskNode<?>) own.task());
            return sequence(own, 1, random.nextInt(2));
        });
    }

    private Future<Integer> sequence(Scope scope, int depth, int steps) {
        if (steps == 0) {
            return Future.succeededFuture(depth);
        }
        Future<Integer> step = step(scope, depth);
        if (random.nextInt(3) == 0) {
            step = step.otherwise(-1);
        }
        return step.compose(done -> sequence(scope, depth, steps - 1));
    }

    private Future<Integer> step(Scope scope, int depth) {
        boolean mayBranch = depth > 0 && budget > 0;
        return switch (random.nextInt(mayBranch ? 36 : 20)) {
            case 0, 1 -> scope.sleep(ms(random.nextInt(30))).map(0);
            case 2 -> scope.yieldNow().map(0);
            case 3 -> fail();
            case 4 -> wait(scope, random.nextBoolean());
            case 5 -> foreignFuture(scope);
            case 6 ->
                semaphore.with(scope, 1 + random.nextInt(semaphore.statistics().permits()), this::hold);
            case 7 -> takeLock(scope);
            case 8 -> put(scope);
            case 9 -> queue.take(scope).onSuccess(taken::add);
            case 10 -> event();
            case 11 -> event.await(scope).map(0);
            case 12 -> stopSomebody();
            case 13 ->
                scope.<Integer>timeout(ms(random.nextInt(30)), name("k"), queue::take)
                        .onSuccess(taken::add);
            case 14 -> queue.take(scope, ms(random.nextInt(30))).onSuccess(taken::add);
            case 15 -> semaphore.acquire(scope, 1, ms(random.nextInt(20))).map(this::releaseLater);
            case 16 ->
                scope.<Void>timeout(ms(random.nextInt(30)), name("p"), semaphore::acquire)
                        .map(this::releaseLater);
            case 17 -> resource(scope);
            case 18 -> throwAnything();
            case 19 -> movedLimit(scope);
            case 20, 21 -> gather(scope, depth);
            case 22 -> scope.race(children(scope, depth));
            case 23 -> someOf(scope, depth);
            case 24 -> asCompleted(scope, depth);
            case 25, 26 -> each(scope, depth);
            case 27, 28 -> scope.join(scope.group(name("g"), body(depth - 1)));
            case 29 -> scope.timeout(ms(random.nextInt(40)), name("t"), body(depth - 1));
            case 30 -> shield(scope, depth);
            case 31 -> semaphore.acquire(scope).map(this::releaseLater);
            case 32, 33 -> eachOfQueue(scope);
            default -> {
                scope.start(name("b"), body(depth - 1));
                yield Future.succeededFuture(0);
            }
        };
    }

    private String name(String kind) {
        budget--;
        return kind + budget;
    }

    private List<Task<Integer>> children(Scope scope, int depth) {
        return IntStream.range(0, random.nextInt(4))
                .mapToObj(i -> scope.start(name("c"), body(depth - 1)))
                .toList();
    }

    private @Nullable Duration limit() {
        return random.nextInt(3) == 0 ? ms(random.nextInt(40)) : null;
    }

    private Future<Integer> gather(Scope scope, int depth) {
        return random.nextBoolean()
                ? Gather.failFast(scope, children(scope, depth), limit()).map(List::size)
                : Gather.collect(scope, children(scope, depth), limit()).map(List::size);
    }

    private Future<Integer> someOf(Scope scope, int depth) {
        Wait.Until until = Wait.Until.values()[random.nextInt(3)];
        Wait.Pending pending = Wait.Pending.values()[random.nextInt(2)];
        return Wait.run(scope, children(scope, depth), until, limit(), pending)
                .map(result -> result.done().size());
    }

    private Future<Integer> asCompleted(Scope scope, int depth) {
        var completions = Completions.of(scope, children(scope, depth), limit());
        boolean patient = random.nextInt(4) > 0;
        return Repeat.whileTrue(scope, () -> completions.next().map(next -> next.isPresent() && patient))
                .map(0);
    }

    private Future<Integer> each(Scope scope, int depth) {
        int count = random.nextInt(6);
        Errors errors =
                List.of(Errors.FAIL_FAST, Errors.COLLECT, Errors.tolerate(0.3)).get(random.nextInt(3));
        var source = Items.of(IntStream.range(0, count).iterator(), random.nextBoolean() ? count : -1);
        budget -= count;
        Task<Long> each = Each.start(
                scope,
                name("e"),
                1 + random.nextInt(3),
                errors,
                source,
                (own, item, index) -> body(depth - 1).run(own),
                (index, outcome) -> {});
        return scope.join(each).map(Long::intValue);
    }

    /** Items of the shared queue: each is begun, which counts as taken, or goes back. */
    private Future<Integer> eachOfQueue(Scope scope) {
        Task<Long> each = Each.start(
                scope,
                name("q"),
                1 + random.nextInt(3),
                Errors.COLLECT,
                queue.items(),
                (own, item, index) -> {
                    taken.add(item);
                    return own.sleep(ms(random.nextInt(10)));
                },
                (index, outcome) -> {});
        each.withTimeout(ms(random.nextInt(60)));
        return scope.join(each).map(Long::intValue);
    }

    /** A future that grants something, some time after the wait for it may be over. */
    private Future<Integer> resource(Scope scope) {
        Promise<Integer> promise = Promise.promise();
        granted++;
        scope.loop().schedule(ms(random.nextInt(40)), () -> promise.complete(1));
        boolean atOnce = random.nextBoolean();
        return scope.await("a resource", promise.future(), reason -> atOnce, late -> granted--)
                .map(got -> {
                    granted--;
                    return got;
                });
    }

    /** Code of users that throws what nobody declares. */
    private Future<Integer> throwAnything() {
        if (random.nextBoolean()) {
            throw new AssertionError("random error");
        }
        return Future.failedFuture(new StackOverflowError("random"));
    }

    private Future<Integer> movedLimit(Scope scope) {
        Limit limit = scope.limit(ms(random.nextInt(20)));
        return scope.sleep(ms(random.nextInt(10)))
                .compose(slept -> {
                    if (!limit.hasPassed() && random.nextBoolean()) {
                        limit.move(ms(random.nextInt(30)));
                    }
                    return queue.take(scope).onSuccess(taken::add);
                })
                .onComplete(over -> limit.close());
    }

    private Future<Integer> shield(Scope scope, int depth) {
        Task<Integer> shield = scope.shield(name("s"), ms(random.nextInt(60)), body(depth - 1));
        return random.nextBoolean() ? scope.join(shield) : Future.succeededFuture(0);
    }

    // ---- steps of one task

    private static Future<Integer> fail() {
        return Future.failedFuture(new IllegalStateException("random"));
    }

    /** A wait for somebody who answers after a while, or if told to stop, sometimes at once and sometimes later. */
    private Future<Integer> wait(Scope scope, boolean stopsAtOnce) {
        return scope.suspend("an answer", waiter -> {
            parked++;
            boolean[] over = {false};
            Runnable answer = () -> {
                if (!over[0]) {
                    over[0] = true;
                    parked--;
                    waiter.resume(1);
                }
            };
            Timer timer = scope.loop().schedule(ms(random.nextInt(40)), answer);
            return reason -> {
                assertThat(over[0]).as("undo after the wait was resumed").isFalse();
                timer.cancel();
                if (stopsAtOnce) {
                    over[0] = true;
                    parked--;
                } else {
                    scope.loop().schedule(ms(random.nextInt(10)), answer);
                }
                return stopsAtOnce;
            };
        });
    }

    private Future<Integer> foreignFuture(Scope scope) {
        Promise<Integer> promise = Promise.promise();
        scope.loop().schedule(ms(random.nextInt(40)), () -> promise.complete(1));
        return random.nextBoolean() ? scope.await("a future", promise.future()) : promise.future();
    }

    private Future<Integer> hold(Scope scope) {
        holders++;
        return scope.sleep(ms(random.nextInt(10))).map(0).onComplete(over -> holders--);
    }

    /** Acquires by hand and releases a little later, whatever becomes of the task. */
    private int releaseLater(@Nullable Void acquired) {
        virtual.schedule(ms(random.nextInt(10)), semaphore::release);
        return 0;
    }

    private Future<Integer> takeLock(Scope scope) {
        return scope.timeout(
                ms(30),
                name("l"),
                own -> lock.with(own, held -> {
                    inLock++;
                    return held.sleep(ms(random.nextInt(10))).map(0).onComplete(over -> inLock--);
                }));
    }

    private Future<Integer> put(Scope scope) {
        int item = items++;
        if (random.nextInt(3) == 0) {
            if (queue.tryPut(item)) {
                put.add(item);
            }
            return Future.succeededFuture(0);
        }
        return queue.put(scope, item).map(0).onSuccess(done -> put.add(item));
    }

    private Future<Integer> event() {
        if (random.nextBoolean()) {
            event.set();
        } else {
            event.clear();
        }
        return Future.succeededFuture(0);
    }

    private Future<Integer> stopSomebody() {
        TaskNode<?> somebody = begun.get(random.nextInt(begun.size()));
        if (random.nextBoolean()) {
            somebody.cancel(CancelReason.of("random"));
        } else {
            somebody.withTimeout(ms(random.nextInt(20)));
        }
        return Future.succeededFuture(0);
    }

    private static Duration ms(int millis) {
        return Duration.ofMillis(millis);
    }

    /** The virtual loop, with a check after each step. */
    private final class CheckedLoop implements Loop {
        @Override
        public void execute(Runnable step) {
            virtual.execute(() -> {
                step.run();
                checkStep();
            });
        }

        @Override
        public boolean inLoop() {
            return virtual.inLoop();
        }

        @Override
        public long nanos() {
            return virtual.nanos();
        }

        @Override
        public Instant wallTime() {
            return virtual.wallTime();
        }

        @Override
        public Timer schedule(long delayNanos, Runnable step) {
            return virtual.schedule(delayNanos, step);
        }
    }

    private static final class Silent implements Diagnostics {
        @Override
        public void droppedFailure(String task, Throwable failure, @Nullable Throwable origin) {}

        @Override
        public void slowStep(String task, long nanos) {}
    }

    @Override
    public String toString() {
        return trail + " "
                + Arrays.toString(cleanUps.stream().mapToInt(runs -> runs[0]).toArray());
    }
}
