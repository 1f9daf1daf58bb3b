package dev.muster.bus;

import dev.muster.access.Caller;
import dev.muster.connect.TraceContext;
import dev.muster.dispatch.Dispatcher;
import dev.muster.dispatch.KnownRun;
import dev.muster.dispatch.Offer;
import dev.muster.dispatch.RunRequest;
import dev.muster.dispatch.TakenRun;
import dev.muster.loop.Loop;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.run.Program;
import dev.muster.run.RunListener;
import dev.muster.task.CancelReason;
import io.vertx.core.Future;
import java.util.Map;
import java.util.function.Consumer;

/** What messages to {@code muster.run} and {@code muster.run.cancel} do, whoever brings them. On its loop. */
final class BusRuns {

    static final String RUN = "muster.run";
    static final String CANCEL = "muster.run.cancel";

    private static final String AUTHORIZATION = "authorization";

    private final BusNode node;
    private final Loop loop;

    BusRuns(BusNode node, Loop loop) {
        this.node = node;
        this.loop = loop;
    }

    /** {@code muster.run}. */
    void run(Asker asker) {
        Offer offer = node.offer();
        then(asker, offer.callers().identify(asker.header(AUTHORIZATION)), caller -> {
            RunOrder order = RunOrder.of(asker.body());
            if (order.isNamed()) {
                start(asker, offer, caller, Dispatcher.program(offer, (String) order.plan(), caller), order);
                return;
            }
            if (!caller.mayRunAdhoc()) {
                throw new MusterException(
                        ErrorType.DENIED, caller.name() + " may run saved plans only (callers: may: {adhoc: true})");
            }
            then(asker, offer.adhoc(order.plan()), program -> start(asker, offer, caller, program, order));
        });
    }

    /** {@code muster.run.cancel}. */
    void cancel(Asker asker) {
        then(asker, node.offer().callers().identify(asker.header(AUTHORIZATION)), caller -> {
            if (!(asker.body() instanceof Map<?, ?> map && map.get("run") instanceof String id)) {
                throw new MusterException(ErrorType.BAD_INPUT, CANCEL + ": the body must be {run}");
            }
            KnownRun run = node.dispatcher()
                    .find(id, loop)
                    .filter(known -> caller.mayMonitor() || caller.mayCancel(known.owner()))
                    .orElseThrow(() -> new MusterException(
                            ErrorType.NOT_FOUND,
                            "there is no such run; runs are remembered for a while after their end"
                                    + " (server.limits.eventsAge)"));
            if (!caller.mayCancel(run.owner())) {
                throw new MusterException(
                        ErrorType.DENIED, caller.name() + " may not cancel runs of others (cancel: all)");
            }
            run.cancel(new CancelReason(CancelReason.Kind.CALLER, caller.name(), "cancelled by " + caller.name()));
            asker.reply(Map.of("run", id), Map.of());
        });
    }

    private void start(Asker asker, Offer offer, Caller caller, Program program, RunOrder order) {
        String events = order.events();
        if (events == null) {
            var reply = new OutputReply(asker, offer);
            TakenRun run = take(asker, offer, caller, program, order, reply);
            reply.taken(run);
            asker.brought(run);
            return;
        }
        if (order.window() == 0 && !program.plan().streamed().isEmpty()) {
            throw new MusterException(
                    ErrorType.BAD_INPUT,
                    "the items of " + String.join(", ", program.plan().streamed())
                            + " flow to whoever takes the events: this needs a window (window: 64, say)");
        }
        var feed = new EventFeed(loop, asker.target(events), offer, order.window());
        TakenRun run = take(asker, offer, caller, program, order, feed);
        asker.brought(run);
        asker.reply(Map.of("run", run.id()), Map.of("muster-run", run.id()));
        feed.open(run);
    }

    private TakenRun take(
            Asker asker, Offer offer, Caller caller, Program program, RunOrder order, RunListener listener) {
        var request = new RunRequest(
                caller,
                order.input(),
                false,
                asker.header(TraceContext.HEADER),
                asker.header(TraceContext.STATE_HEADER),
                listener);
        return node.dispatcher().take(offer, loop, program, request);
    }

    /** Goes on with what a future gives, on the loop, or replies with why there is nothing. */
    private <T> void then(Asker asker, Future<T> future, Consumer<? super T> next) {
        if (future.succeeded() && loop.inLoop()) {
            guarded(asker, () -> next.accept(future.result()));
            return;
        }
        future.onComplete((result, failure) -> loop.execute(() -> {
            if (failure == null) {
                guarded(asker, () -> next.accept(result));
            } else {
                asker.fail(BusError.of(failure));
            }
        }));
    }

    private static void guarded(Asker asker, Runnable next) {
        if (asker.isGone()) {
            return;
        }
        try {
            next.run();
        } catch (RuntimeException e) {
            asker.fail(BusError.of(e));
        }
    }
}
