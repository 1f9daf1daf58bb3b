package dev.muster.app;

import dev.muster.task.CancelReason;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Somebody's wish that the command end early, with the exit code that says so: a signal, or a reader of the output who has
 * left. The first one counts. Safe on every thread.
 */
public final class Stop {

    private final List<Consumer<CancelReason>> listeners = new ArrayList<>();
    private final CompletableFuture<CancelReason> asked = new CompletableFuture<>();
    private int code = -1;

    /** Asks for it; true for the first who does. Listeners are told on the calling thread. */
    boolean ask(int exitCode, CancelReason reason) {
        List<Consumer<CancelReason>> told;
        synchronized (this) {
            if (code >= 0) {
                return false;
            }
            code = exitCode;
            told = List.copyOf(listeners);
        }
        asked.complete(reason);
        told.forEach(listener -> listener.accept(reason));
        return true;
    }

    /** The exit code, once somebody has asked. */
    public synchronized OptionalInt code() {
        return code < 0 ? OptionalInt.empty() : OptionalInt.of(code);
    }

    /** Whether nobody is there to be told anything: the reader of standard output has left. */
    boolean isSilent() {
        return code().equals(OptionalInt.of(ExitCode.STDOUT_CLOSED));
    }

    /** Has the listener told when somebody asks, or at once if somebody has. Until the result is closed. */
    public Registration tell(Consumer<CancelReason> listener) {
        synchronized (this) {
            if (code < 0) {
                listeners.add(listener);
                return () -> remove(listener);
            }
        }
        listener.accept(asked.join());
        return () -> {};
    }

    /** Completes when somebody asks. */
    CompletableFuture<CancelReason> asked() {
        return asked;
    }

    private synchronized void remove(Consumer<CancelReason> listener) {
        listeners.remove(listener);
    }

    /** Ends the telling. */
    @FunctionalInterface
    public interface Registration extends AutoCloseable {
        @Override
        void close();
    }
}
