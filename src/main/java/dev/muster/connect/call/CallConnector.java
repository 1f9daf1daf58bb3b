package dev.muster.connect.call;

import dev.muster.cluster.Cluster;
import dev.muster.config.Problems;
import dev.muster.connect.Arguments;
import dev.muster.connect.Connector;
import dev.muster.connect.DeadlineHeader;
import dev.muster.connect.Operation;
import dev.muster.connect.Receipts;
import dev.muster.connect.TraceContext;
import dev.muster.connect.Values;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.plan.Option;
import dev.muster.plan.VerbCall;
import dev.muster.plan.VerbSpec;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.ReplyException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The connector of the verb {@code call}: a request over the event bus, whose reply is a JSON value of at most 16 MiB.
 *
 * <p>A map is sent as a {@code JsonObject}, a list as a {@code JsonArray}, any other value as itself, so that every Vert.x consumer
 * understands it. The headers {@code muster-run} and {@code muster-step} identify the caller, {@code traceparent} its trace, and
 * {@code muster-deadline} the remaining time of the step in whole milliseconds. The step's deadline limits the wait. A cancel ends
 * the wait immediately and leaves nothing on the bus, which drops a late reply. The worker learns of a cancel by a message at
 * {@link #CANCEL}: its header {@link #CANCEL_HEADER} has the name of the call, which the request carries in {@link #CALL_HEADER}.
 * In a cluster, calls go round-robin to the nodes with workers, and a call to a node that leaves fails at once. Safe on any thread.
 */
public final class CallConnector implements Connector {
    /** Maximum size of a reply as JSON: 16 MiB. */
    public static final long MAX_REPLY_BYTES = 16L << 20;

    /** The address at which cancelled calls are published. */
    public static final String CANCEL = "muster.call.cancel";

    /** The header of a request with the name of the call. */
    public static final String CALL_HEADER = "muster-call";

    /** The header with the name of a cancelled call. */
    public static final String CANCEL_HEADER = "muster-cancel";

    /** How long after the step's deadline the bus drops the request, so that the deadline always fires first. */
    private static final Duration AFTER_DEADLINE = Duration.ofSeconds(1);

    /** The maximum duration of a run, whatever its deadline. */
    private static final Duration LONGEST = Duration.ofMinutes(15);

    /** The failure code for a lost worker or a lost node. */
    private static final int LOST = Cluster.GONE;

    private static final String RESERVED = "muster";

    private static final VerbSpec WORDS = VerbSpec.of(
                    "call",
                    VerbSpec.Target.ADDRESS,
                    "Sends a request to an event-bus address; the result is the reply.",
                    Option.of(
                            "with",
                            Option.Type.VALUE,
                            "The body of the request; default null. Its headers are muster-run, muster-step,"
                                    + " muster-deadline and traceparent."))
            .checked(CallConnector::check)
            .withEffects(call -> true)
            .summarized(call -> "call " + call.target())
            .example("resized: {call: images.resize, with: {url: = product.image, width: 200}}");

    private final EventBus bus;
    private final CallRoutes routes;
    private final Receipts receipts = new Receipts("call");

    /** Creates a connector over the event bus of this Vert.x only. */
    public CallConnector(Vertx vertx) {
        this(vertx, Cluster.NONE);
    }

    /** Creates a connector over the event bus of this Vert.x and to the other nodes of its cluster. */
    public CallConnector(Vertx vertx, Cluster otherNodes) {
        this.bus = vertx.eventBus();
        this.routes = new CallRoutes(bus, otherNodes);
    }

    /** The specification of the words of {@code call}. */
    public static VerbSpec verbWords() {
        return WORDS;
    }

    @Override
    public VerbSpec words() {
        return WORDS;
    }

    @Override
    public Operation prepare(VerbCall call) {
        return (scope, arguments) -> run(call.target(), scope, arguments);
    }

    @Override
    public Future<Void> close() {
        routes.close();
        return Future.succeededFuture();
    }

    /** The outcomes of the cancels. A cancel is confirmed when it was published and no reply can arrive any more. */
    public Receipts.Statistics cancels() {
        return receipts.statistics();
    }

    private static void check(VerbCall call, Problems problems) {
        String address = call.target();
        if (address.isBlank()) {
            problems.add(call.at(), "call needs an event-bus address");
        } else if (isReserved(address)) {
            problems.add(
                    call.at(),
                    "the address " + address + " is reserved for Muster; use an address that begins with another word");
        }
    }

    static boolean isReserved(String address) {
        return address.equals(RESERVED) || address.startsWith(RESERVED + ".");
    }

    private Future<@Nullable Object> run(String address, Scope scope, Arguments arguments) {
        if (isReserved(address)) {
            return Future.failedFuture(
                    new MusterException(ErrorType.DENIED, "the address " + address + " is reserved"));
        }
        if (scope.isCancelled()) {
            return scope.suspend(address, waiter -> reason -> true);
        }
        Object value = arguments.get("with");
        Object body;
        try {
            body = Bodies.toBus(value);
        } catch (IllegalArgumentException e) {
            return Future.failedFuture(
                    new MusterException(ErrorType.BAD_INPUT, "call " + address + ": with: " + e.getMessage(), e));
        }
        String call = UUID.randomUUID().toString();
        Cluster.Question question =
                routes.ask(address, value, body, options(scope, arguments).addHeader(CALL_HEADER, call));
        return scope.await(address, question.reply(), reason -> {
                    Receipts.Open receipt = receipts.begin(scope, address, reason);
                    // In a separate turn, so that the empty reply does not become the result of the task.
                    scope.loop().execute(() -> {
                        question.giveUp();
                        bus.publish(CANCEL, null, new DeliveryOptions().addHeader(CANCEL_HEADER, call));
                        receipt.confirmed();
                    });
                    return true;
                })
                .transform((reply, failure) ->
                        failure == null ? value(address, reply) : Future.failedFuture(error(address, failure)));
    }

    private static DeliveryOptions options(Scope scope, Arguments arguments) {
        Duration wait =
                scope.remaining().filter(left -> left.compareTo(LONGEST) < 0).orElse(LONGEST);
        var options = new DeliveryOptions()
                .setSendTimeout(wait.plus(AFTER_DEADLINE).toMillis())
                .addHeader("muster-run", arguments.run())
                .addHeader("muster-step", arguments.step())
                .addHeader(DeadlineHeader.MUSTER.lowerCase(), DeadlineHeader.MUSTER.write(wait));
        TraceContext trace = arguments.trace();
        if (trace != null) {
            options.addHeader(TraceContext.HEADER, trace.next());
            String state = trace.state();
            if (state != null) {
                options.addHeader(TraceContext.STATE_HEADER, state);
            }
        }
        return options;
    }

    private static Future<@Nullable Object> value(String address, @Nullable Object reply) {
        try {
            return Future.succeededFuture(Values.copy(reply, MAX_REPLY_BYTES));
        } catch (Values.TooLargeException e) {
            return Future.failedFuture(new MusterException(
                    ErrorType.LIMIT, "the reply of " + address + " " + e.getMessage() + ", the bound of a reply", e));
        } catch (IllegalArgumentException e) {
            return Future.failedFuture(
                    new MusterException(ErrorType.BAD_RESPONSE, "the reply of " + address + " " + e.getMessage(), e));
        }
    }

    private static Throwable error(String address, Throwable failure) {
        if (!(failure instanceof ReplyException reply)) {
            return failure;
        }
        return switch (reply.failureType()) {
            case NO_HANDLERS ->
                new MusterException(
                        ErrorType.UNAVAILABLE,
                        reply.failureCode() == LOST
                                ? address + ": " + reply.getMessage()
                                : "no worker responds at " + address + "; start a worker that consumes this address",
                        reply);
            case TIMEOUT -> new MusterException(ErrorType.TIMEOUT, address + " did not reply in time", reply);
            case RECIPIENT_FAILURE, ERROR -> refused(address, reply);
        };
    }

    private static MusterException refused(String address, ReplyException reply) {
        String message = reply.getMessage() == null ? "no reason given" : reply.getMessage();
        Map<String, Object> more = new LinkedHashMap<>();
        more.put("code", (long) reply.failureCode());
        more.put("message", message);
        return new MusterException(
                ErrorType.BAD_RESPONSE,
                address + " failed with code " + reply.failureCode() + ": " + message,
                more,
                reply);
    }
}
