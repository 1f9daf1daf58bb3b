package dev.muster.cli;

import dev.muster.loop.Loop;
import dev.muster.loop.OutOfMemory;
import dev.muster.task.CancelReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.LoggerFactory;

/**
 * A request that the command end early, with its exit code: from a signal, or because the reader of the output has
 * left. The first request wins. Safe on any thread.
 */
public final class Stop {

    static final Registration NOTHING_TOLD = () -> {};

    private final List<Listener> listeners = new ArrayList<>();
    private final CompletableFuture<CancelReason> asked = new CompletableFuture<>();
    private Optional<Duration> patience = Optional.empty();
    private int code = -1;

    /** Requests the stop; true for the first request. Listeners run on the calling thread. */
    public boolean ask(int exitCode, CancelReason reason) {
        List<Listener> called;
        synchronized (this) {
            if (code >= 0) {
                return false;
            }
            code = exitCode;
            called = List.copyOf(listeners);
            patience = longest(called);
        }
        asked.complete(reason);
        called.forEach(listener -> tell(listener, reason));
        return true;
    }

    /** A loop, not a stream: the classes behind a stream are not loaded yet, and would delay the cancel. */
    private static Optional<Duration> longest(List<Listener> listeners) {
        Duration longest = null;
        for (Listener listener : listeners) {
            Duration within = listener.within().get();
            if (longest == null || within.compareTo(longest) > 0) {
                longest = within;
            }
        }
        return Optional.ofNullable(longest);
    }

    /** The exit code, once a stop is requested. */
    public synchronized OptionalInt code() {
        return code < 0 ? OptionalInt.empty() : OptionalInt.of(code);
    }

    /** Marks the request as completed in order: the process exits with {@link ExitCode#DONE}. */
    synchronized void fulfil() {
        code = ExitCode.DONE;
    }

    /** Whether the reader of standard output has left, so that messages for people are suppressed. */
    boolean isSilent() {
        return code().equals(OptionalInt.of(ExitCode.STDOUT_CLOSED));
    }

    /** As {@link #tell(Duration, Consumer)}, for a listener that needs no time of its own. */
    public Registration tell(Consumer<CancelReason> listener) {
        return tell(Duration.ZERO, listener);
    }

    /**
     * Registers a listener until the result is closed. The listener runs when a stop is requested, or at once if one
     * has been.
     *
     * @param within the time that the listener's work can take; after it the process exits without waiting
     */
    public Registration tell(Duration within, Consumer<CancelReason> listener) {
        return tell(() -> within, listener);
    }

    /**
     * As {@link #tell(Duration, Consumer)}, for a listener whose time changes.
     *
     * @param within called when a stop is requested; must not block
     */
    Registration tell(Supplier<Duration> within, Consumer<CancelReason> listener) {
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

    /** The longest time that a registered listener needs; empty before a request, and if no listener was registered at that time. */
    synchronized Optional<Duration> patience() {
        return patience;
    }

    /** Completes when a stop is requested. */
    CompletableFuture<CancelReason> asked() {
        return asked;
    }

    /** Waits until a future has completed, with any result, or a stop is requested. */
    public void orAsked(CompletableFuture<?> awaited) throws InterruptedException {
        try {
            CompletableFuture.anyOf(awaited.handle((value, failure) -> true), asked)
                    .get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Waits for this time, or until a stop is requested; returns false then. Blocks. */
    public boolean pause(Loop loop, Duration time) throws InterruptedException {
        var over = new CompletableFuture<Boolean>();
        loop.schedule(time, () -> over.complete(true));
        orAsked(over);
        return code().isEmpty();
    }

    /** Calls a listener. Its failure is logged, so that the others are called and the process ends. */
    private static void tell(Listener listener, CancelReason reason) {
        try {
            listener.action().accept(reason);
        } catch (RuntimeException | Error e) {
            OutOfMemory.check(e);
            LoggerFactory.getLogger(Stop.class).error("a listener of the stop failed", e);
        }
    }

    private synchronized void remove(Listener listener) {
        listeners.remove(listener);
    }

    /** The registration of a listener; closing it removes the listener. */
    @FunctionalInterface
    public interface Registration extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * A listener with identity equality. Not a record: removing a record from the list would link its generated
     * equals(), which costs start time.
     */
    private static final class Listener {
        private final Supplier<Duration> within;
        private final Consumer<CancelReason> action;

        Listener(Supplier<Duration> within, Consumer<CancelReason> action) {
            this.within = within;
            this.action = action;
        }

        Supplier<Duration> within() {
            return within;
        }

        Consumer<CancelReason> action() {
            return action;
        }
    }
}
