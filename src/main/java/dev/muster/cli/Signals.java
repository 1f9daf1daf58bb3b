package dev.muster.cli;

import dev.muster.task.CancelReason;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.function.BiConsumer;
import org.slf4j.LoggerFactory;

/**
 * The handlers of the signals that end a process. Uses {@code sun.misc.Signal} by reflection: compilers warn about the
 * class, and nothing else in the JDK can distinguish a second signal from the first.
 */
public final class Signals {

    /** The exit codes by signal name: 128 plus the number of the signal. */
    static final Map<String, Integer> EXIT_CODES = Map.of("INT", 130, "TERM", 143, "HUP", 129);

    private Signals() {}

    /**
     * Installs this handler for each signal. The handler gets the signal's name and exit code, on a thread of the JVM.
     * Ignored signals stay ignored.
     */
    public static void handle(BiConsumer<String, Integer> handler) {
        EXIT_CODES.forEach((name, code) -> {
            try {
                Class<?> signal = Class.forName("sun.misc.Signal");
                Class<?> type = Class.forName("sun.misc.SignalHandler");
                Object proxy = Proxy.newProxyInstance(
                        Signals.class.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                            if (method.getDeclaringClass() == Object.class) {
                                return objectMethod(self, method.getName(), arguments);
                            }
                            handler.accept(name, code);
                            return null;
                        });
                signal.getMethod("handle", signal, type)
                        .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
            } catch (ReflectiveOperationException e) {
                // A JVM with -Xrs, or a system without this signal: the default handling stays.
                LoggerFactory.getLogger(Signals.class).debug("no handler for the signal {}", name, e);
            }
        });
    }

    /** The reason of a cancel requested from outside. */
    static CancelReason reason(String why) {
        return CancelReason.of(why);
    }

    private static Object objectMethod(Object self, String method, Object[] arguments) {
        return switch (method) {
            case "equals" -> self == arguments[0];
            case "hashCode" -> System.identityHashCode(self);
            default -> "muster's signal handler";
        };
    }
}
