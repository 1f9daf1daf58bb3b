package dev.muster.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.LayoutBase;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.function.UnaryOperator;
import org.slf4j.LoggerFactory;

/**
 * The log's settings as code, which is ready a quarter of a second earlier than a file of them: a line an event on standard
 * error, with secrets masked, from WARN on.
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

    private static volatile UnaryOperator<String> mask = text -> text;

    /** For the service loader. */
    public Log() {}

    /** Sets how much of ours is logged from now on. */
    static void level(String level) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext logs) {
            logs.getLogger("dev.muster").setLevel(Level.toLevel(level, Level.INFO));
        }
    }

    /** Masks every line from now on. */
    static void mask(UnaryOperator<String> secrets) {
        mask = secrets;
    }

    @Override
    public ExecutionStatus configure(LoggerContext logs) {
        if (System.getProperty(FILE) != null) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        var layout = new Line();
        layout.setContext(logs);
        layout.start();
        var encoder = new LayoutWrappingEncoder<ILoggingEvent>();
        encoder.setContext(logs);
        encoder.setLayout(layout);
        encoder.start();
        var stderr = new ConsoleAppender<ILoggingEvent>();
        stderr.setContext(logs);
        stderr.setName("stderr");
        stderr.setTarget("System.err");
        stderr.setEncoder(encoder);
        stderr.start();
        Logger root = logs.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.addAppender(stderr);
        root.setLevel(Level.WARN);
        // The embedded server warns at every aggregate of an option that it may ignore.
        logs.getLogger("de.bwaldvogel.mongo").setLevel(Level.ERROR);
        // Threads of MongoDB's driver that are just ending may find the loops gone, which is how they end.
        logs.getLogger("io.netty.util.concurrent.DefaultPromise.rejectedExecution")
                .setLevel(Level.OFF);
        logs.getLogger("dev.muster").setLevel(Level.toLevel(System.getProperty(LEVEL), Level.WARN));
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** {@code 21:02:03.004 WARN  dev.muster.app.Engine: what happened}, with a stack trace behind it where there is one. */
    private static final class Line extends LayoutBase<ILoggingEvent> {
        @Override
        public String doLayout(ILoggingEvent event) {
            LocalTime time = LocalTime.ofInstant(Instant.ofEpochMilli(event.getTimeStamp()), ZoneId.systemDefault());
            var line = new StringBuilder(128);
            line.append(time).append(' ').append(event.getLevel()).append(event.getLevel() == Level.WARN ? "  " : " ");
            line.append(event.getLoggerName())
                    .append(": ")
                    .append(event.getFormattedMessage())
                    .append('\n');
            if (event.getThrowableProxy() != null) {
                line.append(ThrowableProxyUtil.asString(event.getThrowableProxy()));
            }
            return mask.apply(line.toString());
        }
    }
}
