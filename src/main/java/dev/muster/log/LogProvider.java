package dev.muster.log;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.LoggerFactory;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * An SLF4J provider that starts Logback with {@link Log} directly and skips Logback's search for a configuration, which
 * takes most of its start time.
 */
public final class LogProvider implements SLF4JServiceProvider {

    private static final String PROVIDER = LoggerFactory.PROVIDER_PROPERTY_KEY;

    private static final String VERBOSITY = "slf4j.internal.verbosity";

    private final LoggerContext logs = new LoggerContext();
    private final IMarkerFactory markers = new BasicMarkerFactory();
    private final LogbackMDCAdapter context = new LogbackMDCAdapter();

    /** For SLF4J. */
    public LogProvider() {}

    /** Selects this provider, unless the user has configured another provider or a configuration file. Call before the first log line. */
    public static void use() {
        PlatformLog.use();
        if (System.getProperty(PROVIDER) == null && System.getProperty(Log.FILE) == null) {
            System.setProperty(PROVIDER, LogProvider.class.getName());
            if (System.getProperty(VERBOSITY) == null) {
                // Otherwise SLF4J reports the selected provider on standard error.
                System.setProperty(VERBOSITY, "WARN");
            }
        }
    }

    @Override
    public void initialize() {
        logs.setName("default");
        logs.setMDCAdapter(context);
        new Log().configure(logs);
        logs.start();
    }

    @Override
    public ILoggerFactory getLoggerFactory() {
        return logs;
    }

    @Override
    public IMarkerFactory getMarkerFactory() {
        return markers;
    }

    @Override
    public MDCAdapter getMDCAdapter() {
        return context;
    }

    @Override
    public String getRequestedApiVersion() {
        return "2.0.99";
    }
}
