package dev.muster.client;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A run whose events are being received. Safe on any thread. */
public final class RunStream {

    private final Channel channel;
    private final String address = "muster.events." + UUID.randomUUID();
    private final Function<Map<String, @Nullable Object>, Future<?>> each;
    private final Promise<String> run = Promise.promise();
    private final Promise<@Nullable Object> output = Promise.promise();

    RunStream(Channel channel, Function<Map<String, @Nullable Object>, Future<?>> each) {
        this.channel = channel;
        this.each = each;
    }

    RunStream begin(Map<String, Object> order) {
        order.put("events", address);
        channel.listen(address, false, this::taken, this::ended)
                .compose(listening -> channel.ask("muster.run", order))
                .onComplete((reply, failure) -> {
                    if (failure == null && reply instanceof Map<?, ?> map) {
                        run.tryComplete(String.valueOf(map.get("run")));
                    } else {
                        ended(failure == null ? MusterError.unavailable("no run was named") : failure);
                    }
                });
        return this;
    }

    /** Returns the identifier of the run, once it has started. */
    public Future<String> run() {
        return run.future();
    }

    /**
     * Returns the output of the run, when the run has ended and all its events were processed. Fails with the {@link MusterError}
     * of the run.
     */
    public Future<@Nullable Object> output() {
        return output.future();
    }

    /** Cancels the run, as soon as it has started. Completes when the node has accepted the cancel. */
    public Future<Void> cancel() {
        return run.future()
                .compose(id -> channel.ask("muster.run.cancel", Map.of("run", id)))
                .mapEmpty();
    }

    @SuppressWarnings("unchecked") // an event is an object
    private void taken(Channel.Incoming message) {
        var event = (Map<String, @Nullable Object>) message.body();
        if (event == null) {
            return;
        }
        MusterClient.call(each, event).onComplete((done, failure) -> {
            if (failure == null) {
                message.reply(null);
            } else {
                // A handler that fails on an event gets no more events.
                message.fail(500, MusterClient.message(failure));
            }
            if ("end".equals(event.get("event"))) {
                ended(event);
            } else if (failure != null) {
                ended(failure);
                cancel();
            }
        });
    }

    @SuppressWarnings("unchecked") // an error is an object
    private void ended(Map<String, @Nullable Object> event) {
        if (event.get("error") instanceof Map<?, ?> error) {
            ended(MusterError.of((Map<String, ?>) error));
        } else {
            channel.leave(address);
            output.tryComplete(event.get("output"));
        }
    }

    private void ended(Throwable failure) {
        channel.leave(address);
        run.tryFail(failure);
        output.tryFail(failure);
    }
}
