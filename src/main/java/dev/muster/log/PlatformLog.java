package dev.muster.log;

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
 * A bridge from the platform's logging ({@code java.util.logging}, {@code System.Logger}) to Muster's log. Some
 * libraries use the platform's logging, and their lines must not bypass the masking of secrets. Safe on any thread.
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

    /** The configuration of the platform's logging, read when that logging starts. */
    public static final class Settings {

        /** Reads the configuration; for the platform. */
        public Settings() throws IOException {
            String settings = "handlers=" + PlatformLog.class.getName() + "\n.level=INFO\n";
            LogManager.getLogManager()
                    .readConfiguration(new ByteArrayInputStream(settings.getBytes(StandardCharsets.ISO_8859_1)));
        }
    }

    /** Installs the bridge, unless the user has configured the platform's logging. Costs nothing until a library uses that logging. */
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
        // Nothing is buffered here.
    }

    @Override
    public void close() {
        // Holds no resources.
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
