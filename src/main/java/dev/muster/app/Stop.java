package dev.muster.app;

import dev.muster.task.CancelReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/**
 * Somebody's wish that the command end early, with the exit code that says so: a signal, or a reader of the output who has
 * left. The first one counts. Safe on every thread.
 */
public final class Stop {

    /** Of nobody. */
    static final Registration NOTHING_TOLD = () -> {};

    private final List<Listener> listeners = new ArrayList<>();
    private final CompletableFuture<CancelReason> asked = new CompletableFuture<>();
    private Optional<Duration> patience = Optional.empty();
    private int code = -1;

    /** Asks for it; true for the first who does. Listeners are told on the calling thread. */
    boolean ask(int exitCode, CancelReason reason) {
        List<Listener> told;
        synchronized (this) {
            if (code >= 0) {
                return false;
            }
            code = exitCode;
            told = List.copyOf(listeners);
            patience = told.stream().map(Listener::within).max(Duration::compareTo);
        }
        asked.complete(reason);
        told.forEach(listener -> listener.told().accept(reason));
        return true;
    }

    /** The exit code, once somebody has asked. */
    public synchronized OptionalInt code() {
        return code < 0 ? OptionalInt.empty() : OptionalInt.of(code);
    }

    /** Notes that what was asked has been done as it should be: the process ends as if nobody had asked. */
    synchronized void fulfil() {
        code = ExitCode.DONE;
    }

    /** Whether nobody is there to be told anything: the reader of standard output has left. */
    boolean isSilent() {
        return code().equals(OptionalInt.of(ExitCode.STDOUT_CLOSED));
    }

    /** As {@link #tell(Duration, Consumer)}, by a listener that needs no time of its own. */
    public Registration tell(Consumer<CancelReason> listener) {
        return tell(Duration.ZERO, listener);
    }

    /**
     * Has the listener told when somebody asks, or at once if somebody has. Until the result is closed.
     *
     * @param within how long what the listener then does may take; the process goes on without it after that
     */
    public Registration tell(Duration within, Consumer<CancelReason> listener) {
        var added = new Listener(within, listener);
        synchronized (this) {
            if (code < 0) {
                listeners.add(added);
                return () -> remove(added);
            }
        }
        listener.accept(asked.join());
        return NOTHING_TOLD;
    }

    /** How long those who were told may take, once somebody has asked; empty if nobody was there to be told. */
    synchronized Optional<Duration> patience() {
        return patience;
    }

    /** Completes when somebody asks. */
    CompletableFuture<CancelReason> asked() {
        return asked;
    }

    /** Waits until something has completed, however, or somebody asks. */
    void orAsked(CompletableFuture<?> awaited) throws InterruptedException {
        try {
            CompletableFuture.anyOf(awaited.handle((value, failure) -> true), asked)
                    .get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private synchronized void remove(Listener listener) {
        listeners.remove(listener);
    }

    /** Ends the telling. */
    @FunctionalInterface
    public interface Registration extends AutoCloseable {
        @Override
        void close();
    }

    /** Somebody to tell, who is only like itself: no record, so that to take it off the list links no comparison of fields. */
    private static final class Listener {
        private final Duration within;
        private final Consumer<CancelReason> told;

        Listener(Duration within, Consumer<CancelReason> told) {
            this.within = within;
            this.told = told;
        }

        Duration within() {
            return within;
        }

        Consumer<CancelReason> told() {
            return told;
        }
    }
}
