package dev.muster.app;

import dev.muster.loop.OutOfMemory;
import io.vertx.core.internal.VertxInternal;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.slf4j.LoggerFactory;

/**
 * What takes long to start, started on a thread of its own while the command line and the files are still being read:
 * Vert.x, and with it logging.
 *
 * <p>Nothing else may log before {@link #resources} are there: a library of logging that two threads begin at once drops
 * lines. Safe on every thread.
 */
final class Opening {

    private static final Set<String> WITH_VERTX =
            Set.of("run", "compare", "check", "explain", "schema", "migrate", "queue");
    private static final Set<String> SERVING = Set.of("serve");

    /** Netty's events for the flight recorder, one an allocation: half a second of two cores until they could be recorded. */
    private static final String NETTY_EVENTS = "io.netty.jfr.enabled";

    /** Libraries that Vert.x would look for, unpack and load whether they are asked for or not: a tenth of a second. */
    private static final String NO_NATIVE_TRANSPORT = "io.netty.transport.noNative";

    private final CompletableFuture<Resources> resources = new CompletableFuture<>();
    private boolean begun;

    /** Begins what the command of these words will need. */
    static Opening of(List<String> words) {
        var opening = new Opening();
        List<String> first = words.subList(0, Math.min(2, words.size()));
        if (first.stream().anyMatch(WITH_VERTX::contains)) {
            opening.begin();
        } else if (first.stream().anyMatch(SERVING::contains)) {
            preset(NETTY_EVENTS, "false");
        }
        return opening;
    }

    /** Vert.x and pools; the first to ask closes them. Waits until they are there. */
    Resources resources() {
        begin();
        return resources.join();
    }

    private synchronized void begin() {
        if (!begun) {
            begun = true;
            var thread = new Thread(this::open, "muster-start");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void open() {
        try {
            quicken();
            LoggerFactory.getILoggerFactory();
            Resources opened = Resources.open(1);
            // What loads classes on a loop before there is a run is nobody's step.
            ((VertxInternal) opened.vertx()).blockedThreadChecker().setThreadBlockedHandler(event -> {});
            resources.complete(opened);
        } catch (RuntimeException | Error e) {
            OutOfMemory.check(e);
            resources.completeExceptionally(e);
        }
    }

    /** Leaves out what costs a tenth of a second and more and gives a command nothing. */
    private static void quicken() {
        LogProvider.use();
        preset(NETTY_EVENTS, "false");
        preset(NO_NATIVE_TRANSPORT, "true");
    }

    private static void preset(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
