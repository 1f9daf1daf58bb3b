package dev.muster.cli;

import dev.muster.config.Durations;
import dev.muster.task.CancelReason;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;

/**
 * The end of a process after a signal: in order and within a bound if a listener cancels and cleans up, otherwise at
 * once.
 *
 * <p>A command that is reading has nothing to clean up, and its thread can be blocked in a read that no interrupt ends.
 * The process then exits under it.
 */
public final class SignalHandler {

    /** The exit codes by signal name: 128 plus the number of the signal. */
    private static final Map<String, Integer> EXIT_CODES = Map.of("INT", 130, "TERM", 143, "HUP", 129);

    /** The time for everything besides the clean-up: to stop, and to write the last messages. */
    private static final Duration MARGIN = Duration.ofMillis(500);

    private static final Duration LAST_WORDS = Duration.ofMillis(500);

    private final Session session;

    private SignalHandler(Session session) {
        this.session = session;
    }

    /**
     * Handles each signal that ends a process, on a thread of the JVM. Ignored signals stay ignored.
     *
     * <p>Uses {@code sun.misc.Signal} by reflection: compilers warn about the class, and nothing else in the JDK can
     * distinguish a second signal from the first.
     */
    public static void install(Session session) {
        var handler = new SignalHandler(session);
        EXIT_CODES.forEach((name, code) -> {
            try {
                Class<?> signal = Class.forName("sun.misc.Signal");
                Class<?> type = Class.forName("sun.misc.SignalHandler");
                Object proxy = Proxy.newProxyInstance(
                        SignalHandler.class.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                            if (method.getDeclaringClass() == Object.class) {
                                return objectMethod(self, method.getName(), arguments);
                            }
                            handler.signalled(name, code);
                            return null;
                        });
                signal.getMethod("handle", signal, type)
                        .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
            } catch (ReflectiveOperationException e) {
                // A JVM with -Xrs, or a system without this signal: the default handling stays.
                LoggerFactory.getLogger(SignalHandler.class).debug("no handler for the signal {}", name, e);
            }
        });
    }

    /** Handles a signal, on a thread that it can block. */
    private void signalled(String signal, int code) {
        if (signal.equals("HUP") && session.hungUp()) {
            return;
        }
        if (session.stop().ask(code, CancelReason.of("stopped by SIG" + signal))) {
            Optional<Duration> patience = session.stop().patience();
            session.say("SIG" + signal + ": "
                    + (patience.isPresent() ? "stopping gracefully; repeat the signal to stop at once" : "stopped"));
            patience.ifPresent(this::expectEnd);
            leave(code, true);
        }
        leave(code, false);
    }

    /** Waits for the ordered end; returns only if the process has not ended in time. */
    private void expectEnd(Duration cleanUp) {
        try {
            if (!new CountDownLatch(1).await(cleanUp.plus(MARGIN).toMillis(), TimeUnit.MILLISECONDS)) {
                session.say("muster: clean-up did not end within "
                        + Durations.human(cleanUp.plus(MARGIN).plus(LAST_WORDS))
                        + ", stopping without it; see server.limits.cleanUp");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void leave(int code, boolean lastWords) {
        try {
            session.embedding().kill();
            if (lastWords) {
                session.flush(LAST_WORDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            Runtime.getRuntime().halt(code);
        }
    }

    private static Object objectMethod(Object self, String method, Object[] arguments) {
        return switch (method) {
            case "equals" -> self == arguments[0];
            case "hashCode" -> System.identityHashCode(self);
            default -> "muster's signal handler";
        };
    }
}
