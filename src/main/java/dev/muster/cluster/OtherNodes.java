package dev.muster.cluster;

import io.vertx.core.Future;
import io.vertx.core.eventbus.ReplyException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The other nodes, and how they are asked.
 *
 * <p>A question goes to one node and is answered by it, or fails as soon as that node is known to be gone: an event bus by
 * itself waits for the reply of a dead one until the time-out. Nodes trust each other. Safe on every thread.
 */
public interface OtherNodes {

    /** Those of a node that is by itself. */
    OtherNodes NONE = new NoOtherNodes();

    /** The code of the failure that says that a node went away. */
    int GONE = 503;

    /** Whether there is a cluster at all. */
    boolean isClustered();

    /** How many nodes there are, this one too. */
    int nodes();

    /** Where an address of the event bus is answered; a node is there as often as it has consumers. */
    Future<List<Place>> places(String address);

    /**
     * A node that answers at an address.
     *
     * @param node its identifier
     * @param isOwn whether it is this one
     * @param canBeAsked whether it is another node of ours, and no stranger on the same bus
     */
    record Place(String node, boolean isOwn, boolean canBeAsked) {}

    /**
     * Asks a node what it answers at an address.
     *
     * @param place which node; one that can be asked
     * @param value a JSON value, which comes to it exactly
     * @param patience how long to wait
     */
    Question ask(Place place, String address, @Nullable Object value, Map<String, String> headers, Duration patience);

    /**
     * Has questions answered whose address begins so, unless somebody else's longer beginning fits too.
     *
     * @param answerer is called on one event loop of this node
     */
    void answer(String beginning, Answerer answerer);

    /** Whoever answers questions of other nodes. */
    @FunctionalInterface
    interface Answerer {

        /** Answers this one, sooner or later. */
        void asked(Inquiry inquiry);
    }

    /** A question that was asked. */
    interface Question {

        /** The JSON value that was answered, or a {@link ReplyException}: {@link #GONE} and no handlers if the node is gone. */
        Future<@Nullable Object> reply();

        /** Has the other node answer now, with what there is, if it lets anybody wait. Idempotent. */
        default void hurry() {}

        /** Wants no answer any more; the other node is told. Idempotent. */
        void giveUp();
    }
}
