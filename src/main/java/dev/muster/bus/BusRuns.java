package dev.muster.bus;

import dev.muster.access.Caller;
import dev.muster.cluster.Cluster.Place;
import dev.muster.connect.DeadlineHeader;
import dev.muster.connect.TraceContext;
import dev.muster.loop.Loop;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.run.Checkpoints;
import dev.muster.run.Deadline;
import dev.muster.run.MemoryBudget;
import dev.muster.run.Program;
import dev.muster.run.RunListener;
import dev.muster.service.CallerDeadline;
import dev.muster.service.CallerRuns;
import dev.muster.service.Deployment;
import dev.muster.service.ManagedRun;
import dev.muster.service.OnLoop;
import dev.muster.service.RunManager;
import dev.muster.service.RunRequest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Handles messages to {@code muster.run} and {@code muster.run.cancel}, from peers, bridge clients and other nodes. Runs on its
 * loop.
 */
final class BusRuns {

    static final String RUN = "muster.run";
    static final String CANCEL = "muster.run.cancel";

    private static final Set<String> CANCEL_WORDS = Set.of("run", "why");
    private static final String AUTHORIZATION = "authorization";

    /** The time for another node to cancel a run. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final BusNode node;
    private final Loop loop;

    BusRuns(BusNode node, Loop loop) {
        this.node = node;
        this.loop = loop;
    }

    /** The memory budget that all messages of the node share. */
    MemoryBudget memory() {
        return node.runManager().memory();
    }

    /** Handles {@code muster.run}. */
    void run(BusRequest request) {
        long arrivedNanos = loop.nanos();
        Deployment offer = node.offer();
        request.then(loop, offer.callers().identify(request.header(AUTHORIZATION)), caller -> {
            RunOrder order = RunOrder.of(request.body());
            Deadline deadline = deadline(request, order, arrivedNanos);
            if (order.isNamed()) {
                Program program = RunManager.program(offer, (String) order.plan(), caller);
                start(request, offer, program, new ValidRequest(caller, order, Duration.ZERO, deadline));
                return;
            }
            CallerRuns.checkAdhoc(caller);
            long beganNanos = loop.nanos();
            Promise<Void> gone = Promise.promise();
            Future<Program> read = offer.adhoc(order.plan(), caller, loop, gone.future());
            request.whenGone(read, gone::tryComplete);
            request.then(loop, CallerDeadline.bound(loop, read, deadline, gone::tryComplete), program -> {
                Duration spent = Duration.ofNanos(loop.nanos() - beganNanos);
                start(request, offer, program, new ValidRequest(caller, order, spent, deadline));
            });
        });
    }

    /** A validated request: the caller, the message, the time already spent on parsing, and the deadline. */
    private record ValidRequest(
            Caller caller,
            RunOrder order,
            Duration spent,
            @Nullable Deadline deadline) {}

    /** The earliest deadline in the headers and the body, or null. */
    private static @Nullable Deadline deadline(BusRequest request, RunOrder order, long arrivedNanos) {
        var deadline = new CallerDeadline(arrivedNanos).word("deadline", order.deadline());
        for (DeadlineHeader header : DeadlineHeader.ALL) {
            deadline.header(header, request.headers(header.lowerCase()));
        }
        return deadline.get();
    }

    /** Handles {@code muster.run.cancel}. The run can belong to any node of the cluster. */
    void cancel(BusRequest request) {
        if (node.otherNodes().isClustered() && !isHere(request)) {
            request.then(loop, node.otherNodes().places(RUN), places -> {
                List<Place> others =
                        places.stream().filter(Place::canBeAsked).distinct().toList();
                cancelElsewhere(request, others, false);
            });
        } else {
            cancelHere(request);
        }
    }

    /** Whether this node answers the cancel: it has the run, or the message is invalid. */
    private boolean isHere(BusRequest request) {
        try {
            why(request);
            return node.runManager().find(id(request), loop).isPresent();
        } catch (MusterException e) {
            return true;
        }
    }

    /** Cancels a run of this node. */
    void cancelHere(BusRequest request) {
        request.then(loop, node.offer().callers().identify(request.header(AUTHORIZATION)), caller -> {
            String id = id(request);
            new CallerRuns(node.runManager(), loop, caller).cancel(id, why(request));
            request.reply(Map.of("run", id), Map.of());
        });
    }

    /**
     * Asks the other nodes in turn until one knows the run. Each node identifies the caller itself.
     *
     * @param isOpen whether a node that was asked before has possibly cancelled the run
     */
    private void cancelElsewhere(BusRequest request, List<Place> nodes, boolean isOpen) {
        if (nodes.isEmpty()) {
            if (isOpen) {
                request.fail(BusError.of(notAnswered()));
            } else {
                cancelHere(request);
            }
            return;
        }
        String authorization = request.header(AUTHORIZATION);
        Map<String, String> headers = authorization == null ? Map.of() : Map.of(AUTHORIZATION, authorization);
        Future<@Nullable Object> answer = node.otherNodes()
                .ask(nodes.get(0), CANCEL, request.body(), headers, PATIENCE)
                .reply();
        List<Place> others = nodes.subList(1, nodes.size());
        OnLoop.then(loop, answer, reply -> request.reply(reply, Map.of()), failure -> {
            if (failure instanceof ReplyException rejection && isUnknownTo(rejection)) {
                cancelElsewhere(request, others, isOpen);
            } else if (failure instanceof ReplyException rejection && isRefusal(rejection)) {
                request.fail(new BusError(rejection.failureCode(), String.valueOf(rejection.getMessage())));
            } else {
                cancelElsewhere(request, others, true);
            }
        });
    }

    /** Whether a node does not have the run: it says so, or it has left the cluster. */
    private static boolean isUnknownTo(ReplyException failure) {
        return failure.failureType() == ReplyFailure.NO_HANDLERS
                || failure.failureCode() == ErrorType.NOT_FOUND.status();
    }

    /** Whether a node has refused the cancel. Otherwise it has not answered in time or has failed itself. */
    private static boolean isRefusal(ReplyException failure) {
        return failure.failureType() == ReplyFailure.RECIPIENT_FAILURE
                && failure.failureCode() < ErrorType.INTERNAL.status();
    }

    private static MusterException notAnswered() {
        return new MusterException(
                ErrorType.UNAVAILABLE,
                "a node of the cluster has not answered whether it has the run; the run is possibly cancelled");
    }

    private static String id(BusRequest request) {
        if (request.body() instanceof Map<?, ?> map
                && map.get("run") instanceof String id
                && CANCEL_WORDS.containsAll(map.keySet())) {
            return id;
        }
        throw new MusterException(ErrorType.BAD_INPUT, CANCEL + ": the body must be {run, why?}");
    }

    private static @Nullable String why(BusRequest request) {
        Object why = request.body() instanceof Map<?, ?> map ? map.get("why") : null;
        if (why != null && !(why instanceof String)) {
            throw new MusterException(ErrorType.BAD_INPUT, CANCEL + ": why must be text");
        }
        return CallerRuns.checkedWhy((String) why);
    }

    private void start(BusRequest request, Deployment offer, Program program, ValidRequest valid) {
        RunOrder order = valid.order();
        String events = order.events();
        if (events == null) {
            var reply = new OutputReply(request);
            ManagedRun run = take(request, offer, program, valid, reply);
            reply.admitted(run);
            request.bindRun(run);
            return;
        }
        if (order.window() == 0 && !program.plan().streamed().isEmpty()) {
            throw new MusterException(
                    ErrorType.BAD_INPUT,
                    "the items of " + String.join(", ", program.plan().streamed())
                            + " are streamed to the receiver of the events, which needs a window, such as window: 64");
        }
        var feed = new EventFeed(loop, request.target(events), order.window());
        ManagedRun run = take(request, offer, program, valid, feed);
        request.bindRun(run);
        request.reply(Map.of("run", run.id()), Map.of("muster-run", run.id()));
        feed.open(run);
    }

    private ManagedRun take(
            BusRequest request, Deployment offer, Program program, ValidRequest valid, RunListener listener) {
        var runRequest = new RunRequest(
                valid.caller(),
                valid.order().input(),
                false,
                request.header(TraceContext.HEADER),
                request.header(TraceContext.STATE_HEADER),
                Checkpoints.NOTHING,
                listener,
                request.memory(),
                valid.spent(),
                valid.deadline());
        return node.runManager().take(offer, loop, program, runRequest);
    }
}
