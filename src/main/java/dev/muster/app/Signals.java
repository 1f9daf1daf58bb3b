package dev.muster.app;

import dev.muster.task.CancelReason;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.function.BiConsumer;
import org.slf4j.LoggerFactory;

/**
 * The signals that ask a process to end. By reflection: the JDK has this under a name that compilers warn about, and it is
 * the only way to tell a second signal from the first.
 */
final class Signals {

    /** Their exit codes by name: 128 and the signal's number. */
    static final Map<String, Integer> EXIT_CODES = Map.of("INT", 130, "TERM", 143, "HUP", 129);

    private Signals() {}

    /** Has each of them taken to this handler, by name, on a thread of the JVM. Ignored signals stay ignored. */
    static void handle(BiConsumer<String, Integer> handler) {
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
                // A JVM with -Xrs, or one without this signal: its own way of ending stays.
                LoggerFactory.getLogger(Signals.class).debug("no handler for the signal {}", name, e);
            }
        });
    }

    /** The reason of a cancel that somebody outside has asked for. */
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
