package dev.muster.app;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * What the platform's own logging ({@code java.util.logging}, {@code System.Logger}) has to say, as lines of our log: some
 * libraries use it, and nothing is to pass the masking of secrets by. Safe on every thread.
 */
public final class PlatformLog extends Handler {

    private static final String SETTINGS = "java.util.logging.config.class";
    private static final String SETTINGS_FILE = "java.util.logging.config.file";

    private static final Formatter MESSAGES = new Formatter() {
        @Override
        public String format(LogRecord line) {
            return formatMessage(line);
        }
    };

    /** For the platform. */
    public PlatformLog() {}

    /** The settings that the platform's logging reads when, and if, it starts. */
    public static final class Settings {

        /** Reads them; for the platform. */
        public Settings() throws IOException {
            String settings = "handlers=" + PlatformLog.class.getName() + "\n.level=INFO\n";
            LogManager.getLogManager()
                    .readConfiguration(new ByteArrayInputStream(settings.getBytes(StandardCharsets.ISO_8859_1)));
        }
    }

    /** Has the platform use it, unless the user has settings. Costs nothing until something logs that way. */
    static void use() {
        if (System.getProperty(SETTINGS) == null && System.getProperty(SETTINGS_FILE) == null) {
            System.setProperty(SETTINGS, Settings.class.getName());
        }
    }

    @Override
    public void publish(LogRecord line) {
        String logger = line.getLoggerName() == null ? "" : line.getLoggerName();
        LoggerFactory.getLogger(logger)
                .atLevel(level(line.getLevel().intValue()))
                .setCause(line.getThrown())
                .log(MESSAGES.formatMessage(line));
    }

    @Override
    public void flush() {
        // Each line of the log is on its way.
    }

    @Override
    public void close() {
        // There is nothing to close.
    }

    private static Level level(int value) {
        if (value >= java.util.logging.Level.SEVERE.intValue()) {
            return Level.ERROR;
        } else if (value >= java.util.logging.Level.WARNING.intValue()) {
            return Level.WARN;
        } else if (value >= java.util.logging.Level.INFO.intValue()) {
            return Level.INFO;
        }
        return value >= java.util.logging.Level.FINE.intValue() ? Level.DEBUG : Level.TRACE;
    }
}
