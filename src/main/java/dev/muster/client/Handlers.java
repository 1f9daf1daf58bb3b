package dev.muster.client;

import dev.muster.loop.OutOfMemory;
import io.vertx.core.Future;
import java.util.function.Function;

/** The calls of users' handlers. Anything that a handler throws is a failure of its future. Safe on any thread. */
final class Handlers {

    private Handlers() {}

    /** Calls a handler; returns a failed future if the handler throws or returns null. */
    @SuppressWarnings("ConstantValue") // handlers are users' code and may return null
    static <T> Future<?> call(Function<T, Future<?>> handler, T argument) {
        try {
            Future<?> end = handler.apply(argument);
            return end == null
                    ? Future.failedFuture(new NullPointerException("the handler returned null, not a future"))
                    : end;
        } catch (Throwable t) {
            OutOfMemory.check(t);
            return Future.failedFuture(t);
        }
    }

    /** Returns the message of a failure; the simple name of its class if there is none or reading it throws. */
    static String message(Throwable failure) {
        String message;
        try {
            message = failure.getMessage();
        } catch (Throwable broken) {
            OutOfMemory.check(broken);
            message = null;
        }
        return message == null ? failure.getClass().getSimpleName() : message;
    }
}
