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
import java.util.function.Consumer;
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
    void run(BusRequest asker) {
        long cameNanos = loop.nanos();
        Deployment offer = node.offer();
        then(asker, offer.callers().identify(asker.header(AUTHORIZATION)), caller -> {
            RunOrder order = RunOrder.of(asker.body());
            Deadline deadline = deadline(asker, order, cameNanos);
            if (order.isNamed()) {
                Program program = RunManager.program(offer, (String) order.plan(), caller);
                start(asker, offer, program, new Wish(caller, order, Duration.ZERO, deadline));
                return;
            }
            CallerRuns.checkAdhoc(caller);
            long beganNanos = loop.nanos();
            Promise<Void> gone = Promise.promise();
            Future<Program> read = offer.adhoc(order.plan(), caller, loop, gone.future());
            asker.whenGone(read, gone::tryComplete);
            then(asker, CallerDeadline.bound(loop, read, deadline, gone::tryComplete), program -> {
                Duration spent = Duration.ofNanos(loop.nanos() - beganNanos);
                start(asker, offer, program, new Wish(caller, order, spent, deadline));
            });
        });
    }

    /** A validated request: the caller, the message, the time already spent on parsing, and the deadline. */
    private record Wish(
            Caller caller,
            RunOrder order,
            Duration spent,
            @Nullable Deadline deadline) {}

    /** The earliest deadline in the headers and the body, or null. */
    private static @Nullable Deadline deadline(BusRequest asker, RunOrder order, long cameNanos) {
        var said = new CallerDeadline(cameNanos).word("deadline", order.deadline());
        for (DeadlineHeader header : DeadlineHeader.ALL) {
            said.header(header, asker.headers(header.lowerCase()));
        }
        return said.get();
    }

    /** Handles {@code muster.run.cancel}. The run can belong to any node of the cluster. */
    void cancel(BusRequest asker) {
        if (node.otherNodes().isClustered() && !isHere(asker)) {
            then(asker, node.otherNodes().places(RUN), places -> {
                List<Place> others =
                        places.stream().filter(Place::canBeAsked).distinct().toList();
                cancelElsewhere(asker, others, false);
            });
        } else {
            cancelHere(asker);
        }
    }

    /** Whether this node answers the cancel: it has the run, or the message is invalid. */
    private boolean isHere(BusRequest asker) {
        try {
            why(asker);
            return node.runManager().find(id(asker), loop).isPresent();
        } catch (MusterException e) {
            return true;
        }
    }

    /** Cancels a run of this node. */
    void cancelHere(BusRequest asker) {
        then(asker, node.offer().callers().identify(asker.header(AUTHORIZATION)), caller -> {
            String id = id(asker);
            new CallerRuns(node.runManager(), loop, caller).cancel(id, why(asker));
            asker.reply(Map.of("run", id), Map.of());
        });
    }

    /**
     * Asks the other nodes in turn until one knows the run. Each node identifies the caller itself.
     *
     * @param isOpen whether a node that was asked before has possibly cancelled the run
     */
    private void cancelElsewhere(BusRequest asker, List<Place> nodes, boolean isOpen) {
        if (nodes.isEmpty()) {
            if (isOpen) {
                asker.fail(BusError.of(notAnswered()));
            } else {
                cancelHere(asker);
            }
            return;
        }
        String authorization = asker.header(AUTHORIZATION);
        Map<String, String> headers = authorization == null ? Map.of() : Map.of(AUTHORIZATION, authorization);
        Future<@Nullable Object> told = node.otherNodes()
                .ask(nodes.get(0), CANCEL, asker.body(), headers, PATIENCE)
                .reply();
        List<Place> others = nodes.subList(1, nodes.size());
        OnLoop.then(loop, told, reply -> asker.reply(reply, Map.of()), failure -> {
            if (failure instanceof ReplyException refused && isUnknownTo(refused)) {
                cancelElsewhere(asker, others, isOpen);
            } else if (failure instanceof ReplyException refused && isRefusal(refused)) {
                asker.fail(new BusError(refused.failureCode(), String.valueOf(refused.getMessage())));
            } else {
                cancelElsewhere(asker, others, true);
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

    private static String id(BusRequest asker) {
        if (asker.body() instanceof Map<?, ?> map
                && map.get("run") instanceof String id
                && CANCEL_WORDS.containsAll(map.keySet())) {
            return id;
        }
        throw new MusterException(ErrorType.BAD_INPUT, CANCEL + ": the body must be {run, why?}");
    }

    private static @Nullable String why(BusRequest asker) {
        Object why = asker.body() instanceof Map<?, ?> map ? map.get("why") : null;
        if (why != null && !(why instanceof String)) {
            throw new MusterException(ErrorType.BAD_INPUT, CANCEL + ": why must be text");
        }
        return CallerRuns.checkedWhy((String) why);
    }

    private void start(BusRequest asker, Deployment offer, Program program, Wish wish) {
        RunOrder order = wish.order();
        String events = order.events();
        if (events == null) {
            var reply = new OutputReply(asker);
            ManagedRun run = take(asker, offer, program, wish, reply);
            reply.taken(run);
            asker.brought(run);
            return;
        }
        if (order.window() == 0 && !program.plan().streamed().isEmpty()) {
            throw new MusterException(
                    ErrorType.BAD_INPUT,
                    "the items of " + String.join(", ", program.plan().streamed())
                            + " are streamed to the receiver of the events, which needs a window, such as window: 64");
        }
        var feed = new EventFeed(loop, asker.target(events), order.window());
        ManagedRun run = take(asker, offer, program, wish, feed);
        asker.brought(run);
        asker.reply(Map.of("run", run.id()), Map.of("muster-run", run.id()));
        feed.open(run);
    }

    private ManagedRun take(BusRequest asker, Deployment offer, Program program, Wish wish, RunListener listener) {
        var request = new RunRequest(
                wish.caller(),
                wish.order().input(),
                false,
                asker.header(TraceContext.HEADER),
                asker.header(TraceContext.STATE_HEADER),
                Checkpoints.NOTHING,
                listener,
                asker.memory(),
                wish.spent(),
                wish.deadline());
        return node.runManager().take(offer, loop, program, request);
    }

    /** Passes the result of a future to {@code next} unless the sender has left; replies with the failure otherwise. */
    private <T> void then(BusRequest asker, Future<T> future, Consumer<? super T> next) {
        Consumer<T> whileAsked = result -> {
            if (!asker.isGone()) {
                next.accept(result);
            }
        };
        OnLoop.then(loop, future, whileAsked, failure -> asker.fail(BusError.of(failure)));
    }
}
