package dev.muster.connect.queue;

import dev.muster.cluster.Cluster;
import dev.muster.cluster.Cluster.Place;
import dev.muster.cluster.Cluster.Question;
import dev.muster.connect.Receipts;
import dev.muster.json.Json;
import dev.muster.json.JsonException;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.queue.NewJob;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The queues of other nodes of the cluster. If several nodes have a queue of the same name, this node stays with the first one it
 * chose as long as that node lives, because a lease belongs to one node. Safe on any thread.
 */
public final class RemoteQueues {

    /** The longest time that a node lets a caller wait for room. */
    private static final Duration LONGEST = Duration.ofMinutes(5);

    /** The time allowed for the response in addition to that wait. */
    private static final Duration WAY = Duration.ofSeconds(10);

    private static final String ADDRESS = "muster.queues.";

    private final Cluster otherNodes;
    private final Map<String, String> owners = new ConcurrentHashMap<>();

    /** Creates the view of the queues of these nodes. */
    public RemoteQueues(Cluster otherNodes) {
        this.otherNodes = otherNodes;
    }

    /** The event-bus address at which nodes register that they have a queue. */
    public static String address(String queue) {
        return ADDRESS + queue;
    }

    /** Whether this node is in a cluster. */
    public boolean isClustered() {
        return otherNodes.isClustered();
    }

    /** The node to ask for a queue; empty if none has it. */
    public Future<Optional<Place>> owner(String queue) {
        return otherNodes.places(address(queue)).map(places -> {
            List<Place> others = places.stream()
                    .filter(Place::canBeAsked)
                    .sorted(Comparator.comparing(Place::node))
                    .toList();
            String before = owners.get(queue);
            Optional<Place> owner = others.stream()
                    .filter(place -> place.node().equals(before))
                    .findFirst()
                    .or(() -> others.stream().findFirst());
            owner.ifPresentOrElse(place -> owners.put(queue, place.node()), () -> owners.remove(queue));
            return owner;
        });
    }

    /**
     * Sends a request to the node of a queue.
     *
     * @param owner the node
     * @param address the address of the operation, such as {@code muster.queue.jobs.put}
     * @param body a JSON value
     * @param wait how long the queue lets the caller wait; 10 s are added for the response
     */
    public Question ask(Place owner, String address, @Nullable Object body, Duration wait) {
        return otherNodes.ask(owner, address, body, Map.of(), wait.plus(WAY));
    }

    /** The error for a node that did not respond. */
    public static MusterException lost(String queue, Throwable failure) {
        return new MusterException(
                ErrorType.UNAVAILABLE,
                "the node that has the queue \"" + queue + "\" did not respond: " + failure.getMessage(),
                failure);
    }

    /** Puts a job and waits for room. Returns the id of the job. */
    Future<@Nullable Object> put(String queue, NewJob job, Scope scope, Receipts receipts) {
        String what = "the queue " + queue + " of another node";
        return scope.await(what, owner(queue)).compose(owner -> {
            if (owner.isEmpty()) {
                return Future.failedFuture(new MusterException(
                        ErrorType.UNAVAILABLE, "no other node of the cluster has the queue \"" + queue + "\" now"));
            }
            Duration wait = scope.remaining()
                    .filter(left -> left.compareTo(LONGEST) < 0)
                    .orElse(LONGEST);
            Question question = ask(owner.get(), "muster.queue." + queue + ".put", body(job, wait), wait);
            return scope.await(what, question.reply(), reason -> {
                        question.giveUp();
                        receipts.begin(scope, queue, reason).confirmed();
                        return true;
                    })
                    .transform((reply, failure) -> failure == null
                            ? Future.succeededFuture(id(reply))
                            : Future.failedFuture(error(queue, failure)));
        });
    }

    private static Map<String, @Nullable Object> body(NewJob job, Duration wait) {
        var body = new LinkedHashMap<String, @Nullable Object>();
        body.put("body", Json.parse(job.body()));
        body.put("key", job.key());
        body.put("unique", job.unique());
        body.put("delay", job.delay().toMillis() + "ms");
        body.put("priority", (long) job.priority());
        body.put("wait", wait.toMillis() + "ms");
        body.values().removeIf(value -> value == null);
        body.putIfAbsent("body", null);
        return body;
    }

    private static @Nullable Object id(@Nullable Object reply) {
        return reply instanceof Map<?, ?> map ? map.get("id") : null;
    }

    /** Converts the error that another node reported. */
    private static Throwable error(String queue, Throwable failure) {
        if (!(failure instanceof ReplyException refused)) {
            return failure;
        }
        if (refused.failureType() != ReplyFailure.RECIPIENT_FAILURE) {
            return lost(queue, refused);
        }
        try {
            if (Json.parse(String.valueOf(refused.getMessage())) instanceof Map<?, ?> error) {
                ErrorType type = ErrorType.of(String.valueOf(error.get("type"))).orElse(ErrorType.UNAVAILABLE);
                return new MusterException(type, String.valueOf(error.get("detail")), refused);
            }
        } catch (JsonException e) {
            // Not an error from Muster.
        }
        return lost(queue, refused);
    }
}
