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

/** A request that another node of the cluster forwards for its caller. Runs on the loop that serves other nodes. */
final class NodeBusRequest implements BusRequest {

    private static final CancelReason LEFT = CancelReason.of("the caller left");

    private final NodeRequest inquiry;
    private final MessageMemory memory;

    /**
     * A request of another node.
     *
     * @param budget the memory budget that the body is charged to
     */
    NodeBusRequest(NodeRequest inquiry, MemoryBudget budget) {
        this.inquiry = inquiry;
        this.memory = new MessageMemory(budget);
        inquiry.onGone(memory::letGo);
    }

    @Override
    public @Nullable String header(String name) {
        return inquiry.headers().get(name);
    }

    @Override
    public @Nullable Object body() {
        try {
            return memory.weighed(inquiry.value());
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
        return inquiry.isGone();
    }

    @Override
    public void whenGone(Future<?> until, Runnable told) {
        inquiry.onGone(() -> {
            memory.letGo();
            told.run();
        });
    }

    @Override
    public EventTarget target(String address) {
        throw new MusterException(ErrorType.DENIED, "nodes do not request events from each other");
    }

    @Override
    public void brought(ManagedRun run) {}

    @Override
    public void waits(PendingRequest<?> answer) {
        inquiry.onGone(() -> {
            memory.letGo();
            answer.giveUp().accept(LEFT);
        });
        inquiry.onHurried(answer::withdraw);
    }

    @Override
    public void reply(@Nullable Object value, Map<String, String> headers) {
        memory.letGo();
        inquiry.reply(value);
    }

    @Override
    public void fail(BusError error) {
        memory.letGo();
        inquiry.fail(ReplyFailure.RECIPIENT_FAILURE, error.code(), error.message());
    }
}
