package dev.muster.client;

import dev.muster.loop.OutOfMemory;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The calls in progress of a worker. Safe on any thread. */
final class HeldCalls {

    private static final int FAILED = 500;

    private final Function<WorkCall, Future<?>> handler;
    private final Map<String, Promise<Void>> cancels = new HashMap<>();

    HeldCalls(Function<WorkCall, Future<?>> handler) {
        this.handler = handler;
    }

    /** Handles a message: a call, or the cancel of one. */
    void taken(Channel.Incoming message) {
        Map<String, String> headers = message.headers();
        String cancelled = headers.get(Channel.CANCEL_HEADER);
        if (cancelled != null) {
            cancel(cancelled);
            return;
        }
        String call = headers.get(Channel.CALL_HEADER);
        Promise<Void> cancel = Promise.promise();
        if (call != null) {
            put(call, cancel);
        }
        MusterClient.call(handler, new WorkCall(message.body(), headers, cancel.future()))
                .onComplete((value, failure) -> {
                    if (call != null) {
                        remove(call);
                    }
                    if (failure == null) {
                        reply(message, value);
                    } else {
                        message.fail(
                                failure instanceof WorkFailure known ? known.code() : FAILED,
                                MusterClient.message(failure));
                    }
                });
    }

    /** Replies to a call. A value that cannot be sent fails the call at once; otherwise its caller would wait for the time limit. */
    private static void reply(Channel.Incoming message, @Nullable Object value) {
        try {
            message.reply(value);
        } catch (Throwable e) {
            OutOfMemory.check(e);
            message.fail(FAILED, "the reply: " + MusterClient.message(e));
        }
    }

    void cancel(@Nullable String call) {
        Promise<Void> cancel = call == null ? null : remove(call);
        if (cancel != null) {
            cancel.tryComplete();
        }
    }

    private synchronized void put(String call, Promise<Void> cancel) {
        cancels.put(call, cancel);
    }

    private synchronized @Nullable Promise<Void> remove(String call) {
        return cancels.remove(call);
    }
}
