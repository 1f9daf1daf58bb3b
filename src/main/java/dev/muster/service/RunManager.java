package dev.muster.service;

import dev.muster.access.Caller;
import dev.muster.access.RunQuotas;
import dev.muster.access.RunQuotas.RunPlace;
import dev.muster.loop.Loop;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.run.MemoryBudget;
import dev.muster.run.Program;
import dev.muster.run.Run;
import dev.muster.run.RunOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The manager of a node's runs, shared by HTTP, the event bus and queues: admission, quotas, and look-up of live and recent runs.
 * Safe on any thread, except {@link #take}: a run is admitted on the loop that it runs on.
 */
public final class RunManager {

    /** The retry delay for callers rejected for lack of capacity, in seconds. */
    private static final Map<String, Object> LATER = Map.of(CallerError.RETRY_AFTER, 1L);

    /** The memory that an empty run needs. */
    private static final long BYTES_OF_A_RUN = 4 << 10;

    /**
     * The limits on what a node admits and keeps; each one is a setting of {@code server.limits}.
     *
     * @param runs concurrent runs
     * @param events events kept of one run
     * @param eventsBytes size of the events kept of one run, in bytes; the last event is kept whatever its size
     * @param eventsAge how long an ended run and its events are remembered
     * @param ended ended runs that are remembered
     * @param endedBytes size of all kept events and step reports of ended runs, in bytes
     * @param memoryBytes memory that all requests and runs together hold at most, in bytes
     */
    public record Limits(
            int runs, int events, long eventsBytes, Duration eventsAge, int ended, long endedBytes, long memoryBytes) {

        /** The documented defaults. The memory limit is 40 % of the maximum heap of this JVM, at least 1 MiB. */
        public static final Limits DEFAULTS = new Limits(
                10_000,
                1_000,
                16L << 20,
                Duration.ofMinutes(5),
                1_000,
                64L << 20,
                Math.max(1L << 20, Runtime.getRuntime().maxMemory() / 100 * 40 >> 20 << 20));
    }

    private final Limits limits;
    private final MemoryBudget memory;
    private final Map<String, ManagedRun> live = new ConcurrentHashMap<>();
    private final AtomicInteger count = new AtomicInteger();
    private final RunQuotas quotas = new RunQuotas();
    private final EndedRuns ended;
    private final Promise<Void> idle = Promise.promise();
    private volatile boolean stopped;

    /** A manager with these limits and no runs. */
    public RunManager(Limits limits) {
        this.limits = limits;
        this.memory = new MemoryBudget(limits.memoryBytes());
        this.ended = new EndedRuns(limits);
    }

    /**
     * The saved plan of this name. A plan that the caller may not run is reported as not found.
     *
     * @throws MusterException {@code notFound}
     */
    public static Program program(Deployment deployment, String plan, Caller caller) {
        Program program = deployment.programs().get(plan);
        if (program == null || !caller.mayRun(plan)) {
            throw noSuchPlan(deployment, plan, caller);
        }
        return program;
    }

    /**
     * Admits and starts a run of a program that the caller may run. Call on {@code loop}.
     *
     * @throws MusterException {@code limit} with {@code retryAfter} if there is no capacity, {@code unavailable} if the node is
     *     stopping or the deployment is closed, {@code timeout} if the caller's deadline has passed, {@code badInput} with all
     *     problems of the input
     */
    public ManagedRun take(Deployment deployment, Loop loop, Program program, RunRequest request) {
        checkOpen();
        RunPlace place = enter(request.caller());
        if (!deployment.tryEnter()) {
            leave(place);
            throw Deployment.replaced();
        }
        MemoryBudget.Share held =
                request.memory() == null ? memory.share() : request.memory().held();
        EventLog log = request.detached() ? new EventLog(limits, held) : null;
        var taken = new ManagedRun(loop, deployment, request, log);
        try {
            held.takes(BYTES_OF_A_RUN);
            var options = new RunOptions(
                    false,
                    request.caller().toValue(),
                    request.traceparent(),
                    request.tracestate(),
                    request.kept(),
                    taken,
                    held,
                    request.spent(),
                    request.deadline());
            Run run = deployment.runner().start(deployment.tasks(loop), program, request.input(), options);
            taken.began(run);
            live.put(run.id(), taken);
            run.end().onSuccess(end -> {
                taken.logCancel(end);
                over(taken, run, place);
                held.letGo();
            });
            return taken;
        } catch (RuntimeException | Error e) {
            deployment.left();
            leave(place);
            held.letGo();
            throw e;
        }
    }

    /**
     * Checks that a run of this caller would be admitted now, before its input is read. A later {@link #take} can still fail.
     *
     * @throws MusterException {@code limit} or {@code unavailable}, as {@link #take}
     */
    public void checkRoom(Caller caller) {
        checkOpen();
        leave(enter(caller));
    }

    private void checkOpen() {
        if (stopped) {
            throw new MusterException(ErrorType.UNAVAILABLE, "this node is stopping; use another one", LATER, null);
        }
    }

    /** The run with this id, if it is live or ended recently. */
    public Optional<RunHandle> find(String id, Loop loop) {
        RunHandle run = live.get(id);
        return Optional.ofNullable(run == null ? ended.find(id, loop.nanos()) : run);
    }

    /**
     * The live runs and the runs that ended recently, newest first.
     *
     * @param wanted filters the runs
     * @param most the maximum number of runs returned, 1 or more
     */
    public List<RunHandle> known(Loop loop, Predicate<RunHandle> wanted, int most) {
        // Keep and compare no more runs than requested: there can be many thousands, and an event loop waits.
        var newest = new TreeMap<String, RunHandle>();
        Consumer<RunHandle> add = run -> {
            boolean isTooOld = newest.size() >= most && run.id().compareTo(newest.firstKey()) < 0;
            if (!isTooOld && wanted.test(run)) {
                newest.put(run.id(), run);
                if (newest.size() > most) {
                    newest.pollFirstEntry();
                }
            }
        };
        // Live runs first: a run that ends in between is added to the ended ones before it leaves the live ones.
        live.values().forEach(add);
        ended.all(loop.nanos()).forEach(add);
        return List.copyOf(newest.descendingMap().values());
    }

    /** The live runs, a view. */
    public Collection<ManagedRun> live() {
        return Collections.unmodifiableCollection(live.values());
    }

    /** The memory budget that requests and runs share. */
    public MemoryBudget memory() {
        return memory;
    }

    /** The number of live runs. */
    public int running() {
        return count.get();
    }

    /** Stops admission. Runs that have started go on. */
    public void stop() {
        stopped = true;
        if (count.get() == 0) {
            idle.tryComplete();
        }
    }

    /** A future that completes after {@link #stop}, once the last run has ended. Completes on any thread. */
    public Future<Void> idle() {
        return idle.future();
    }

    private RunPlace enter(Caller caller) {
        if (count.incrementAndGet() > limits.runs()) {
            gone();
            throw new MusterException(
                    ErrorType.LIMIT,
                    "more than " + limits.runs() + " concurrent runs (server.limits.runs)",
                    LATER,
                    null);
        }
        Optional<RunPlace> place = quotas.tryTake(caller);
        if (place.isEmpty()) {
            gone();
            throw new MusterException(
                    ErrorType.LIMIT,
                    caller.name() + " may have " + caller.runsAtOnce().orElse(0) + " concurrent runs (its quota)",
                    LATER,
                    null);
        }
        return place.get();
    }

    private void leave(RunPlace place) {
        place.release();
        gone();
    }

    private void gone() {
        if (count.decrementAndGet() == 0 && stopped) {
            idle.tryComplete();
        }
    }

    private void over(ManagedRun taken, Run run, RunPlace place) {
        // In this order: otherwise another loop could find the run in neither collection.
        ended.add(run.past(), taken);
        live.remove(run.id());
        taken.deployment().left();
        leave(place);
    }

    private static MusterException noSuchPlan(Deployment deployment, String plan, Caller caller) {
        var mayRun = deployment.programs().keySet().stream()
                .filter(caller::mayRun)
                .sorted()
                .limit(20)
                .toList();
        return new MusterException(
                ErrorType.NOT_FOUND,
                "there is no plan " + plan + (mayRun.isEmpty() ? "" : "; there are " + String.join(", ", mayRun)));
    }
}
