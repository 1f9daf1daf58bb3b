package dev.muster.cluster;

import io.vertx.core.Future;
import io.vertx.core.eventbus.ReplyException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The other nodes of the cluster, and requests to them. Safe on any thread.
 *
 * <p>A request goes to one node. It fails as soon as that node is known to have left; the event bus alone would wait for the reply
 * until the time-out. Nodes trust each other.
 */
public interface Cluster {

    /** The view of a node that is not in a cluster. */
    Cluster NONE = new Cluster() {
        @Override
        public boolean isClustered() {
            return false;
        }

        @Override
        public int nodes() {
            return 1;
        }

        @Override
        public Future<List<Place>> places(String address) {
            return Future.succeededFuture(List.of());
        }

        @Override
        public Question ask(
                Place place, String address, @Nullable Object value, Map<String, String> headers, Duration patience) {
            throw new IllegalStateException("this node is not in a cluster");
        }

        @Override
        public void answer(String beginning, Answerer answerer) {}
    };

    /** The failure code for a node that has left the cluster or does not serve the address. */
    int GONE = 503;

    /** Whether this node is in a cluster. */
    boolean isClustered();

    /** The number of nodes in the cluster, including this one; 1 without a cluster. */
    int nodes();

    /** The nodes with consumers at an event-bus address, one entry for each consumer. The future completes on any thread. */
    Future<List<Place>> places(String address);

    /**
     * A node with a consumer at an event-bus address.
     *
     * @param node the node identifier
     * @param isOwn whether it is this node
     * @param canBeAsked whether it is another Muster node, rather than a foreign member of the same cluster
     */
    record Place(String node, boolean isOwn, boolean canBeAsked) {}

    /**
     * Sends a request to a node.
     *
     * @param place the node; {@code canBeAsked} must be true
     * @param address the event-bus address that the request is for
     * @param value a JSON value, transferred exactly
     * @param headers further headers of the request
     * @param patience the time to wait for the reply
     */
    Question ask(Place place, String address, @Nullable Object value, Map<String, String> headers, Duration patience);

    /**
     * Registers the handler of requests to addresses with this prefix. The longest matching prefix wins.
     *
     * @param answerer called on one event loop of this node
     */
    void answer(String beginning, Answerer answerer);

    /** A handler of requests of other nodes. */
    @FunctionalInterface
    interface Answerer {

        /** Accepts a request, to be answered now or later. */
        void asked(NodeRequest inquiry);
    }

    /** A request sent to another node. Safe on any thread. */
    interface Question {

        /**
         * The JSON value of the reply, or a {@link ReplyException}: {@code NO_HANDLERS} with {@link #GONE} if the node has left.
         */
        Future<@Nullable Object> reply();

        /** Asks the other node to answer now with the results so far, if the request is a waiting one. Idempotent. */
        default void hurry() {}

        /** Abandons the reply and notifies the other node. Idempotent. */
        void giveUp();
    }
}
