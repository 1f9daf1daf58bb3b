package dev.muster.cli;

import dev.muster.log.Log;
import dev.muster.log.LogProvider;
import dev.muster.loop.OutOfMemory;
import dev.muster.node.Resources;
import io.vertx.core.internal.VertxInternal;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.slf4j.LoggerFactory;

/**
 * The early start of slow components: starts Vert.x and logging on a thread of their own while the command line and the
 * files are still being read.
 *
 * <p>Nothing else must log before {@link #resources} has returned: a logging library that two threads initialize at
 * once drops lines. Safe on any thread.
 */
public final class Startup {

    private static final Set<String> WITH_VERTX =
            Set.of("run", "compare", "check", "explain", "schema", "migrate", "queue");

    /** Netty's flight-recorder events. Initializing them costs half a second on two cores. */
    private static final String NETTY_EVENTS = "io.netty.jfr.enabled";

    /** Switches off Vert.x's search for native transport libraries, which costs a tenth of a second even if none is used. */
    private static final String NO_NATIVE_TRANSPORT = "io.netty.transport.noNative";

    private final CompletableFuture<Resources> resources = new CompletableFuture<>();
    private boolean begun;

    /** Starts the components that the command of these words will need, and sets the log level of {@code --debug}. */
    public static Startup of(List<String> words) {
        if (words.contains(Options.DEBUG)) {
            // Before the first log line, because the log reads the level on first use.
            preset(Log.LEVEL, "DEBUG");
        }
        var startup = new Startup();
        List<String> first = words.subList(0, Math.min(2, words.size()));
        if (first.stream().anyMatch(WITH_VERTX::contains)) {
            startup.begin();
        } else if (first.contains("serve")) {
            preset(NETTY_EVENTS, "false");
        }
        return startup;
    }

    /** Vert.x and the pools. Blocks until they are started. The first caller becomes responsible for closing them. */
    public Resources resources() {
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
            // Before the first run the loop only loads classes; no step is to be blamed for blocking it.
            ((VertxInternal) opened.vertx()).blockedThreadChecker().setThreadBlockedHandler(event -> {});
            resources.complete(opened);
        } catch (RuntimeException | Error e) {
            OutOfMemory.check(e);
            resources.completeExceptionally(e);
        }
    }

    /** Switches off initializations that cost a tenth of a second or more and that no command needs. */
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
