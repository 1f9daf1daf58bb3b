package dev.muster.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import ch.qos.logback.core.spi.ContextAwareBase;
import ch.qos.logback.core.spi.FilterReply;
import dev.muster.loop.OutOfMemory;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

/**
 * The log configuration in code, which starts a quarter of a second faster than a configuration file. Each event is one
 * line on standard error in a {@link LogFormat}, with secrets masked, from level WARN on. The logging thread writes the
 * line itself, until a {@link LogWriter} takes over.
 *
 * <p>The system property {@value #LEVEL} sets another level for Muster's own loggers; {@value #FILE} names a
 * configuration file to use instead. Logback finds this class as a service.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_HIGH_PRIORITY)
public final class Log extends ContextAwareBase implements Configurator {

    /** The system property for the level of Muster's own loggers. */
    public static final String LEVEL = "muster.log.level";

    /** The system property for a configuration file to use instead. */
    static final String FILE = "logback.configurationFile";

    private static final String OURS = "dev.muster";

    /**
     * Loggers that only report peers who violate the protocol of their connection, one error each, so that a stranger
     * could flood the log. They are off. Failures of outgoing connections are reported by the failed step.
     */
    private static final List<String> OF_STRANGERS =
            List.of("io.vertx.core.net.impl.ConnectionBase", "io.netty.channel.AbstractChannelHandlerContext");

    /**
     * Hazelcast loggers whose warnings are not useful: closed JDK packages and unused features at each start, and
     * suspected members, which the node logs itself.
     */
    private static final List<String> OF_HAZELCAST = List.of(
            "com.hazelcast.instance.impl.HazelcastInstanceFactory",
            "com.hazelcast.cp.CPSubsystem",
            "com.hazelcast.internal.cluster.impl.MembershipManager",
            "com.hazelcast.internal.server.tcp.TcpServerConnection",
            "com.hazelcast.internal.server.tcp.TcpServerConnectionErrorHandler",
            "com.hazelcast.spi.impl.operationexecutor.slowoperationdetector.SlowOperationDetector");

    private static volatile UnaryOperator<String> mask = text -> text;
    private static volatile LogFormat format = LogFormat.TEXT;
    private static volatile @Nullable LogWriter writer;

    /** The levels of loggers before the current settings changed them; null for an inherited level. */
    private static final Map<String, @Nullable Level> setBefore = new HashMap<>();

    /** For the service loader. */
    public Log() {}

    /** Applies format and levels from now on. Without effect if a configuration file is used. */
    public static synchronized void apply(LogSettings settings) {
        if (System.getProperty(FILE) != null || !(LoggerFactory.getILoggerFactory() instanceof LoggerContext logs)) {
            return;
        }
        format = settings.isJson() ? LogFormat.JSON : LogFormat.TEXT;
        setBefore.forEach((logger, level) -> logs.getLogger(logger).setLevel(level));
        setBefore.clear();
        logs.getLogger(OURS).setLevel(Level.toLevel(settings.level()));
        settings.levels().forEach((name, level) -> {
            Logger logger = logs.getLogger(name);
            if (!name.equals(OURS)) {
                setBefore.put(name, logger.getLevel());
            }
            logger.setLevel(Level.toLevel(level));
        });
    }

    /** Sets the masking of all later lines. */
    public static void mask(UnaryOperator<String> secrets) {
        mask = secrets;
    }

    /** Sets the writer of all later lines; null lets the logging thread write. */
    public static void writeBy(@Nullable LogWriter other) {
        writer = other;
    }

    @Override
    public ExecutionStatus configure(LoggerContext logs) {
        var memory = new MemoryFilter();
        memory.setContext(logs);
        memory.setName("memory");
        memory.start();
        logs.addTurboFilter(memory);
        if (System.getProperty(FILE) != null) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        var stderr = new Lines();
        stderr.setContext(logs);
        stderr.setName("stderr");
        stderr.start();
        Logger root = logs.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.addAppender(stderr);
        root.setLevel(Level.WARN);
        // The embedded server warns at every aggregate with an option that it ignores.
        logs.getLogger("de.bwaldvogel.mongo").setLevel(Level.ERROR);
        // Ending threads of the MongoDB driver can find their event loops already closed, which is harmless.
        logs.getLogger("io.netty.util.concurrent.DefaultPromise.rejectedExecution")
                .setLevel(Level.OFF);
        OF_STRANGERS.forEach(logger -> logs.getLogger(logger).setLevel(Level.OFF));
        OF_HAZELCAST.forEach(logger -> logs.getLogger(logger).setLevel(Level.ERROR));
        logs.getLogger(OURS).setLevel(Level.toLevel(System.getProperty(LEVEL), Level.WARN));
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** Formats an event. Must run on the logging thread, which knows the run and step of the line. */
    static byte[] line(ILoggingEvent event) {
        return format.line(event, mask).getBytes(StandardCharsets.UTF_8);
    }

    private static final class Lines extends UnsynchronizedAppenderBase<ILoggingEvent> {
        @Override
        protected void append(ILoggingEvent event) {
            byte[] line = line(event);
            LogWriter by = writer;
            if (by == null) {
                System.err.write(line, 0, line.length);
                System.err.flush();
            } else {
                by.write(event.getLevel(), line);
            }
        }
    }

    /**
     * A filter that inspects every logged failure for exhausted memory, even if the line is not written: Vert.x and Netty
     * catch failures on their threads, log them and continue. The filter does not change which lines are written. It only
     * reports debug as enabled for {@link #CONNECTIONS}.
     */
    private static final class MemoryFilter extends TurboFilter {

        /** The Vert.x logger that receives the failure of a connection only if debug is enabled. */
        private static final String CONNECTIONS = "io.vertx.core.net.impl.ConnectionBase";

        @Override
        public FilterReply decide(
                @Nullable Marker marker,
                Logger logger,
                Level level,
                @Nullable String format,
                Object @Nullable [] params,
                @Nullable Throwable thrown) {
            if (thrown != null) {
                OutOfMemory.check(thrown);
            } else if (params != null && params.length > 0 && params[params.length - 1] instanceof Throwable last) {
                OutOfMemory.check(last);
            }
            boolean asksForDebug =
                    format == null && level == Level.DEBUG && logger.getName().equals(CONNECTIONS);
            return asksForDebug ? FilterReply.ACCEPT : FilterReply.NEUTRAL;
        }
    }
}
