package dev.muster.cluster;

import dev.muster.json.Json;
import dev.muster.json.JsonException;
import dev.muster.loop.Loop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonObject;
import io.vertx.core.spi.cluster.ClusterManager;
import io.vertx.core.spi.cluster.NodeInfo;
import io.vertx.core.spi.cluster.NodeListener;
import io.vertx.core.spi.cluster.RegistrationInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The other nodes of a Vert.x cluster. Safe on any thread.
 *
 * <p>Each node receives requests at its own event-bus address, {@code muster.node.} followed by its node identifier. Requests and
 * replies travel as JSON text, which keeps numbers exact.
 */
public final class ClusterNodes implements Cluster, NodeListener {

    private static final String ADDRESS = "muster.node.";

    private static final JsonObject MARK = new JsonObject().put("muster", true);

    private final ClusterManager manager;
    private final Loop loop;
    private final EventBus bus;
    private final Requests requests;
    private final NodeServer inquiries;
    private final Map<String, Boolean> ours = new ConcurrentHashMap<>();
    private final Set<PendingQuestion> pending = ConcurrentHashMap.newKeySet();

    private ClusterNodes(ClusterManager manager, Vertx vertx) {
        this.manager = manager;
        this.loop = Loop.of(vertx);
        this.bus = vertx.eventBus();
        this.requests = new Requests(bus);
        this.inquiries = new NodeServer(loop);
    }

    /** The metadata that a Muster node publishes when it joins a cluster, so that other Muster nodes recognise it. */
    public static JsonObject mark() {
        return MARK.copy();
    }

    /**
     * Opens the view of a cluster that this node has joined, and serves requests of other nodes from then on. The future completes
     * on any thread.
     *
     * @param manager the cluster manager; its node listener is replaced by this object
     */
    public static Future<ClusterNodes> open(ClusterManager manager, Vertx vertx) {
        var otherNodes = new ClusterNodes(manager, vertx);
        manager.nodeListener(otherNodes);
        Promise<Void> answering = Promise.promise();
        otherNodes.loop.execute(() -> vertx.eventBus()
                .<Object>consumer(ADDRESS + manager.getNodeId(), otherNodes.inquiries::take)
                .completion()
                .onComplete(answering));
        return answering.future().map(otherNodes);
    }

    @Override
    public boolean isClustered() {
        return true;
    }

    @Override
    public int nodes() {
        return manager.isActive() ? manager.getNodes().size() : 1;
    }

    @Override
    public Future<List<Place>> places(String address) {
        Promise<List<RegistrationInfo>> registered = Promise.promise();
        manager.getRegistrations(address, registered);
        return registered.future().compose(all -> {
            Future<List<Place>> places = Future.succeededFuture(new ArrayList<>());
            for (RegistrationInfo registration : all) {
                places = places.compose(known -> place(registration.nodeId()).map(next -> {
                    known.add(next);
                    return known;
                }));
            }
            return places;
        });
    }

    @Override
    public Question ask(
            Place place, String address, @Nullable Object value, Map<String, String> headers, Duration patience) {
        var options = new DeliveryOptions().setSendTimeout(patience.toMillis());
        headers.forEach(options::addHeader);
        var question = new PendingQuestion(place.node());
        options.addHeader(NodeServer.TO, address)
                .addHeader(NodeServer.FROM, manager.getNodeId())
                .addHeader(NodeServer.QUESTION, question.name)
                .addHeader(NodeServer.WITHIN, Long.toString(patience.toMillis()));
        pending.add(question);
        question.send(Json.write(value), options);
        if (!manager.getNodes().contains(place.node())) {
            question.gone();
        }
        return question;
    }

    @Override
    public void answer(String beginning, Answerer answerer) {
        inquiries.answer(beginning, answerer);
    }

    @Override
    public void nodeAdded(String node) {}

    @Override
    public void nodeLeft(String node) {
        ours.remove(node);
        pending.stream().filter(question -> question.node.equals(node)).forEach(PendingQuestion::gone);
        inquiries.left(node);
    }

    private Future<Place> place(String node) {
        if (node.equals(manager.getNodeId())) {
            return Future.succeededFuture(new Place(node, true, false));
        }
        Boolean known = ours.get(node);
        if (known != null) {
            return Future.succeededFuture(new Place(node, false, known));
        }
        Promise<NodeInfo> found = Promise.promise();
        manager.getNodeInfo(node, found);
        return found.future().transform((info, failure) -> {
            boolean isOurs = info != null && MARK.equals(info.metadata());
            if (info != null) {
                ours.put(node, isOurs);
            }
            return Future.succeededFuture(new Place(node, false, isOurs));
        });
    }

    /** A request that has not been answered yet. Safe on any thread. */
    private final class PendingQuestion implements Question {
        private final String node;
        private final String name = UUID.randomUUID().toString();
        private final Promise<@Nullable Object> reply = Promise.promise();
        private volatile Requests.@Nullable Request request;

        PendingQuestion(String node) {
            this.node = node;
        }

        void send(String text, DeliveryOptions options) {
            Requests.Request sent = requests.send(ADDRESS + node, text, options);
            request = sent;
            sent.reply().onComplete((message, failure) -> {
                pending.remove(this);
                if (failure != null) {
                    reply.tryFail(failure);
                } else {
                    answered(message.body());
                }
            });
        }

        private void answered(@Nullable Object body) {
            try {
                reply.tryComplete(body instanceof String text ? Json.parse(text) : null);
            } catch (JsonException e) {
                reply.tryFail(e);
            }
        }

        void gone() {
            pending.remove(this);
            reply.tryFail(
                    new ReplyException(ReplyFailure.NO_HANDLERS, GONE, "the node disconnected before it replied"));
            forget();
        }

        @Override
        public Future<@Nullable Object> reply() {
            return reply.future();
        }

        @Override
        public void giveUp() {
            if (pending.remove(this)) {
                bus.send(ADDRESS + node, null, new DeliveryOptions().addHeader(NodeServer.DROP, name));
                forget();
            }
        }

        @Override
        public void hurry() {
            if (pending.contains(this)) {
                bus.send(ADDRESS + node, null, new DeliveryOptions().addHeader(NodeServer.HURRY, name));
            }
        }

        private void forget() {
            Requests.Request sent = request;
            if (sent != null) {
                // In a later turn of the loop, after the reader has abandoned the reply: the empty message must not be
                // taken for an answer.
                loop.execute(sent::giveUp);
            }
        }
    }
}
