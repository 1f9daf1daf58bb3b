package dev.muster.dispatch;

import dev.muster.access.Caller;
import dev.muster.access.RunPlace;
import dev.muster.access.RunQuotas;
import dev.muster.loop.Loop;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.run.MemoryBudget;
import dev.muster.run.Program;
import dev.muster.run.Run;
import dev.muster.run.RunOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
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
 * The one door through which runs come into a node, whatever brought them: who may, how many at once, which are there and
 * which were. Safe on every thread; a run is taken in on the loop that it will run on.
 */
public final class Dispatcher {

    /** After how long somebody who was refused for lack of room may try again. */
    private static final Map<String, Object> LATER = Map.of(CallerError.RETRY_AFTER, 1L);

    /** What a run takes that does nothing. */
    private static final long BYTES_OF_A_RUN = 4 << 10;

    private final DispatchLimits limits;
    private final MemoryBudget memory;
    private final Map<String, TakenRun> live = new ConcurrentHashMap<>();
    private final AtomicInteger count = new AtomicInteger();
    private final RunQuotas quotas = new RunQuotas();
    private final EndedRuns ended;
    private final Promise<Void> idle = Promise.promise();
    private volatile boolean stopped;

    /** One with these bounds. */
    public Dispatcher(DispatchLimits limits) {
        this.limits = limits;
        this.memory = new MemoryBudget(limits.memoryBytes());
        this.ended = new EndedRuns(limits);
    }

    /**
     * A saved plan that the caller may run. One that it may not run is not there for it.
     *
     * @throws MusterException {@code notFound}
     */
    public static Program program(Offer offer, String plan, Caller caller) {
        Program program = offer.programs().get(plan);
        if (program == null || !caller.mayRun(plan)) {
            throw noSuchPlan(offer, plan, caller);
        }
        return program;
    }

    /**
     * Takes in a run of a program that the caller may run. On the loop.
     *
     * @throws MusterException {@code limit} with {@code retryAfter}, {@code unavailable} while the node stops or if
     *     the offer is closed, {@code timeout} if the caller's deadline has passed, {@code badInput} with all that is wrong with
     *     the input
     */
    public TakenRun take(Offer offer, Loop loop, Program program, RunRequest request) {
        checkOpen();
        RunPlace place = enter(request.caller());
        if (!offer.tryEnter()) {
            leave(place);
            throw Offer.replaced();
        }
        MemoryBudget.Share held =
                request.memory() == null ? memory.share() : request.memory().held();
        EventLog log = request.detached() ? new EventLog(limits, held) : null;
        var taken = new TakenRun(loop, offer, request, log);
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
            Run run = offer.runner().start(offer.tasks(loop), program, request.input(), options);
            taken.began(run);
            live.put(run.id(), taken);
            run.end().onSuccess(end -> {
                CancelLog.tell(taken, end);
                over(taken, run, place);
                held.letGo();
            });
            return taken;
        } catch (RuntimeException | Error e) {
            offer.left();
            leave(place);
            held.letGo();
            throw e;
        }
    }

    /**
     * Checks that a run of this caller would be taken in now, before its input is asked for. It may still be refused then.
     *
     * @throws MusterException as {@link #take}
     */
    public void checkRoom(Caller caller) {
        checkOpen();
        leave(enter(caller));
    }

    private void checkOpen() {
        if (stopped) {
            throw new MusterException(ErrorType.UNAVAILABLE, "this node is stopping; ask another one", LATER, null);
        }
    }

    /** The run of this id, if it has not ended or ended lately. */
    public Optional<KnownRun> find(String id, Loop loop) {
        KnownRun run = live.get(id);
        return Optional.ofNullable(run == null ? ended.find(id, loop.nanos()) : run);
    }

    /** The runs that have not ended, and those that ended lately; the newest first, so many at most, 1 or more. */
    public List<KnownRun> known(Loop loop, Predicate<KnownRun> wanted, int most) {
        // Never more than asked for are kept and compared: there may be many thousands, and a loop waits for this.
        var newest = new TreeMap<String, KnownRun>();
        Consumer<KnownRun> add = run -> {
            boolean isTooOld = newest.size() >= most && run.id().compareTo(newest.firstKey()) < 0;
            if (!isTooOld && wanted.test(run)) {
                newest.put(run.id(), run);
                if (newest.size() > most) {
                    newest.pollFirstEntry();
                }
            }
        };
        // In this order, or one that ends meanwhile is in neither.
        live.values().forEach(add);
        ended.all(loop.nanos()).forEach(add);
        return List.copyOf(newest.descendingMap().values());
    }

    /** The runs that have not ended. */
    public Collection<TakenRun> live() {
        return Collections.unmodifiableCollection(live.values());
    }

    /** The memory that requests and runs share. */
    public MemoryBudget memory() {
        return memory;
    }

    /** How many runs there are. */
    public int running() {
        return count.get();
    }

    /** Takes in no run any more. */
    public void stop() {
        stopped = true;
        if (count.get() == 0) {
            idle.tryComplete();
        }
    }

    /** Completes, on any thread, after {@link #stop} when the last run has ended. */
    public Future<Void> idle() {
        return idle.future();
    }

    private RunPlace enter(Caller caller) {
        if (count.incrementAndGet() > limits.runs()) {
            gone();
            throw new MusterException(
                    ErrorType.LIMIT, "more than " + limits.runs() + " runs at once (server.limits.runs)", LATER, null);
        }
        Optional<RunPlace> place = quotas.tryTake(caller);
        if (place.isEmpty()) {
            gone();
            throw new MusterException(
                    ErrorType.LIMIT,
                    caller.name() + " may have " + caller.runsAtOnce().orElse(0) + " runs at once (its quota)",
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

    private void over(TakenRun taken, Run run, RunPlace place) {
        // In this order, or somebody on another loop is told in between that there is no such run.
        ended.add(EndedRun.of(run.past(), taken.owner(), taken.started(), taken.events()));
        live.remove(run.id());
        taken.offer().left();
        leave(place);
    }

    private static MusterException noSuchPlan(Offer offer, String plan, Caller caller) {
        var mayRun = offer.programs().keySet().stream()
                .filter(caller::mayRun)
                .sorted()
                .limit(20)
                .toList();
        return new MusterException(
                ErrorType.NOT_FOUND,
                "there is no plan " + plan + (mayRun.isEmpty() ? "" : "; there are " + String.join(", ", mayRun)));
    }
}
