package dev.muster.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The log's settings as code, which is ready a quarter of a second earlier than a file of them: a line an event on standard
 * error, in one of the {@link LogFormat}s, with secrets masked, from WARN on. Each is written by the thread that logs, in order
 * with whatever else that thread says, until a {@link LogWriter} takes them.
 *
 * <p>The system property {@value #LEVEL} sets another level for what is ours; {@value #FILE} names a file
 * that is read instead. Found by Logback as a service.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_HIGH_PRIORITY)
public final class Log extends ContextAwareBase implements Configurator {

    /** The property with the level of Muster's own loggers. */
    static final String LEVEL = "muster.log.level";

    /** The property with a file of settings to read instead. */
    static final String FILE = "logback.configurationFile";

    private static final String OURS = "dev.muster";

    /**
     * What says nothing but that somebody sent frames that break the protocol of their connection, an error each: any
     * stranger could fill the log. Of our own connections to others, the step that failed says so.
     */
    private static final List<String> OF_STRANGERS =
            List.of("io.vertx.core.net.impl.ConnectionBase", "io.netty.channel.AbstractChannelHandlerContext");

    /**
     * What Hazelcast warns of at each start, that parts of the JDK are closed to it and what of its own is not used, and whom it takes
     * for dead, which we say ourselves.
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

    /** What loggers had before the settings that hold now said otherwise; null for what they inherit. */
    private static final Map<String, @Nullable Level> setBefore = new HashMap<>();

    /** For the service loader. */
    public Log() {}

    /** Writes the log in this form and so much of it from now on; where a file of settings is read, that one decides. */
    static synchronized void apply(LogSettings settings) {
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

    /** Masks every line from now on. */
    static void mask(UnaryOperator<String> secrets) {
        mask = secrets;
    }

    /** Has this one write every line from now on; null: the thread that logs. */
    static void writeBy(@Nullable LogWriter other) {
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
        // The embedded server warns at every aggregate of an option that it may ignore.
        logs.getLogger("de.bwaldvogel.mongo").setLevel(Level.ERROR);
        // Threads of MongoDB's driver that are just ending may find the loops gone, which is how they end.
        logs.getLogger("io.netty.util.concurrent.DefaultPromise.rejectedExecution")
                .setLevel(Level.OFF);
        OF_STRANGERS.forEach(logger -> logs.getLogger(logger).setLevel(Level.OFF));
        OF_HAZELCAST.forEach(logger -> logs.getLogger(logger).setLevel(Level.ERROR));
        logs.getLogger(OURS).setLevel(Level.toLevel(System.getProperty(LEVEL), Level.WARN));
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** The line of an event, as it is written. On the thread that logs: what the line belongs to is known there. */
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
}
