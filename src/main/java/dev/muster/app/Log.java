package dev.muster.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.LayoutBase;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The log's settings as code, which is ready a quarter of a second earlier than a file of them: a line an event on standard
 * error, in one of the {@link LogFormat}s, with secrets masked, from WARN on.
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

    private static volatile UnaryOperator<String> mask = text -> text;
    private static volatile LogFormat format = LogFormat.TEXT;

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
        logs.getLogger(OURS).setLevel(Level.toLevel(System.getProperty(LEVEL), Level.WARN));
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    private static final class Line extends LayoutBase<ILoggingEvent> {
        @Override
        public String doLayout(ILoggingEvent event) {
            return format.line(event, mask);
        }
    }
}
