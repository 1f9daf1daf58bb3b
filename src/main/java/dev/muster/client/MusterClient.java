package dev.muster.client;

import dev.muster.loop.Loop;
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
 * A client of a node: runs plans, takes their events, answers calls of plans as a worker. Any thread; futures complete on any.
 *
 * <p>Values are plain: maps, lists, text, {@code Long}, {@code BigDecimal}, booleans and null. Failures are
 * {@link MusterError}s. Over TCP a connection that breaks is made anew; what was asked over it fails with type
 * {@code unavailable}, runs are ended by the node, and workers answer again.
 */
public final class MusterClient {

    private static final Duration LONGEST = Duration.ofDays(365);

    private final Vertx vertx;
    private final Channel channel;
    private final ClientOptions options;
    private final int window;
    private final Set<QueueWorker> workers = ConcurrentHashMap.newKeySet();

    private MusterClient(Vertx vertx, Channel channel, ClientOptions options) {
        this.vertx = vertx;
        this.channel = channel;
        this.options = options;
        this.window = options.window();
    }

    /** Over the event bus of a Vert.x in whose process or cluster the node is. */
    public static MusterClient onBus(Vertx vertx, ClientOptions options) {
        return new MusterClient(vertx, new BusChannel(vertx, options), options);
    }

    /** Over the TCP bridge of a node, which need not be there yet. */
    public static MusterClient onTcp(Vertx vertx, ClientOptions options) {
        return new MusterClient(vertx, new TcpChannel(vertx, options), options);
    }

    /**
     * Runs a plan, and gives its output.
     *
     * @param plan the name of a saved plan; or a plan as its text
     * @param input a JSON value, usually a map
     */
    public Future<@Nullable Object> run(String plan, @Nullable Object input) {
        return channel.ask("muster.run", order(plan, input));
    }

    /**
     * Runs a plan, and gives its output.
     *
     * @param deadline after how long the node ends the run, as {@code timeout}; rounded up to whole milliseconds
     */
    public Future<@Nullable Object> run(String plan, @Nullable Object input, Duration deadline) {
        return channel.ask("muster.run", within(deadline, order(plan, input)));
    }

    /** Runs a plan, and gives its events to somebody who takes each at once. */
    public RunStream stream(String plan, @Nullable Object input, Consumer<Map<String, @Nullable Object>> each) {
        return streamSlowly(plan, input, atOnce(each));
    }

    /** The same for a run that the node ends after this time. */
    public RunStream stream(
            String plan, @Nullable Object input, Duration deadline, Consumer<Map<String, @Nullable Object>> each) {
        return streamSlowly(plan, input, deadline, atOnce(each));
    }

    /**
     * Runs a plan, and gives its events to somebody who says of each when it is done: while a window of them is not, the run
     * begins no further item and reads no further row. Whoever takes more than a minute is taken to be gone.
     */
    public RunStream streamSlowly(
            String plan, @Nullable Object input, Function<Map<String, @Nullable Object>, Future<?>> each) {
        return begin(order(plan, input), each);
    }

    /** The same for a run that the node ends after this time. */
    public RunStream streamSlowly(
            String plan,
            @Nullable Object input,
            Duration deadline,
            Function<Map<String, @Nullable Object>, Future<?>> each) {
        return begin(within(deadline, order(plan, input)), each);
    }

    private RunStream begin(Map<String, Object> order, Function<Map<String, @Nullable Object>, Future<?>> each) {
        order.put("window", (long) window);
        return new RunStream(channel, each).begin(order);
    }

    private static Function<Map<String, @Nullable Object>, Future<?>> atOnce(
            Consumer<Map<String, @Nullable Object>> each) {
        return event -> {
            each.accept(event);
            return Future.succeededFuture();
        };
    }

    /** Cancels a run; again does nothing. */
    public Future<Void> cancel(String run) {
        return channel.ask("muster.run.cancel", Map.of("run", run)).mapEmpty();
    }

    /**
     * Answers at an address that plans {@code call:}, until it is {@linkplain #leave left}. A value is the reply; a
     * {@link WorkFailure} fails the call with its code and message, any other failure with code 500.
     *
     * @param refused is told if the node refuses the address
     * @return done when it was asked for; over TCP it fails if there is no connection now, and is asked for when there is one
     */
    public Future<Void> worker(String address, Function<WorkCall, Future<?>> handler, Consumer<MusterError> refused) {
        var work = new HeldCalls(handler);
        Future<Void> answering = channel.listen(address, true, work::taken, refused);
        return channel instanceof BusChannel bus
                ? answering.compose(done -> bus.cancels(address, work::cancel))
                : answering;
    }

    /** The operations of a queue. */
    public QueueClient queue(String name) {
        return new QueueClient(Loop.of(vertx), channel, name, options::pause);
    }

    /**
     * Works on the jobs of a queue until the worker is closed. What the handler's future gives acknowledges the job, a failure
     * fails the try, a {@link JobFailure} with its own words. Leases are extended meanwhile; a handler whose lease is lost is
     * told so by {@link WorkJob#cancelled}, and what it says is dropped.
     *
     * @param handler is called on an event loop, which it must not block
     */
    public QueueWorker work(String queue, WorkOptions how, Function<WorkJob, Future<?>> handler) {
        var worker = new QueueWorker(Loop.of(vertx), queue(queue), handler, how, options::pause);
        workers.add(worker);
        worker.ended().onComplete(ended -> workers.remove(worker));
        return worker.start();
    }

    /** Answers there no longer. */
    public void leave(String address) {
        channel.leave(address);
    }

    /** Ends it, the handlers of its workers first; what it waits for fails. */
    public Future<Void> close() {
        Future<Void> all = Future.succeededFuture();
        for (QueueWorker worker : workers) {
            Future<Void> ended = worker.end();
            all = all.eventually(() -> ended);
        }
        return all.eventually(channel::close);
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
            throw new IllegalArgumentException("a deadline of " + deadline + " has passed before the run is asked for");
        }
        // What is longer says nothing more than that.
        Duration bounded = deadline.compareTo(LONGEST) > 0 ? LONGEST : deadline;
        order.put("deadline", (bounded.toNanos() + 999_999) / 1_000_000 + "ms");
        return order;
    }
}
