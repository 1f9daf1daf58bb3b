package dev.muster.bus;

import dev.muster.cluster.NodeRequest;
import dev.muster.json.JsonException;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.run.MemoryBudget;
import dev.muster.service.ManagedRun;
import dev.muster.service.PendingRequest;
import dev.muster.task.CancelReason;
import io.vertx.core.Future;
import io.vertx.core.eventbus.ReplyFailure;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Serves requests of the other nodes of the cluster: queue operations for callers that those nodes have identified, and cancels of
 * runs. Safe on any thread.
 */
public final class NodeAnswers {

    private NodeAnswers() {}

    /** Starts serving the queues and runs of this node. */
    public static void open(BusNode node) {
        MemoryBudget memory = node.runManager().memory();
        node.otherNodes()
                .answer(
                        BusQueues.PREFIX,
                        forwarded -> new BusQueues(node, forwarded.loop())
                                .actForPeer(forwarded.address(), new ForwardedRequest(forwarded, memory)));
        node.otherNodes()
                .answer(
                        BusRuns.CANCEL,
                        forwarded -> new BusRuns(node, forwarded.loop())
                                .cancelHere(new ForwardedRequest(forwarded, memory)));
    }

    /** A request that another node of the cluster forwards for its caller. Runs on the loop that serves other nodes. */
    private static final class ForwardedRequest implements BusRequest {

        private static final CancelReason LEFT = CancelReason.of("the caller left");

        private final NodeRequest forwarded;
        private final MessageMemory memory;

        ForwardedRequest(NodeRequest forwarded, MemoryBudget budget) {
            this.forwarded = forwarded;
            this.memory = new MessageMemory(budget);
            forwarded.onGone(memory::release);
        }

        @Override
        public @Nullable String header(String name) {
            return forwarded.headers().get(name);
        }

        @Override
        public @Nullable Object body() {
            try {
                return memory.weighed(forwarded.value());
            } catch (JsonException e) {
                throw new MusterException(ErrorType.BAD_INPUT, "the body of the message: " + e.getMessage(), e);
            }
        }

        @Override
        public MemoryBudget.Share memory() {
            return memory.share();
        }

        @Override
        public boolean isGone() {
            return forwarded.isGone();
        }

        @Override
        public void whenGone(Future<?> until, Runnable listener) {
            forwarded.onGone(() -> {
                memory.release();
                listener.run();
            });
        }

        @Override
        public EventFeed.Target target(String address) {
            throw new MusterException(ErrorType.DENIED, "nodes do not request events from each other");
        }

        @Override
        public void bindRun(ManagedRun run) {}

        @Override
        public void bindWait(PendingRequest<?> pending) {
            forwarded.onGone(() -> {
                memory.release();
                pending.giveUp().accept(LEFT);
            });
            forwarded.onHurried(pending::withdraw);
        }

        @Override
        public void reply(@Nullable Object value, Map<String, String> headers) {
            memory.release();
            forwarded.reply(value);
        }

        @Override
        public void fail(BusError error) {
            memory.release();
            forwarded.fail(ReplyFailure.RECIPIENT_FAILURE, error.code(), error.message());
        }
    }
}
