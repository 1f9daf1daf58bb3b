package dev.muster.client;

import dev.muster.loop.Futures;
import dev.muster.loop.Loop;
import dev.muster.loop.OutOfMemory;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The client of a node: runs plans, receives their events, works on queues, and answers the calls of plans as a worker. Safe on
 * any thread. Futures complete on any thread; handlers are called on an event loop, which they must not block.
 *
 * <p>Values are plain: maps, lists, strings, {@code Long}, {@code BigDecimal}, booleans and null. Failures are
 * {@link MusterError}s. A TCP client reconnects when its connection is lost. Requests in flight then fail with type
 * {@code unavailable}, the node ends the runs that were requested over the connection, and workers are registered again.
 */
public final class MusterClient {

    private static final Duration LONGEST = Duration.ofDays(365);

    private final Vertx vertx;
    private final Channel channel;
    private final ClientOptions options;
    private final Set<QueueWorker> workers = ConcurrentHashMap.newKeySet();

    private MusterClient(Vertx vertx, Channel channel, ClientOptions options) {
        this.vertx = vertx;
        this.channel = channel;
        this.options = options;
    }

    /** A client on the event bus of a Vert.x in whose process or cluster the node is. */
    public static MusterClient onBus(Vertx vertx, ClientOptions options) {
        return new MusterClient(vertx, new BusChannel(vertx, options), options);
    }

    /** A client of the TCP bridge of a node, which need not be reachable yet. */
    public static MusterClient onTcp(Vertx vertx, ClientOptions options) {
        return new MusterClient(vertx, new TcpChannel(vertx, options), options);
    }

    /**
     * Runs a plan and returns its output.
     *
     * @param plan name of a saved plan, or the text of a plan
     * @param input a JSON value, usually a map
     */
    public Future<@Nullable Object> run(String plan, @Nullable Object input) {
        return channel.ask("muster.run", order(plan, input));
    }

    /**
     * Runs a plan with a deadline and returns its output.
     *
     * @param deadline time after which the node ends the run with {@code timeout}; rounded up to whole milliseconds
     */
    public Future<@Nullable Object> run(String plan, @Nullable Object input, Duration deadline) {
        return channel.ask("muster.run", within(deadline, order(plan, input)));
    }

    /** Runs a plan and passes each of its events to a consumer. */
    public RunStream stream(String plan, @Nullable Object input, Consumer<Map<String, @Nullable Object>> each) {
        return streamSlowly(plan, input, atOnce(each));
    }

    /** Runs a plan with a deadline and passes each of its events to a consumer. */
    public RunStream stream(
            String plan, @Nullable Object input, Duration deadline, Consumer<Map<String, @Nullable Object>> each) {
        return streamSlowly(plan, input, deadline, atOnce(each));
    }

    /**
     * Runs a plan and passes each of its events to a handler with back-pressure: the future of the handler completes when the
     * event is processed. While a full window of events is unprocessed, the run starts no further item and reads no further row.
     * A handler that takes longer than one minute for an event counts as gone.
     */
    public RunStream streamSlowly(
            String plan, @Nullable Object input, Function<Map<String, @Nullable Object>, Future<?>> each) {
        return begin(order(plan, input), each);
    }

    /** Runs a plan with a deadline and passes its events to a handler with back-pressure. */
    public RunStream streamSlowly(
            String plan,
            @Nullable Object input,
            Duration deadline,
            Function<Map<String, @Nullable Object>, Future<?>> each) {
        return begin(within(deadline, order(plan, input)), each);
    }

    private RunStream begin(Map<String, Object> order, Function<Map<String, @Nullable Object>, Future<?>> each) {
        order.put("window", (long) options.window());
        return new RunStream(channel, each).begin(order);
    }

    private static Function<Map<String, @Nullable Object>, Future<?>> atOnce(
            Consumer<Map<String, @Nullable Object>> each) {
        return event -> {
            each.accept(event);
            return Future.succeededFuture();
        };
    }

    /** Cancels a run. Idempotent. */
    public Future<Void> cancel(String run) {
        return channel.ask("muster.run.cancel", Map.of("run", run)).mapEmpty();
    }

    /**
     * Registers a worker for an address that plans {@code call:}, until {@link #leave}. The value of the handler is the reply; a
     * {@link WorkFailure} fails the call with its code and message, any other failure with code 500.
     *
     * @param refused called if the node rejects the address
     * @return completes when the registration was sent. Over TCP it fails if there is no connection; the registration is then
     *     sent as soon as there is one.
     */
    public Future<Void> worker(String address, Function<WorkCall, Future<?>> handler, Consumer<MusterError> refused) {
        var work = new HeldCalls(handler);
        Future<Void> answering = channel.listen(address, true, work::taken, refused);
        return channel instanceof BusChannel bus
                ? answering.compose(done -> bus.cancels(address, work::cancel))
                : answering;
    }

    /** Returns the client of a queue. */
    public QueueClient queue(String name) {
        return new QueueClient(Loop.of(vertx), channel, name, options::pause);
    }

    /**
     * Works on the jobs of a queue until the worker is closed. The value of the handler acknowledges the job; a failure fails the
     * attempt, a {@link JobFailure} with its own pause. Leases are extended while the handler runs. If a lease is lost,
     * {@link WorkJob#cancelled} completes and the result of the handler is dropped.
     *
     * @param handler called on an event loop, which it must not block
     */
    public QueueWorker work(String queue, WorkOptions how, Function<WorkJob, Future<?>> handler) {
        var worker = new QueueWorker(Loop.of(vertx), queue(queue), handler, how, options::pause);
        workers.add(worker);
        worker.ended().onComplete(ended -> workers.remove(worker));
        return worker.start();
    }

    /** Unregisters the worker of an address. */
    public void leave(String address) {
        channel.leave(address);
    }

    /** Closes the client: ends its workers, whose handlers are cancelled, and then fails the requests in flight. */
    public Future<Void> close() {
        return Futures.whenAllEnd(workers.stream().map(QueueWorker::end)).eventually(channel::close);
    }

    private static Map<String, Object> order(String plan, @Nullable Object input) {
        var order = new LinkedHashMap<String, Object>();
        order.put("plan", plan);
        if (input != null) {
            order.put("input", input);
        }
        return order;
    }

    private static Map<String, Object> within(Duration deadline, Map<String, Object> order) {
        if (deadline.isNegative()) {
            throw new IllegalArgumentException("a deadline of " + deadline + " has passed before the run is requested");
        }
        // Avoids an overflow below; no run lasts that long.
        Duration bounded = deadline.compareTo(LONGEST) > 0 ? LONGEST : deadline;
        order.put("deadline", (bounded.toNanos() + 999_999) / 1_000_000 + "ms");
        return order;
    }

    /** Calls a handler of a user. Returns a failed future if the handler throws or returns null. */
    @SuppressWarnings("ConstantValue") // handlers are users' code and may return null
    static <T> Future<?> call(Function<T, Future<?>> handler, T argument) {
        try {
            Future<?> result = handler.apply(argument);
            return result == null
                    ? Future.failedFuture(new NullPointerException("the handler returned null, not a future"))
                    : result;
        } catch (Throwable t) {
            OutOfMemory.check(t);
            return Future.failedFuture(t);
        }
    }

    /** Returns the message of a failure; the simple name of its class if there is none or reading it throws. */
    static String message(Throwable failure) {
        String message;
        try {
            message = failure.getMessage();
        } catch (Throwable broken) {
            OutOfMemory.check(broken);
            message = null;
        }
        return message == null ? failure.getClass().getSimpleName() : message;
    }
}
