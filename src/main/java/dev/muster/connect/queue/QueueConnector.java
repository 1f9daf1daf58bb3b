package dev.muster.connect.queue;

import dev.muster.cluster.Cluster;
import dev.muster.config.Durations;
import dev.muster.config.Problems;
import dev.muster.connect.Arguments;
import dev.muster.connect.Connector;
import dev.muster.connect.Operation;
import dev.muster.connect.Receipts;
import dev.muster.json.Json;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.plan.Option;
import dev.muster.plan.Template;
import dev.muster.plan.VerbCall;
import dev.muster.plan.VerbSpec;
import dev.muster.queue.JobQueue;
import dev.muster.queue.NewJob;
import dev.muster.queue.QueueException;
import dev.muster.queue.Queues;
import dev.muster.task.CancelledException;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The connector of the verb {@code queue}: puts a job into a queue of this node or of another node of its cluster. If the queue is
 * full, it waits for room until the step's deadline. A put that is cancelled while waiting leaves nothing behind. Safe on any
 * thread.
 */
public final class QueueConnector implements Connector {

    private static final VerbSpec WORDS = VerbSpec.of(
                    "queue",
                    VerbSpec.Target.QUEUE,
                    "Puts a job into a queue; the result is the job's id. If the queue is full, the step waits for room.",
                    Option.of("put", Option.Type.VALUE, "The job's body.").needed(),
                    Option.of(
                            "key",
                            Option.Type.TEXT_VALUE,
                            "The key of the job, 1 to 256 characters: a queue can limit how many jobs of one key run at"
                                    + " once, or start within a time."),
                    Option.of(
                            "unique",
                            Option.Type.TEXT_VALUE,
                            "If an unfinished job has this word, no job is put, and the result is that job's id."),
                    Option.of(
                            "delay", Option.Type.DURATION_VALUE, "How long before the job can be taken, up to 8760h."),
                    Option.of(
                            "priority",
                            Option.Type.VALUE,
                            "A whole number from -1000 to 1000, default 0; the highest is taken first."))
            .checked(QueueConnector::check)
            .withEffects(call -> true)
            .summarized(call -> "put into " + call.target())
            .example("job: {queue: thumbnails, put: {image: = product.image}, key: = product.shop, delay: 5s}");

    private final Queues queues;
    private final RemoteQueues elsewhere;
    private final Receipts receipts = new Receipts("queue");

    /** Creates a connector for the queues of this node. */
    public QueueConnector(Queues queues) {
        this(queues, new RemoteQueues(Cluster.NONE));
    }

    /** Creates a connector for the queues of this node and, for names that it does not have, the queues of other nodes. */
    public QueueConnector(Queues queues, RemoteQueues elsewhere) {
        this.queues = queues;
        this.elsewhere = elsewhere;
    }

    /** The specification of the words of {@code queue}. */
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

    private static void check(VerbCall call, Problems problems) {
        if (call.values().get("priority") instanceof Template.Literal literal) {
            try {
                NewJob.of("null").withPriority(priority(literal.value()));
            } catch (IllegalArgumentException e) {
                problems.add(call.at(), String.valueOf(e.getMessage()));
            }
        }
    }

    private Future<@Nullable Object> run(String name, Scope scope, Arguments arguments) {
        Optional<JobQueue> queue = queues.find(name);
        if (queue.isEmpty() && !elsewhere.isClustered()) {
            return Future.failedFuture(new MusterException(
                    ErrorType.UNAVAILABLE,
                    "the queue \"" + name
                            + "\" is not on this node, and this node is not in a cluster (serve --cluster)"));
        }
        NewJob job;
        try {
            job = job(arguments);
        } catch (IllegalArgumentException e) {
            return Future.failedFuture(
                    new MusterException(ErrorType.BAD_INPUT, "queue " + name + ": " + e.getMessage(), e));
        }
        if (queue.isEmpty()) {
            return elsewhere.put(name, job, scope, receipts);
        }
        var cancel = new AtomicReference<Receipts.@Nullable Open>();
        return queue.get()
                .put(scope, job, reason -> cancel.set(receipts.begin(scope, name, reason)))
                .transform((result, failure) -> {
                    settle(cancel.get(), scope, name, failure);
                    return failure == null
                            ? Future.succeededFuture(result.id())
                            : Future.failedFuture(
                                    failure instanceof QueueException refused ? QueueErrors.of(refused) : failure);
                });
    }

    /** Reports the outcome of a cancel. The put has left nothing, or the job is in the queue; in both cases nothing is running. */
    private static void settle(Receipts.@Nullable Open cancel, Scope scope, String queue, @Nullable Throwable failure) {
        if (failure instanceof CancelledException cancelled) {
            Receipts.notSent(scope, queue, cancelled.reason());
        } else if (cancel != null) {
            cancel.confirmed();
        }
    }

    /** The outcomes of the cancels of puts that were already being stored. */
    public Receipts.Statistics cancels() {
        return receipts.statistics();
    }

    private static NewJob job(Arguments arguments) {
        Object delay = arguments.get("delay");
        Object priority = arguments.get("priority");
        return new NewJob(
                Json.write(arguments.get("put")),
                text("key", arguments),
                text("unique", arguments),
                delay == null ? Duration.ZERO : Durations.parse(String.valueOf(delay)),
                priority == null ? 0 : priority(priority));
    }

    /** Accepts an integer as text, because ids are often integers. */
    private static @Nullable String text(String word, Arguments arguments) {
        Object value = arguments.get(word);
        if (value == null || value instanceof String || value instanceof Long) {
            return value == null ? null : value.toString();
        }
        throw new IllegalArgumentException(word + " must be text");
    }

    private static int priority(@Nullable Object value) {
        if (value instanceof Long number && number.intValue() == number) {
            return number.intValue();
        }
        throw new IllegalArgumentException(
                "priority must be a whole number from " + NewJob.MIN_PRIORITY + " to " + NewJob.MAX_PRIORITY);
    }
}
